/** One command in a container of the test's own making, without our hardening unless asked. */
import { buffer } from 'node:stream/consumers';
import { FrameReader } from '../../engine/adapter/wire/frames.ts';
import type { TestEngine } from '../../engine/testing/index.ts';
import { rawCall, rawJson } from './raw-api.ts';

/** Podman's own are higher than a host may allow, and it takes either both or none. */
const ULIMITS = [
  { Name: 'nofile', Soft: 1024, Hard: 1024 },
  { Name: 'nproc', Soft: 16_384, Hard: 16_384 },
];

export interface Once {
  readonly image: string;
  readonly command: readonly string[];
  readonly user?: string;
  readonly env?: readonly string[];
  /** The engine's own `HostConfig`. */
  readonly host?: Readonly<Record<string, unknown>>;
}

export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

export async function runOnce(test: TestEngine, { image, command, user = '0', env = [], host }: Once): Promise<Ended> {
  const made = await rawJson<{ Id: string }>(test, 'POST', '/containers/create', {
    Image: image,
    Cmd: command,
    Env: env,
    User: user,
    HostConfig: { NetworkMode: 'none', Ulimits: ULIMITS, ...host },
  });
  const container = `/containers/${made?.Id}`;
  try {
    await rawJson(test, 'POST', `${container}/start`);
    const ended = await rawJson<{ StatusCode: number }>(test, 'POST', `${container}/wait`);
    const texts: Record<1 | 2, Buffer[]> = { 1: [], 2: [] };
    const frames = new FrameReader((stream, chunk) => texts[stream].push(chunk));
    frames.add(await buffer(await rawCall(test, 'GET', `${container}/logs?stdout=1&stderr=1`)));
    const text = (stream: 1 | 2): string => Buffer.concat(texts[stream]).toString();
    return { stdout: text(1), stderr: text(2), exitCode: ended?.StatusCode ?? -1 };
  } finally {
    await rawCall(test, 'DELETE', `${container}?force=1`).then(buffer);
  }
}
