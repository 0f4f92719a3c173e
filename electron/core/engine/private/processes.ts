/** Looking at processes of this machine through /proc, and ending the ones that are ours. Linux only. */
import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The kernel's start time of a process, in clock ticks since boot: with the pid it names one process for good. Null when it is gone. */
export async function startTime(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat === null) return null;
  // The name in parentheses may hold spaces; fields are counted behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? null : (fields[19] ?? null);
}

/** The argument vector; empty when the process is gone or a kernel thread. */
export async function commandLine(pid: number): Promise<string[]> {
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return text.split('\0').slice(0, -1);
}

/** Programs that an engine starts for itself; nobody else's process is ever touched for naming our folder. */
const HELPERS = /^(dockerd|containerd|containerd-shim.*|docker-proxy|conmon|podman|runc|crun)$/;

/** Pids of engine helpers whose arguments name something below the folder. */
export async function helpersOf(folder: string): Promise<number[]> {
  const pids = (await readdir('/proc').catch(() => [])).map(Number).filter((pid) => pid > 1 && pid !== process.pid);
  const found = await Promise.all(
    pids.map(async (pid) => {
      const line = await commandLine(pid);
      return HELPERS.test(basename(line[0] ?? '')) && line.some((arg) => arg.includes(`${folder}/`)) ? pid : null;
    }),
  );
  return found.filter((pid) => pid !== null);
}

/** Pids of the direct children. */
export async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.split(' ').filter(Boolean).map(Number);
}

/** Sends a signal; a process that is gone is no failure. */
export function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself in the meantime.
  }
}

async function gone(pid: number, born: string, limit: number): Promise<boolean> {
  for (let waited = 0; waited < limit; waited += 25) {
    if ((await startTime(pid)) !== born) return true;
    await sleep(25);
  }
  return (await startTime(pid)) !== born;
}

/** TERM, then KILL after `grace` milliseconds; resolves when it is gone. */
export async function terminate(pid: number, grace: number): Promise<void> {
  const born = await startTime(pid);
  if (born === null) return;
  send(pid, 'SIGTERM');
  if (await gone(pid, born, grace)) return;
  send(pid, 'SIGKILL');
  await gone(pid, born, 5000);
}
