/** Removes what an engine of ours left behind when it did not end by itself. */
import { readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import type { Layout } from './layout.ts';
import { childrenOf, commandLine, helpersOf, send, terminate } from './processes.ts';

/** Mount points below any of the folders, deepest first. Pure. */
export function mountsBelow(mountinfo: string, folders: readonly string[]): string[] {
  return mountinfo
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .map((path) => path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))))
    .filter((path) => folders.some((folder) => path.startsWith(`${folder}/`)))
    .toSorted((one, other) => other.length - one.length);
}

/** Nothing watches what runs in a container of a dead engine, so it ends at once. */
async function endContainers(helpers: readonly number[]): Promise<void> {
  const containers = (await Promise.all(helpers.map(childrenOf))).flat().filter((pid) => !helpers.includes(pid));
  for (const pid of containers) send(pid, 'SIGKILL');
}

/**
 * Before a start after a crash. Living shims stay: the engine finds them and tidies up what they held.
 * Files of a dead engine or a dead containerd go, or the new one would wait for a process that is no more.
 */
export async function cleanBeforeStart(layout: Layout): Promise<void> {
  const helpers = await helpersOf(layout.run);
  if (helpers.length === 0) return await cleanUp(layout);
  await endContainers(helpers);
  const names = await Promise.all(helpers.map(async (pid) => basename((await commandLine(pid))[0] ?? '')));
  const stale = [layout.socket, layout.pidFile, join(layout.run, 'dockerd.pid')];
  if (!names.includes('containerd')) stale.push(join(layout.run, 'exec', 'containerd', 'containerd.pid'));
  await Promise.all(stale.map((path) => rm(path, { force: true })));
}

/** The engine itself must be gone before. Ends containers and helpers that it left, unmounts, removes its sockets. */
export async function cleanUp(layout: Layout): Promise<void> {
  const helpers = await helpersOf(layout.run);
  await endContainers(helpers);
  await Promise.all(helpers.map((pid) => terminate(pid, 3000)));
  const mounts = mountsBelow(await readFile('/proc/self/mountinfo', 'utf8'), [layout.run, layout.folder]);
  for (const mount of mounts) await execa('umount', ['--lazy', mount], { reject: false });
  for (const folder of [layout.run, layout.tmp]) await rm(folder, { recursive: true, force: true });
}
