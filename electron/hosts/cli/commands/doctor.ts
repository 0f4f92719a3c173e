/** `bellglass doctor`: what was found, what is enforced here, and what a bug report needs. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Doctor } from '#shared/contract/system.ts';
import { asideWhenDamaged } from '#core/history/keeper.ts';
import { redactFields, redactText } from '#core/storage/redact.ts';
import { settledEngine } from '../engine-ready.ts';
import { EXIT } from '../exit-codes.ts';
import { printJson } from '../messages.ts';
import type { Outputs } from '../messages.ts';
import { openCore } from '../open-core.ts';
import type { OpenCore } from '../open-core.ts';
import { oneLine } from '../output.ts';
import type { World } from '../world.ts';
import { tellSelfCheck } from './self-check.ts';

export interface DoctorOptions {
  readonly json?: boolean;
  readonly selfCheck?: boolean;
  readonly bundle?: boolean;
  readonly freshHistory?: boolean;
}

const STATE_WORDS = { enforced: 'enforced', partly: 'partly', 'not-here': 'not here' } as const;
const LOG_LINES = 200;

function lines({ app, status, attempts, enforcement }: Doctor): string[] {
  const engine =
    status.state === 'ready'
      ? `${status.attempt.label} at ${status.attempt.address}, version ${status.capabilities.version}`
      : status.state === 'none'
        ? `${status.error.message} ${status.error.next ?? ''}`
        : status.state;
  return [
    `Bellglass ${app.version} · Node ${app.node} · ${app.platform}`,
    `Data: ${app.home}`,
    `Engine: ${engine}`,
    '',
    'Looked at:',
    ...attempts.map(
      ({ usable, label, reason, fix }) => `  ${usable ? '✓' : '✗'} ${label}: ${reason}${fix ? ` Fix: ${fix}` : ''}`,
    ),
    '',
    'Enforced here:',
    ...enforcement.map(
      ({ state, label, why, fix }) =>
        `  ${STATE_WORDS[state].padEnd(9)} ${label}${why ? `: ${why}` : ''}${fix ? ` Fix: ${fix}` : ''}`,
    ),
  ];
}

async function logTail(world: World, host: string): Promise<string[]> {
  const text = await readFile(join(world.paths.data, 'logs', `${host}.log`), 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-LOG_LINES).map(redactText);
}

/** Everything a bug report needs, without secrets; shown, never sent. */
async function bundleOf(world: World, { core }: OpenCore, doctor: Doctor): Promise<Record<string, unknown>> {
  const settings = await core.system.settings();
  const runs = core.runs.list().slice(0, 20);
  return {
    made: new Date().toISOString(),
    doctor,
    images: await core.system.images(),
    settings: redactFields(
      Object.fromEntries(settings.settings.map(({ key, value, source }) => [key, `${value} (${source})`])),
    ),
    settingsError: settings.error,
    runs: runs.map(({ runtime, level, state, verdict, overrides }) => ({
      runtime,
      level,
      state,
      overrides,
      outcome: verdict?.outcome,
      rule: verdict?.rule,
    })),
    logs: {
      web: await logTail(world, 'web'),
      cli: await logTail(world, 'cli'),
      desktop: await logTail(world, 'desktop'),
    },
  };
}

/** Exit code 0 when an engine is ready and a self-check that was asked for passed, else 1. */
export async function doctor(world: World, outputs: Outputs, options: DoctorOptions): Promise<number> {
  const { json = false } = options;
  if (options.freshHistory) return await freshHistory(world, outputs, json);
  const quit = new AbortController();
  const unlisten = world.onSignal(() => quit.abort());
  const opened = await openCore(world, 'bellglass doctor');
  try {
    const status = await settledEngine(opened.core, quit.signal);
    if (quit.signal.aborted) return EXIT.cancelled;
    const found = await opened.core.system.doctor();
    if (options.bundle) {
      const bundle = await bundleOf(world, opened, found);
      await outputs.stdout.write(`${JSON.stringify(bundle, null, json ? 0 : 2)}\n`);
      await outputs.stderr.write(
        'Nothing was sent. Look through it, then keep it: bellglass doctor --bundle > report.json\n',
      );
    } else if (json) await printJson(outputs.stdout, found);
    else await outputs.stdout.write(`${lines(found).map(oneLineKeepingIndent).join('\n')}\n`);
    if (status.state !== 'ready') return EXIT.notOk;
    if (!options.selfCheck) return EXIT.ok;
    if (!json) await outputs.stderr.write('Self-check:\n');
    return (await tellSelfCheck(opened.core, outputs, json, quit.signal)) ? EXIT.ok : EXIT.notOk;
  } finally {
    await opened.close();
    unlisten();
  }
}

/** Puts a damaged history aside; a whole one stays. @throws AppError `storage` as opening it does. */
async function freshHistory(world: World, outputs: Outputs, json: boolean): Promise<number> {
  const path = join(world.paths.data, 'bellglass.db');
  const aside = asideWhenDamaged(path, Date.now());
  if (json) await printJson(outputs.stdout, { damaged: aside !== null, aside });
  else
    await outputs.stdout.write(
      aside === null
        ? 'The history is whole. Nothing was changed.\n'
        : `The damaged history is kept as ${aside}. The next start makes a fresh one.\n`,
    );
  return EXIT.ok;
}

function oneLineKeepingIndent(text: string): string {
  return `${/^ */.exec(text)?.[0] ?? ''}${oneLine(text)}`;
}
