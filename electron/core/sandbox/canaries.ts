/** Decoy secrets in the home folder of a run (SEC-5): plausible, worthless, other ones in every run. */
import { randomBytes } from 'node:crypto';
import type { Entry } from './payload.ts';
import { WORKSPACE } from './payload.ts';

const HOME = `${WORKSPACE}/.home`;
/** How a script and a person call that folder. */
const SHOWN_HOME = '~';

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const MIXED = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function word(length: number, letters: string): string {
  return Array.from(randomBytes(length), (byte) => letters[byte % letters.length]).join('');
}

/** What every unencrypted ed25519 key of OpenSSH begins with (format, no cipher, one key of 51 bytes). */
const SSH_HEAD = 'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZWQyNTUxOQAAACA';

/** A key as ssh writes it: the head is real, the rest is chance. */
function sshKey(): string {
  const lines = (SSH_HEAD + randomBytes(187).toString('base64')).match(/.{1,70}/g) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n');
}

/**
 * Path below the home folder → content. Nothing that ordinary tools read by themselves: `.netrc` would be opened by every
 * request of Python's requests, `.npmrc` by npm, `.bashrc` by a shell.
 */
const DECOYS: Readonly<Record<string, () => string>> = {
  '.aws/credentials': () =>
    `[default]\naws_access_key_id = AKIA${word(16, UPPER)}\naws_secret_access_key = ${word(40, MIXED)}\n`,
  '.ssh/id_ed25519': sshKey,
  '.config/gh/hosts.yml': () =>
    `github.com:\n    user: script\n    oauth_token: gho_${word(36, MIXED)}\n    git_protocol: https\n`,
  '.kube/config': () =>
    `apiVersion: v1\nkind: Config\nclusters: []\nusers:\n- name: admin\n  user:\n    token: ${word(40, MIXED)}\n`,
  '.git-credentials': () => `https://script:ghp_${word(36, MIXED)}@github.com\n`,
  '.env': () => `DATABASE_URL=postgres://app:${word(20, MIXED)}@db/app\nAPI_KEY=sk-${word(40, MIXED)}\n`,
};

/** Where the decoys are in a sandbox. */
export const CANARY_PATHS: readonly string[] = Object.keys(DECOYS).map((path) => `${HOME}/${path}`);

const FOLDERS: readonly string[] = [
  ...new Set(
    CANARY_PATHS.flatMap((path) => {
      const parts = path.slice(HOME.length + 1).split('/');
      return parts.slice(0, -1).map((_, depth) => `${HOME}/${parts.slice(0, depth + 1).join('/')}`);
    }),
  ),
];

/** As a person reads it: `~/.aws/credentials`. */
export function shownCanary(path: string): string {
  return path.startsWith(HOME) ? SHOWN_HOME + path.slice(HOME.length) : path;
}

/** What the waiter puts in place before the warden looks: for that moment readable for all, and nobody else is there. */
export function canaryEntries(): Entry[] {
  return [
    ...[WORKSPACE, HOME, ...FOLDERS].map((path): Entry => ({ type: 'folder', path, mode: 0o711 })),
    ...Object.entries(DECOYS).map(([path, content]): Entry => ({
      type: 'file',
      path: `${HOME}/${path}`,
      mode: 0o644,
      content: new TextEncoder().encode(content()),
    })),
  ];
}

/** The modes that such files really have, for the script to see. */
export function canaryModes(): { path: string; mode: number }[] {
  return [
    ...CANARY_PATHS.map((path) => ({ path, mode: 0o600 })),
    ...[...FOLDERS, WORKSPACE].map((path) => ({ path, mode: 0o700 })),
  ];
}
