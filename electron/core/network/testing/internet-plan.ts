/**
 * Who is who on the tests' internet. Addresses of one network set aside for documentation (RFC 5737, TEST-NET-2), in two
 * halves, and those that must never be reached. The other documentation networks are used for real on some machines.
 */
export const OUTSIDE = '198.51.100.1';
export const INSIDE = '198.51.100.2';
export const RESOLVER = '198.51.100.53';
export const SHARED = '198.51.100.10';
export const FAR = '198.51.100.207';
export const METADATA = '169.254.169.254';
export const PRIVATE = '10.99.0.5';

/** Two sites live at one address; two names point where no name may lead. */
export const HOSTS: Readonly<Record<string, readonly string[]>> = {
  'good.test': [SHARED],
  'evil.test': [SHARED],
  'far.test': [FAR],
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

/** Everything that the far end answers for. */
export const ADDRESSES = [
  `${INSIDE}/25`,
  `${RESOLVER}/25`,
  `${SHARED}/25`,
  `${FAR}/25`,
  `${METADATA}/32`,
  `${PRIVATE}/32`,
];
/** What this machine sends there. */
export const ROUTES = ['198.51.100.128/25', `${METADATA}/32`, `${PRIVATE}/32`];
