/** Image, run and quota fields (POL-4). */
import { GIB, MIB } from '../../lib/units.ts';
import { enforced, everywhere, future, partly, type FieldsOf } from '../field.ts';
import { checkReference } from './image-reference.ts';
import { bool, bytes, choice, command, count, cpu, invalid, map, nullable, text, word } from '../kinds.ts';

const words = command(word);
const reference = text(/^[\w./:@[\]-]{1,255}$/, 'golang:1.22', checkReference);

function checkFolder(value: string): void {
  if (value.split('/').includes('..'))
    throw invalid(
      `\`${value.slice(0, 80)}\` leaves the workspace.`,
      'The working folder lies inside `/workspace`.',
      'Write `/workspace`.',
    );
}

export const image: FieldsOf<'image'> = {
  'image.runtime': {
    group: 'Image',
    label: 'Runtime',
    help: 'Language environment; none means that it is found from the script.',
    kind: nullable(text(/^(python|node|bash|polyglot)$/, 'python'), 'none'),
    defaults: everywhere<string | null>(null),
    enforcement: enforced,
  },
  'image.name': {
    group: 'Image',
    label: 'Image',
    help: "Another image instead of a hardened runtime: it needs Perl, and no `VOLUME` or `ONBUILD`. The script's interpreter is looked up in its PATH.",
    kind: nullable(reference, 'none'),
    defaults: everywhere<string | null>(null),
    enforcement: (_engine, value) =>
      value === undefined || value === null
        ? enforced()
        : partly(
            "The image's own Perl runs the warden beside the script, so what is said of a run is as true as the image is honest.",
          ),
  },
  'image.pull': {
    group: 'Image',
    label: 'Pull',
    help: 'When an image that `image.name` names is fetched from its registry.',
    kind: choice(['always', 'if-not-present', 'never'], false),
    defaults: everywhere<'always' | 'if-not-present' | 'never'>('if-not-present'),
    enforcement: enforced,
  },
  'image.digest': {
    group: 'Image',
    label: 'Digest',
    help: "Only an image with exactly this content: its id, or a registry's digest of it.",
    kind: nullable(text(/^sha256:[\da-f]{64}$/, `sha256:${'0'.repeat(64)}`), 'none'),
    defaults: everywhere<string | null>(null),
    enforcement: enforced,
  },
};

export const run: FieldsOf<'run'> = {
  'run.entrypoint': {
    group: 'Run',
    label: 'Entry point',
    help: "Instead of the runtime's interpreter; the script's path and arguments, or `run.command`, follow it. Looked up in PATH.",
    kind: words,
    defaults: everywhere<readonly string[] | null>(null),
    enforcement: enforced,
  },
  'run.command': {
    group: 'Run',
    label: 'Command',
    help: "Instead of the script's path and arguments, after the entry point or interpreter; the script's files are still there.",
    kind: words,
    defaults: everywhere<readonly string[] | null>(null),
    enforcement: enforced,
  },
  'run.env': {
    group: 'Run',
    label: 'Environment',
    help: 'Variables that the script gets; nothing of your own environment is passed.',
    kind: map(/^[A-Za-z_]\w*$/, 'NAME=value'),
    defaults: everywhere<Readonly<Record<string, string>>>({}),
    enforcement: enforced,
  },
  'run.working_dir': {
    group: 'Run',
    label: 'Working folder',
    help: 'Where the script starts; inside `/workspace`.',
    kind: text(/^\/workspace(\/[^\0\n]*)?$/, '/workspace', checkFolder),
    defaults: everywhere('/workspace'),
    enforcement: enforced,
  },
  'run.tty': {
    group: 'Run',
    label: 'Terminal',
    help: 'Gives the script a terminal; merges standard output and standard error.',
    kind: bool(null),
    defaults: everywhere(false),
    enforcement: enforced,
  },
  'run.warm': {
    group: 'Run',
    label: 'Warm sandbox',
    help: 'Takes a sandbox that was started beforehand, where there is one.',
    kind: bool(null),
    defaults: everywhere(true),
    enforcement: enforced,
  },
  'run.warm_interpreter': {
    group: 'Run',
    label: 'Warm interpreter',
    help: 'Takes a Python or Node.js that was started beforehand for this very command, where one waits. Bash, other images, a terminal, path rules and an own command have theirs started for the script, as without it. Needs a warm sandbox.',
    kind: bool(true),
    defaults: everywhere(false),
    enforcement: enforced,
  },
  'run.observe': {
    group: 'Run',
    label: 'Observe',
    help: 'Records processes, files and refused calls; slower.',
    kind: bool(null),
    defaults: everywhere(false),
    ...future('observation'),
  },
};

export const quota: FieldsOf<'quota'> = {
  'quota.runs': {
    group: 'Quota',
    label: 'Runs at once',
    help: 'Runs under this policy at the same time; more wait in the queue. In a project file it counts the runs of the project, in a workflow those of the workflow.',
    kind: count(1, 1000),
    defaults: everywhere(10),
    enforcement: enforced,
  },
  'quota.memory': {
    group: 'Quota',
    label: 'Memory at once',
    help: 'Memory limits of all runs under this policy together; a run beyond it waits in the queue.',
    kind: nullable(bytes(8 * MIB, 1024 * GIB), 'unlimited'),
    defaults: everywhere<number | null>(null),
    enforcement: enforced,
  },
  'quota.cpu': {
    group: 'Quota',
    label: 'CPU at once',
    help: 'CPU limits of all runs under this policy together, as parts of a core; a run beyond it waits in the queue.',
    kind: nullable(cpu(1, 102_400), 'unlimited'),
    defaults: everywhere<number | null>(null),
    enforcement: enforced,
  },
  'quota.priority': {
    group: 'Quota',
    label: 'Priority',
    help: 'Which queued run starts first; waiting 30 s counts as one step.',
    kind: choice(['low', 'normal', 'high'], true),
    defaults: everywhere<'low' | 'normal' | 'high'>('normal'),
    enforcement: enforced,
  },
};
