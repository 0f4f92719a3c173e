/** Resource limits and what happens when one is reached (POL-1, POL-2). */
import { GIB, MIB } from '../../lib/units.ts';
import {
  enforced,
  everywhere,
  notHere,
  partly,
  perLevel,
  type EnforcementFact,
  type Field,
  type FieldsOf,
} from '../field.ts';
import { bytes, choice, count, cpu, duration, nullable, rate } from '../kinds.ts';
import type { Capabilities } from '../../domain/engine.ts';

const SECOND = 1000;
const DAY = 24 * 3600 * SECOND;
const group = 'Resources';

function diskRate(engine: Capabilities): EnforcementFact {
  if (!engine.ioLimits)
    return notHere(
      'This engine cannot slow disk access down.',
      'Use a rootful engine, or delegate the io controller to the user (systemd: `Delegate=io`).',
    );
  if (engine.cgroup === 'v1')
    return partly(
      'With cgroup v1 only direct and synced access is slowed; buffered writes pass at memory speed.',
      'Boot with `systemd.unified_cgroup_hierarchy=1` (cgroup v2).',
    );
  return enforced();
}

/** A breach action; `choices` tightest first, `enforcement` is asked with the action that a policy chose. */
function breach<const V extends string>(
  label: string,
  help: string,
  choices: readonly V[],
  initial: V,
  enforcement: (engine: Capabilities, value?: V) => EnforcementFact = enforced,
): Field<V> {
  return {
    group,
    label: `On breach: ${label}`,
    help,
    kind: choice(choices, true),
    defaults: everywhere(initial),
    enforcement,
  };
}

/** Actions that follow from readings of the counters, not from the kernel's own refusal. */
const LOOKS = {
  memory: (engine: Capabilities) =>
    `Memory is looked at ${engine.local ? 'ten times' : 'a few times'} a second; a script that fills the rest faster is killed at the limit instead of paused.`,
  scratch:
    'The scratch is looked at ten times a second; what is full and empty again between two looks is only refused.',
  openFiles:
    'Open files are looked at ten times a second; one that opens and closes them between two looks is only refused.',
  unseen: 'This engine does not show it to Bellglass, so the call is only refused.',
  clock: 'The counters are read about once a second here, so it comes up to a second late.',
};

