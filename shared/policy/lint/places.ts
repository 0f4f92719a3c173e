/** Which folders of a machine are more than data: homes, keys, disks, the system. Names only; nothing is looked up. Pure. */

export type Place = 'disk' | 'system' | 'home' | 'credentials' | 'project';

/** Below a home folder. */
const CREDENTIALS: readonly string[] = [
  '.ssh',
  '.gnupg',
  '.aws',
  '.azure',
  '.kube',
  '.docker',
  '.netrc',
  '.npmrc',
  '.pypirc',
  '.pgpass',
  '.git-credentials',
  '.terraform.d',
  '.password-store',
  '.mozilla',
  '.thunderbird',
  '.config/gcloud',
  '.config/gh',
  '.config/google-chrome',
  '.config/chromium',
  '.config/BraveSoftware',
  '.config/op',
  '.local/share/keyrings',
  'Library/Keychains',
  'Library/Application Support/Google/Chrome',
  'Library/Application Support/Firefox',
  'AppData/Local/Google/Chrome',
  'AppData/Roaming/Mozilla',
  'AppData/Roaming/Microsoft/Credentials',
];
const HOME = /^(~[^/]*|\$HOME|\/root|\/(home|Users)\/[^/]+|[a-z]:\/Users\/[^/]+)(?=\/|$)/i;
const DISK =
  /^(\/|[a-z]:\/?|\/(home|Users|mnt|media|Volumes|run\/media|host|hostfs)|\/(mnt|media|Volumes)\/[^/]+|[a-z]:\/Users)$/i;
const SYSTEM =
  /^(\/(bin|boot|dev|etc|lib|lib32|lib64|libx32|opt|proc|run|sbin|srv|sys|usr|var|System|Library|Applications|private)(\/|$)|[a-z]:\/(Windows|Program Files|Program Files \(x86\)|ProgramData)(\/|$))/i;

/** `/a//b/./c/` and `A:\b` as one form: forward slashes, no empty or `.` part, `..` taken back. */
export function plainSource(source: string): string {
  const parts: string[] = [];
  for (const part of source.replaceAll('\\', '/').split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return `${/^[/\\]/.test(source) ? '/' : ''}${parts.join('/')}`;
}

/** The most sensitive thing that a bind of this folder shows; null for plain data. */
export function place(source: string): Place | null {
  const path = plainSource(source);
  if (path === '' || path === '..' || path.startsWith('../')) return 'project';
  if (DISK.test(path)) return 'disk';
  const home = HOME.exec(path)?.[0];
  const below = (home === undefined ? path : path.slice(home.length + 1)).toLowerCase();
  if (home !== undefined && below === '') return 'home';
  const secret = CREDENTIALS.map((name) => name.toLowerCase()).some((name) =>
    home === undefined
      ? `/${below}/`.includes(`/${name}/`)
      : below === name || below.startsWith(`${name}/`) || name.startsWith(`${below}/`),
  );
  if (secret) return 'credentials';
  return SYSTEM.test(path) ? 'system' : null;
}
