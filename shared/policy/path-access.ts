/** What path rules allow besides the policy's own paths, because nothing starts without it (POL-8). */
export const ALWAYS_ALLOWED = {
  /** Programs and libraries, the script itself, its processes, settings of the loader and of TLS. */
  read: [
    '/usr',
    '/node_modules',
    '/proc',
    '/dev',
    '/workspace',
    '/etc/ld.so.cache',
    '/etc/ssl',
    '/etc/localtime',
    '/etc/passwd',
  ],
  /** Writing to these keeps nothing. */
  write: ['/dev/null', '/dev/zero', '/dev/full', '/dev/random', '/dev/urandom', '/dev/tty', '/dev/pts'],
  /** The kernel starts a program through one of these. */
  execute: ['/lib64/ld-linux-x86-64.so.2', '/lib/ld-linux-aarch64.so.1'],
} as const;
