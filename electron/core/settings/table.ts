/** The one table of settings: file keys, environment twins, forms and defaults are derived from it (HOST-6). */
import type { Setting } from '#shared/contract/system.ts';
import { TRUST_LEVELS, type PartialPolicy } from '#shared/domain/policy.ts';
import { RUNTIMES, type Runtime } from '#shared/domain/run.ts';
import { GIB, MIB } from '#shared/lib/units.ts';
import type { Kind } from '#shared/policy/field.ts';
import { anyField, FIELD_PATHS } from '#shared/policy/fields.ts';
import { bool, bytes, choice, count, duration, list, nullable, text } from '#shared/policy/kinds.ts';
import type { PlanSettings } from '#shared/policy/plan/plan.ts';
import type { AlertSettings } from '#shared/alerts/rules.ts';
import { alertEntries, alertSettings } from './alerts.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

/** The settings in force, parsed. Times in milliseconds, sizes in bytes. */
export interface Settings {
  /** Id of the chosen engine; null looks for one. */
  readonly engine: string | null;
  /** An engine of our own may be started when none answers. */
  readonly allowPrivateEngine: boolean;
  readonly plan: PlanSettings;
  /** Absolute; what lies below them may be mounted. */
  readonly mountFolders: readonly string[];
  readonly maxConcurrent: number;
  readonly whenFull: 'wait' | 'refuse';
  readonly warmPool: boolean;
  /** Bytes for sandboxes that wait. */
  readonly warmPoolBytes: number;
  readonly ipv6: 'auto' | 'on' | 'off';
  readonly samplingMs: number;
  readonly sweepEveryMs: number;
  readonly sweepAgeMs: number;
  readonly retention: { readonly bytes: number; readonly ageMs: number };
  readonly alerts: AlertSettings;
  readonly theme: 'system' | 'light' | 'dark';
  readonly port: number;
}

export interface Entry {
  /** Dotted, as in the file. */
  readonly key: string;
  readonly label: string;
  readonly help: string;
  readonly group: string;
  readonly kind: Kind<unknown>;
  /** As typed; empty when nothing is set. */
  readonly initial: string;
  /** Shown in lists although nothing sets it. */
  readonly listed: boolean;
}

function entry<V>(key: string, group: string, label: string, help: string, kind: Kind<V>, initial: string): Entry {
  return { key, label, help, group, kind: kind as Kind<unknown>, initial, listed: true };
}

const trust = choice(TRUST_LEVELS, true);
/** Whether there is such a policy is found out when a run asks for it: files come and go. */
const policyName = text(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/, 'untrusted');
const folder = text(/^(?:\/|[A-Za-z]:[\\/])[^\0\n,]*$/, '/home/me/data');

/** Old names of settings, which go on working; the new name wins where both are set. */
export const RENAMED: Readonly<Record<string, string>> = {
  default_trust: 'default_policy',
  ...Object.fromEntries(RUNTIMES.map((runtime) => [`runtime_trust.${runtime}`, `runtime_policy.${runtime}`])),
};

function oldName<V>(key: string, kind: Kind<V>): Entry {
  const now = RENAMED[key] ?? key;
  const help = `Is called \`${now}\` now; this name goes on working, and the new one wins.`;
  return { ...entry(key, 'Policies', `${key} (old name)`, help, kind, ''), listed: false };
}

