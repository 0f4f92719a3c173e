/** Who is who on the tests' internet. Addresses set aside for documentation, and those that must never be reached. */
export const OUTSIDE = '203.0.113.1';
export const INSIDE = '203.0.113.2';
export const RESOLVER = '203.0.113.53';
export const SHARED = '203.0.113.10';
export const METADATA = '169.254.169.254';
export const PRIVATE = '10.99.0.5';

/** Two sites live at one address; two names point where no name may lead. */
export const HOSTS: Readonly<Record<string, readonly string[]>> = {
  'good.test': [SHARED],
  'evil.test': [SHARED],
  'far.test': ['198.51.100.7'],
  'a.wild.test': [SHARED],
  'wild.test': [SHARED],
  'evilwild.test': [SHARED],
  'xn--bcher-kva.test': [SHARED],
  '_srv.test': [SHARED],
  'rebind.test': [METADATA],
  'inner.test': [PRIVATE],
  'mixed.test': [PRIVATE, SHARED],
  'crowd.test': Array.from({ length: 1000 }, (_, i) => `198.51.100.${i % 250}`),
};

/** Everything that the far end answers for. */
export const ADDRESSES = [
  `${INSIDE}/24`,
  `${RESOLVER}/24`,
  `${SHARED}/24`,
  '198.51.100.7/24',
  `${METADATA}/32`,
  `${PRIVATE}/32`,
];
/** What this machine sends there. */
export const ROUTES = ['198.51.100.0/24', `${METADATA}/32`, `${PRIVATE}/32`];
