/** `bellglass serve`: the app in a browser, until a signal ends it (HOST-2). */
import { createRouter } from '#core/rpc/router.ts';
import type { Opened } from '#core/rpc/router.ts';
import type { Core } from '#core/core.ts';
import { loadOpened } from '#core/scripts/workflow.ts';
import type { EngineStatus } from '#shared/domain/engine.ts';
import { createOpenedBox } from '../../opened.ts';
import { isChecked, rememberChecked, stampOf } from '../../self-check-stamp.ts';
import { createRest } from '../../web/rest/rest.ts';
import { probe } from '../../web/probe.ts';
import { startTurn } from '../../web/starting.ts';
import { removeState, urlOf, writeState } from '../../web/state-file.ts';
import type { ServeState } from '../../web/state-file.ts';
import { startWebHost } from '../../web/web-host.ts';
import type { WebHost } from '../../web/web-host.ts';
import { settledEngine } from '../engine-ready.ts';
import { openRuns } from '../../open-runs.ts';
import { EXIT } from '../exit-codes.ts';
import { UsageError, printJson } from '../messages.ts';
import type { Outputs } from '../messages.ts';
import { openCore } from '../open-core.ts';
import { oneLine } from '../output.ts';
import type { World } from '../world.ts';
import { tellImageBuilds } from './build-images.ts';
import { tellSelfCheck } from './self-check.ts';

export interface ServeOptions {
  readonly port?: string;
  readonly json?: boolean;
  readonly open?: string;
  readonly hostWhy?: string;
}

const DEFAULT_PORT = 7717;

function portOf(text: string, from: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65535) return port;
  throw new UsageError(`${from} is ${oneLine(text) || 'empty'}, which is no port.`, 'Give a number from 0 to 65535.');
}

/** The port, and whether the person named it: then no other one is taken. */
async function choosePort(
  world: World,
  core: Core,
  asked: string | undefined,
): Promise<{ port: number; orNext: boolean }> {
  if (asked !== undefined) return { port: portOf(asked, '--port'), orNext: false };
  const fromEnv = world.env['BELLGLASS_PORT'];
  if (fromEnv) return { port: portOf(fromEnv, 'BELLGLASS_PORT'), orNext: false };
  const { settings } = await core.system.settings();
  const setting = settings.find(({ key }) => key === 'port');
  return { port: /^\d+$/.test(setting?.value ?? '') ? Number(setting?.value) : DEFAULT_PORT, orNext: true };
}

function engineText(status: EngineStatus): string {
  switch (status.state) {
    case 'ready': {
      const { kind, version, cgroup, rootless } = status.capabilities;
      const name = kind === 'docker' ? 'Docker' : 'Podman';
      return `${name} ${version}, cgroup ${cgroup}${rootless ? ', rootless' : ''}, at ${status.attempt.address}`;
    }
    case 'none':
      return `none: ${status.error.message} ${status.error.next ?? ''}`;
    case 'lost':
      return `lost: ${status.reason}`;
    case 'starting':
      return status.step;
    case 'searching':
      return 'searching';
  }
}

/** Hands the file over to the app that runs already, and says where that is. */
async function useRunning(
  running: ServeState,
  opened: Opened | null,
  outputs: Outputs,
  { json = false, port }: ServeOptions,
): Promise<number> {
  if (opened !== null) await probe(running.port, running.token, opened);
  if (json) await printJson(outputs.stdout, { url: urlOf(running), running: true });
  else {
    const other = port === undefined || Number(port) === running.port ? '' : `, on port ${running.port}`;
    await outputs.stderr.write(`Bellglass is running already${other}. Open:\n`);
    await outputs.stdout.write(`${urlOf(running)}\n`);
  }
  return EXIT.ok;
}