const PLAIN: readonly Entry[] = [
  entry(
    'engine',
    'Engine',
    'Engine',
    'Id of the engine to use, as the doctor lists it; `auto` takes the first that answers.',
    text(/^[^\0\n]{1,512}$/, 'auto'),
    'auto',
  ),
  entry(
    'allow_private_engine',
    'Engine',
    'Private engine',
    'Start an engine of our own when none answers.',
    bool(true),
    'true',
  ),
  entry(
    'default_policy',
    'Policies',
    'Default policy',
    'Trust level or own policy of scripts of which nothing else is said.',
    policyName,
    'untrusted',
  ),
  ...RUNTIMES.map((runtime) =>
    entry(
      `runtime_policy.${runtime}`,
      'Policies',
      `Default for ${runtime}`,
      `Trust level or own policy of ${runtime} scripts; none takes the default policy.`,
      nullable(policyName, 'none'),
      'none',
    ),
  ),
  oldName('default_trust', trust),
  ...RUNTIMES.map((runtime) => oldName(`runtime_trust.${runtime}`, nullable(trust, 'none'))),
  entry(
    'mount_folders',
    'Policies',
    'Mount folders',
    'Folders of this machine that a policy may show to a script, with everything below them.',
    list(folder, 'neither'),
    'none',
  ),
  entry('max_concurrent', 'Runs', 'Runs at once', 'More runs than this wait in a queue.', count(1, 1000), '10'),
  entry(
    'queue.when_full',
    'Runs',
    'When a run cannot start at once',
    'It waits in the queue, or is refused.',
    choice(['wait', 'refuse'], false),
    'wait',
  ),
  entry(
    'warm_pool',
    'Runs',
    'Warm sandboxes',
    'Starts sandboxes before they are needed, as many as were used lately, so that a script begins at once. Each serves one run and is never used again; what nobody used for a while goes away.',
    choice(['on', 'off'], false),
    'on',
  ),
  entry(
    'warm_pool_memory',
    'Runs',
    'Memory for warm sandboxes',
    'Waiting sandboxes take no more than this, 20 MiB each, and never more than a quarter of what is free.',
    bytes(20 * MIB, 64 * GIB),
    '80 MiB',
  ),
  entry(
    'ipv6',
    'Runs',
    'IPv6 in sandboxes',
    '`auto` gives it where this machine has a way out and passes packets on already, or would not lose its own by it; `on` asks the engine for it always.',
    choice(['auto', 'on', 'off'], false),
    'auto',
  ),
  entry(
    'sampling_interval',
    'Runs',
    'Sampling interval',
    'How often a run is measured, where the engine allows it.',
    duration(50, 60 * SECOND),
    '100 ms',
  ),
  entry(
    'sweep_interval',
    'Runs',
    'Sweep every',
    'How often left-over containers of ours are looked for.',
    duration(10 * SECOND, DAY),
    '5 min',
  ),
  entry(
    'sweep_age',
    'Runs',
    'Sweep after',
    'How long a finished container of ours may stay.',
    duration(MINUTE, 7 * DAY),
    '10 min',
  ),
  entry(
    'retention_size',
    'History',
    'Keep at most',
    'Output of old runs beyond this is deleted, oldest first.',
    bytes(10 * MIB, 1024 * GIB),
    '2 GB',
  ),
  entry(
    'retention_age',
    'History',
    'Keep for',
    'Output of runs older than this is deleted.',
    duration(60 * MINUTE, 3650 * DAY),
    '30 d',
  ),
  ...alertEntries(),
  entry(
    'theme',
    'Appearance',
    'Theme',
    '`system` follows the desktop.',
    choice(['system', 'light', 'dark'], false),
    'system',
  ),
  entry(
    'port',
    'Browser',
    'Port',
    'Port of the browser host on this machine; the next free one is taken when it is in use.',
    count(1, 65_535),
    '7717',
  ),
];

/** A ceiling makes sense where one value grants more than another. */
const PRESENTED_CEILINGS = /^resources\.(?!on_breach)|^network\.mode$/;

const CEILINGS = FIELD_PATHS.filter((path) => anyField(path).kind.looser !== null).map((path): Entry => {
  const { kind, label } = anyField(path);
  return {
    key: `ceilings.${path}`,
    label: `${label} at most`,
    help: 'No run may pass this, whatever its policy says.',
    group: 'Ceilings',
    kind,
    initial: '',
    listed: PRESENTED_CEILINGS.test(path),
  };
});

const VALUES = FIELD_PATHS.map((path): Entry => {
  const { kind, label, help } = anyField(path);
  return { key: `policy.${path}`, label, help, group: 'Values for every run', kind, initial: '', listed: false };
});

