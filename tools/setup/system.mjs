/** What this machine has, asked cheaply: programs, sockets, who we are. */
import { accessSync, constants, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Interrupted } from './child.mjs';

export const isRoot = process.getuid?.() === 0;

/** Folders of system programs that a person's own path often leaves out. */
const SYSTEM =
  process.platform === 'win32' ? [] : ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/bin', '/usr/bin', '/bin'];

/** @param {string} name */
export function hasProgram(name) {
  return [...(process.env['PATH'] ?? '').split(delimiter), ...SYSTEM].some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Does someone listen there, and may we talk to them? @param {string} path @returns {Promise<boolean>} */
export function answers(path) {
  return new Promise((resolve) => {
    const socket = createConnection({ path });
    /** @param {boolean} verdict */
    const end = (verdict) => {
      socket.destroy();
      resolve(verdict);
    };
    socket.setTimeout(500, () => end(false));
    socket.on('connect', () => end(true));
    socket.on('error', () => end(false));
  });
}

/** Is this Debian, Ubuntu or one of their children? */
export function hasApt() {
  try {
    return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8')) && hasProgram('apt-get');
  } catch {
    return false;
  }
}

/** Asks yes or no on a terminal; without a terminal the answer is yes. @param {string} question */
export async function agrees(question) {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return true;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const closed = once(lines, 'close').then(() => {
    throw new Interrupted(130);
  });
  try {
    const answer = await Promise.race([lines.question(`${question} [Y/n] `).catch(() => closed), closed]);
    return /^(y|yes|)$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
