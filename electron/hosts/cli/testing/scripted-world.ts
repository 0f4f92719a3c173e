/** A world for command tests: scripted core, streams in memory, signals by hand. */
import { PassThrough } from 'node:stream';
import type { Core } from '#core/core.ts';
import { createScriptedCore } from '#core/rpc/testing/scripted-core.ts';
import type { ScriptedCore } from '#core/rpc/testing/scripted-core.ts';
import { runCli } from '../program.ts';
import type { StopSignal, World } from '../world.ts';

export interface ScriptedWorld extends World {
  readonly stdin: PassThrough & { isTTY?: boolean };
  readonly stdout: PassThrough & { isTTY?: boolean };
  readonly stderr: PassThrough & { isTTY?: boolean };
  readonly core: ScriptedCore;
  signal(name: StopSignal): void;
  /** How often the core was disposed of. */
  readonly disposed: () => number;
}

/** `home` holds its data; `change` replaces what the core does. */
export function scriptedWorld(home: string, change: (core: Core) => void = () => undefined): ScriptedWorld {
  const core = createScriptedCore();
  change(core);
  const listeners = new Set<(signal: StopSignal) => void>();
  let disposed = 0;
  return {
    stdin: new PassThrough(),
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    env: { FROM_ENV: 'value from here' },
    paths: { config: `${home}/config`, data: `${home}/data`, assets: `${home}/assets`, renderer: `${home}/renderer` },
    version: '0.0.0-test',
    core,
    disposed: () => disposed,
    signal: (name) => {
      for (const listener of listeners) listener(name);
    },
    onSignal(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async createCore() {
      return {
        ...core,
        async dispose() {
          disposed += 1;
          await core.dispose();
        },
      };
    },
    now: () => performance.now(),
  };
}

export interface CliResult {
  code: number;
  stdout: string;
  stderr: string;
  /** stdout as JSON lines. */
  json(): Record<string, unknown>[];
}

/** Runs a command line to its end and gathers what it wrote. */
export async function cli(world: ScriptedWorld, ...args: string[]): Promise<CliResult> {
  const gathered = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    world[name].setEncoding('utf8').on('data', (text: string) => (gathered[name] += text));
  }
  const code = await runCli(args, world);
  return {
    code,
    ...gathered,
    json: () =>
      gathered.stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}
