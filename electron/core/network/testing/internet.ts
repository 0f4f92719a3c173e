/** A small internet for tests in a network namespace of its own: nothing on it leaves this machine. Needs root and Linux. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import {
  ADDRESSES,
  ADDRESSES6,
  INSIDE,
  INSIDE6,
  OUTSIDE,
  OUTSIDE6,
  RESOLVER,
  ROUTES,
  ROUTES6,
} from './internet-plan.ts';
import { holdAlone } from './one-at-a-time.ts';

export interface Internet {
  /** Every name that its resolver was asked since it began. */
  asked(): Promise<string[]>;
  dispose(): Promise<void>;
}

async function ip(...args: readonly string[]): Promise<void> {
  await execa('ip', args);
}

/** Its addresses are there once on a machine: waits for another one to end. Throws with what the system said when it cannot be made. */
export async function startInternet(): Promise<Internet> {
  const letGo = await holdAlone('bellglass-test-internet');
  const folder = await mkdtemp(join(tmpdir(), 'bg-net-'));
  const name = `bgnet${process.pid}`;
  const [here, there] = [`bga${process.pid}`, `bgb${process.pid}`];
  const servers: ChildProcess[] = [];
  const dispose = async (): Promise<void> => {
    for (const server of servers) {
      if (server.pid === undefined || server.exitCode !== null) continue;
      server.kill('SIGKILL');
      await once(server, 'exit');
    }
    await ip('link', 'del', here).catch(() => {});
    await ip('netns', 'del', name).catch(() => {});
    await rm(folder, { recursive: true, force: true });
    await letGo();
  };
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=test', '-days', '2', '-nodes', '-newkey', 'rsa:2048'];
    await execa('openssl', ['req', '-x509', ...subject, '-keyout', key, '-out', cert]);
    await ip('netns', 'add', name);
    await ip('link', 'add', here, 'type', 'veth', 'peer', 'name', there, 'netns', name);
    await ip('addr', 'add', `${OUTSIDE}/25`, 'dev', here);
    await ip('addr', 'add', `${OUTSIDE6}/64`, 'dev', here, 'nodad');
    await ip('link', 'set', here, 'up');
    const inside = (...args: readonly string[]): Promise<void> => ip('-n', name, ...args);
    for (const address of ADDRESSES) await inside('addr', 'add', address, 'dev', there);
    for (const address of ADDRESSES6) await inside('addr', 'add', address, 'dev', there, 'nodad');
    await inside('link', 'set', there, 'up');
    await inside('link', 'set', 'lo', 'up');
    await inside('route', 'add', 'default', 'via', OUTSIDE);
    await inside('-6', 'route', 'add', 'default', 'via', OUTSIDE6);
    for (const route of ROUTES) await ip('route', 'add', route, 'via', INSIDE);
    for (const route of ROUTES6) await ip('-6', 'route', 'add', route, 'via', INSIDE6);
    for (const [program, file, ...args] of [
      [process.execPath, 'internet-server.ts', key, cert],
      ['perl', 'multipath.pl'],
    ] as const) {
      const command = ['netns', 'exec', name, program, join(import.meta.dirname, file), ...args];
      const server = spawn('ip', command, { stdio: ['ignore', 'pipe', 'inherit'] });
      servers.push(server);
      await Promise.race([
        once(server.stdout, 'data'),
        once(server, 'exit').then(() => Promise.reject(new Error(`${file} ended at once`))),
      ]);
    }
    return {
      asked: async () => (await (await fetch(`http://${RESOLVER}:8053/`)).json()) as string[],
      dispose,
    };
  } catch (failure) {
    await dispose();
    throw failure;
  }
}
