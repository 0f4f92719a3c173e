/**
 * Who is who on the tests' internet. Addresses of one network set aside for documentation (RFC 5737, TEST-NET-2), in two
 * halves, and those that must never be reached. The other documentation networks are used for real on some machines.
 */
export const OUTSIDE = '198.51.100.1';
export const INSIDE = '198.51.100.2';
export const RESOLVER = '198.51.100.53';
export const SHARED = '198.51.100.10';
export const FAR = '198.51.100.207';
/** Documentation addresses of IPv6 (RFC 3849) in the same two halves; a private one and a metadata service beside them. */
export const OUTSIDE6 = '2001:db8:5::1';
export const INSIDE6 = '2001:db8:5::2';
export const SHARED6 = '2001:db8:5::10';
export const FAR6 = '2001:db8:6::7';
export const PRIVATE6 = 'fd99::5';
export const METADATA6 = 'fd00:ec2::254';
/** What a translator would make of the metadata service's IPv4 address. */
export const TRANSLATED6 = '64:ff9b::a9fe:a9fe';
export const METADATA = '169.254.169.254';
export const PRIVATE = '10.99.0.5';

/** Two sites live at one address; two names point where no name may lead. */
export const HOSTS: Readonly<Record<string, readonly string[]>> = {
  'good.test': [SHARED],
  'evil.test': [SHARED],
  'far.test': [FAR],
  'both.test': [SHARED],
  'a.wild.test': [SHARED],
  'wild.test': [SHARED],
  'evilwild.test': [SHARED],
  'xn--bcher-kva.test': [SHARED],
  '_srv.test': [SHARED],
  'rebind.test': [METADATA],
  'inner.test': [PRIVATE],
  'mixed.test': [PRIVATE, SHARED],
  'crowd.test': Array.from({ length: 1000 }, (_, i) => `198.51.100.${128 + (i % 127)}`),
};

export const HOSTS6: Readonly<Record<string, readonly string[]>> = {
  'six.test': [FAR6],
  'both.test': [SHARED6],
  'good.test': [SHARED6],
  'far6.test': [FAR6],
  'rebind6.test': [METADATA6],
  'inner6.test': [PRIVATE6],
};

/** Everything that the far end answers for. */
export const ADDRESSES = [
  `${INSIDE}/25`,
  `${RESOLVER}/25`,
  `${SHARED}/25`,
  `${FAR}/25`,
  `${METADATA}/32`,
  `${PRIVATE}/32`,
];
export const ADDRESSES6 = [
  `${INSIDE6}/64`,
  `${SHARED6}/64`,
  `${FAR6}/64`,
  `${PRIVATE6}/128`,
  `${METADATA6}/128`,
  `${TRANSLATED6}/128`,
];
export const ROUTES6 = ['2001:db8:6::/64', `${PRIVATE6}/128`, `${METADATA6}/128`, `${TRANSLATED6}/128`];
/** What this machine sends there. */
export const ROUTES = ['198.51.100.128/25', `${METADATA}/32`, `${PRIVATE}/32`];