export const resources: FieldsOf<'resources'> = {
  'resources.memory': {
    group,
    label: 'Memory',
    help: 'All memory of the script, its children and its temporary files together; swap is never beyond it.',
    kind: bytes(8 * MIB, 1024 * GIB),
    defaults: perLevel(64 * MIB, 128 * MIB, 512 * MIB, 2048 * MIB),
    enforcement: (engine) =>
      engine.swapLimit
        ? enforced()
        : partly(
            'This engine cannot limit swap, so a script may use swap beyond its memory.',
            'Boot with `swapaccount=1`, or turn swap off.',
          ),
  },
  'resources.cpu': {
    group,
    label: 'CPU',
    help: 'Share of one core; more than 100 % uses several cores.',
    kind: cpu(1, 51_200),
    defaults: perLevel(25, 50, 75, 100),
    enforcement: (engine) =>
      engine.cpuQuota
        ? enforced()
        : notHere(
            'This engine cannot limit the CPU share.',
            'Delegate the cpu controller to the user (systemd: `Delegate=cpu`).',
          ),
  },
  'resources.wall_time': {
    group,
    label: 'Wall time',
    help: 'How long a run may take, from its first instruction; then it is asked to stop and killed 2 s later.',
    kind: duration(100, 7 * DAY),
    defaults: perLevel(60 * SECOND, 300 * SECOND, 600 * SECOND, 3600 * SECOND),
    enforcement: enforced,
  },
  'resources.cpu_time': {
    group,
    label: 'CPU time',
    help: 'Processor time of the script and all its children together.',
    kind: duration(100, 7 * DAY),
    defaults: perLevel(30 * SECOND, 30 * SECOND, 120 * SECOND, 600 * SECOND),
    enforcement: (engine) =>
      engine.local
        ? enforced()
        : partly('The counters are read about once a second here, so a run can pass this limit for a second.'),
  },
  'resources.processes': {
    group,
    label: 'Processes',
    help: 'Processes and threads at once. One slot of Bellglass inside the sandbox is not counted.',
    kind: count(1, 32_768),
    defaults: perLevel(5, 10, 50, 100),
    enforcement: (engine) =>
      engine.pidsLimit
        ? enforced()
        : notHere(
            'This engine cannot limit processes.',
            'Delegate the pids controller to the user (systemd: `Delegate=pids`).',
          ),
  },
  'resources.open_files': {
    group,
    label: 'Open files',
    help: 'Files, pipes and sockets that one process may hold open.',
    kind: count(16, 65_536),
    defaults: perLevel(32, 64, 256, 1024),
    enforcement: enforced,
  },
  'resources.disk_read': {
    group,
    label: 'Disk read',
    help: 'Bytes a second read from the disk of the engine.',
    kind: nullable(rate(1024, 1024 * GIB), 'unlimited'),
    defaults: perLevel<number | null>(10 * MIB, 10 * MIB, 50 * MIB, null),
    enforcement: (engine, value) => (value === null ? enforced() : diskRate(engine)),
  },
  'resources.disk_write': {
    group,
    label: 'Disk write',
    help: 'Bytes a second written to the disk of the engine. Temporary files are in memory and are not slowed.',
    kind: nullable(rate(1024, 1024 * GIB), 'unlimited'),
    defaults: perLevel<number | null>(5 * MIB, 5 * MIB, 25 * MIB, null),
    enforcement: (engine, value) => (value === null ? enforced() : diskRate(engine)),
  },
  'resources.scratch': {
    group,
    label: 'Scratch',
    help: 'Workspace and temporary files together; kept in memory and counted toward the memory limit.',
    kind: bytes(MIB, 64 * GIB),
    defaults: perLevel(50 * MIB, 100 * MIB, 400 * MIB, 1536 * MIB),
    enforcement: (engine) =>
      engine.tmpfsInodes
        ? enforced()
        : partly(
            'This engine cannot limit the number of files, so many empty files can use memory up to the memory limit; it gives temporary files a room of their own, as large again.',
          ),
  },
  'resources.output': {
    group,
    label: 'Output kept',
    help: 'Standard output and standard error together.',
    kind: bytes(4096, 10 * GIB),
    defaults: perLevel(10 * MIB, 10 * MIB, 50 * MIB, 100 * MIB),
    enforcement: enforced,
  },
  'resources.on_breach.memory': breach(
    'memory',
    'At the limit the script is killed; `pause` stops it at 90 % and asks: resumed, it goes on to the limit.',
    ['kill', 'pause'],
    'kill',
    (engine, value) => (value === 'pause' ? partly(LOOKS.memory(engine)) : enforced()),
  ),
  'resources.on_breach.cpu_time': breach(
    'CPU time',
    '`warn` says so and lets the run go on; `pause` stops it at 90 % and asks: resumed, it goes on to the limit.',
    ['kill', 'pause', 'warn'],
    'kill',
    (engine, value) => (value === undefined || value === 'kill' || engine.local ? enforced() : partly(LOOKS.clock)),
  ),
  'resources.on_breach.wall_time': breach(
    'wall time',
    '`warn` says so and lets the run go on; `pause` stops it at 90 % and asks: resumed, it goes on to the limit.',
    ['kill', 'pause', 'warn'],
    'kill',
  ),
  'resources.on_breach.processes': breach(
    'processes',
    '`refuse` fails the call that would start one more; `kill` ends the run as well.',
    ['kill', 'refuse'],
    'refuse',
    (engine, value) => (value !== 'kill' || engine.local ? enforced() : partly(LOOKS.clock)),
  ),
  'resources.on_breach.open_files': breach(
    'open files',
    '`refuse` fails the call that would open one more; `kill` ends the run once one process holds all of them.',
    ['kill', 'refuse'],
    'refuse',
    (engine, value) => (value !== 'kill' ? enforced() : partly(engine.local ? LOOKS.openFiles : LOOKS.unseen)),
  ),
  'resources.on_breach.scratch': breach(
    'scratch',
    '`refuse` fails the write that does not fit; `kill` ends the run as well; `pause` stops it at 90 % and asks.',
    ['kill', 'pause', 'refuse'],
    'refuse',
    (engine, value) =>
      value === undefined || value === 'refuse' ? enforced() : partly(engine.local ? LOOKS.scratch : LOOKS.unseen),
  ),
  'resources.on_breach.output': breach(
    'output',
    '`drop` keeps the first part and counts the rest; `kill` ends the run.',
    ['kill', 'drop'],
    'drop',
  ),
  'resources.on_breach.disk_rate': breach(
    'disk rate',
    'Disk access beyond the rate waits.',
    ['throttle'],
    'throttle',
    diskRate,
  ),
  'resources.on_breach.network': breach(
    'network',
    '`refuse` fails the connection; `pause` also stops the run and asks; `kill` ends it.',
    ['kill', 'pause', 'refuse'],
    'refuse',
  ),
};