async function checkOnce(
  world: World,
  core: Core,
  outputs: Outputs,
  json: boolean,
  signal: AbortSignal,
  say: (text: string) => Promise<void>,
): Promise<void> {
  let told = '';
  const status = await settledEngine(core, signal, (step) => {
    const text = engineText(step);
    if (text !== told && step.state === 'starting') void say(`engine     ${text}`);
    told = text;
  });
  if (signal.aborted) return;
  await say(`engine     ${engineText(status)}`);
  const stamp = stampOf(status, await core.system.images());
  if (status.state !== 'ready' || (stamp !== null && (await isChecked(world.paths.data, stamp)))) return;
  if (!(await tellImageBuilds(core, signal, say)) || signal.aborted) return;
  await say('self-check runs once, because this engine or its images are new here');
  if (await tellSelfCheck(core, outputs, json, signal)) {
    // Images may have been built by the check itself.
    const now = stampOf(core.system.engineStatus(), await core.system.images());
    if (now !== null) await rememberChecked(world.paths.data, now);
    await say('self-check passed');
  } else if (!signal.aborted) await say('self-check failed: see the engine doctor in the app');
}

/**
 * Serves until a signal comes, then ends runs, connections and files; a further signal does not wait. On a terminal the
 * first Ctrl+C while runs go on only asks (RUN-14).
 */
export async function serve(world: World, outputs: Outputs, options: ServeOptions): Promise<number> {
  const { json = false } = options;
  const began = world.now();
  const quit = new AbortController();
  const signalled = Promise.withResolvers<void>();
  let asked = false;
  const unlisten = world.onSignal((signal) => {
    const { going, waiting } = opened === undefined ? { going: 0, waiting: [] } : openRuns(opened.core);
    if (signal === 'SIGINT' && outputs.stderr.isTerminal && going > 0 && !asked) {
      asked = true;
      const runs = going === 1 ? '1 run goes on' : `${going} runs go on`;
      const kept = waiting.length > 0 ? `; ${waiting.length} waiting stay in the queue` : '';
      void say(`${runs}. Ctrl+C again ends ${going === 1 ? 'it' : 'them'} and quits${kept}.`);
      return;
    }
    quit.abort();
    signalled.resolve();
  });
  const say = async (text: string): Promise<void> => {
    const seconds = ((world.now() - began) / 1000).toFixed(1).padStart(5);
    if (!json) await outputs.stderr.write(`${seconds} s  ${oneLine(text)}\n`);
  };
  let opened: Awaited<ReturnType<typeof openCore>> | undefined;
  let host: WebHost | undefined;
  let turn: Awaited<ReturnType<typeof startTurn>> | undefined;
  try {
    if (options.port !== undefined) portOf(options.port, '--port');
    const toOpen = options.open === undefined ? null : await loadOpened(options.open);
    turn = await startTurn(world.paths.data);
    if ('running' in turn) return await useRunning(turn.running, toOpen, outputs, options);
    const hostWhy = options.hostWhy ?? 'bellglass serve';
    if (options.hostWhy) await say(`in the browser: ${options.hostWhy}`);
    opened = await openCore(world, hostWhy, 'web');
    const { core, log } = opened;
    const box = createOpenedBox();
    if (toOpen) box.put(toOpen);
    host = await startWebHost({
      router: createRouter(core, box),
      rest: createRest({ core, version: world.version, log }),
      log,
      renderer: world.paths.renderer,
      ...(await choosePort(world, core, options.port)),
      onOpened: (given) => box.put(given),
    });
    await writeState(world.paths.data, { pid: process.pid, port: host.port, token: host.token });
    await turn.done();
    await say('ready. Open this address in a browser; Ctrl+C ends Bellglass:');
    if (json) await printJson(outputs.stdout, { url: host.url });
    else await outputs.stdout.write(`${host.url}\n`);
    void checkOnce(world, core, outputs, json, quit.signal, say).catch((thrown: unknown) => {
      log.error('the first check failed', { error: thrown });
    });
    await signalled.promise;
    const { going, waiting } = openRuns(core);
    const kept = waiting.length > 0 ? `; ${waiting.length} waiting stay in the queue` : '';
    await say(`${going > 0 ? `ends ${going} run${going === 1 ? '' : 's'} and quits` : 'quits'}${kept}`);
    return EXIT.ok;
  } finally {
    await host?.dispose();
    await opened?.close();
    if (host) await removeState(world.paths.data, process.pid);
    else if (turn !== undefined && 'done' in turn) await turn.done();
    unlisten();
  }
}