export const ENTRIES: ReadonlyMap<string, Entry> = new Map(
  [...PLAIN, ...CEILINGS, ...VALUES].map((one) => [one.key, one]),
);

/** The environment variable that sets the same: `max_concurrent` → `BELLGLASS_MAX_CONCURRENT`. */
export function twin(key: string): string {
  return `BELLGLASS_${key.toUpperCase().replaceAll('.', '_')}`;
}

/** Key → text, as typed by somebody. */
export type Texts = ReadonlyMap<string, string>;

function policyPart(prefix: string, read: (key: string) => unknown): PartialPolicy {
  const values: Record<string, unknown> = {};
  for (const path of FIELD_PATHS) {
    const value = read(`${prefix}.${path}`);
    if (value !== undefined) values[path] = value;
  }
  return values;
}

function byOldName(texts: Texts, key: string): string | undefined {
  const old = Object.keys(RENAMED).find((name) => RENAMED[name] === key);
  return old === undefined ? undefined : texts.get(old);
}

/** Everything parsed, defaults filled in. All texts must have been checked. */
export function build(texts: Texts): Settings {
  const read = (key: string): unknown => {
    const known = ENTRIES.get(key);
    const given = known === undefined ? undefined : (texts.get(key) ?? byOldName(texts, key) ?? known.initial);
    return known === undefined || given === undefined || given === '' ? undefined : known.kind.parse(given);
  };
  const engine = read('engine') as string;
  const perRuntime: Partial<Record<Runtime, string>> = {};
  for (const runtime of RUNTIMES) {
    const name = read(`runtime_policy.${runtime}`) as string | null;
    if (name !== null) perRuntime[runtime] = name;
  }
  return {
    engine: engine === 'auto' ? null : engine,
    allowPrivateEngine: read('allow_private_engine') as boolean,
    plan: {
      defaultPolicy: read('default_policy') as string,
      perRuntime,
      values: policyPart('policy', read),
      ceilings: policyPart('ceilings', read),
    },
    mountFolders: read('mount_folders') as readonly string[],
    maxConcurrent: read('max_concurrent') as number,
    whenFull: read('queue.when_full') as Settings['whenFull'],
    warmPool: read('warm_pool') === 'on',
    ipv6: read('ipv6') as Settings['ipv6'],
    warmPoolBytes: read('warm_pool_memory') as number,
    samplingMs: read('sampling_interval') as number,
    sweepEveryMs: read('sweep_interval') as number,
    sweepAgeMs: read('sweep_age') as number,
    retention: { bytes: read('retention_size') as number, ageMs: read('retention_age') as number },
    alerts: alertSettings(read),
    theme: read('theme') as Settings['theme'],
    port: read('port') as number,
  };
}

/**
 * In force while the file is broken and no good version of it was ever seen: what it forbids is unknown,
 * so nothing beyond `untrusted` is allowed.
 */
export function locked(settings: Settings): Settings {
  const ceilings: Record<string, unknown> = {};
  for (const path of FIELD_PATHS) {
    const { kind, defaults, future } = anyField(path);
    if (kind.looser !== null && future !== true) ceilings[path] = defaults.untrusted;
  }
  return { ...settings, plan: { ...settings.plan, ceilings } };
}

const SHOWN_AS: Readonly<Record<Kind<unknown>['name'], Setting['kind']>> = {
  bytes: 'bytes',
  rate: 'text',
  duration: 'duration',
  cpu: 'text',
  count: 'number',
  choice: 'choice',
  boolean: 'boolean',
  text: 'text',
  list: 'list',
  map: 'list',
};

export function present(one: Entry, value: string, source: string, error?: string): Setting {
  const { key, label, help, group, kind } = one;
  return {
    key,
    label,
    help,
    group,
    value,
    source,
    kind: SHOWN_AS[kind.name],
    ...(kind.choices === undefined ? {} : { choices: [...kind.choices] }),
    ...(error === undefined ? {} : { error }),
  };
}
