/** What more of files, kernel and surroundings one policy grants than another, in words. Pure. */
import type { EffectivePolicy, FieldPath, PolicyValues } from '../../domain/policy.ts';
import { anyField } from '../fields.ts';
import type { Sentence } from './sentence.ts';

/** Null: nothing more is granted. */
type Words = { readonly [P in FieldPath]?: (from: PolicyValues[P], to: PolicyValues[P]) => string | null };

const missing = (list: readonly string[], other: readonly string[]): string[] =>
  list.filter((entry) => !other.includes(entry));
const named = (one: string, many: string, entries: readonly string[]): string | null =>
  entries.length === 0 ? null : `${entries.length === 1 ? one : many} ${entries.join(', ')}`;

/** An empty list of paths is no rule at all, so it grants most. */
const paths =
  (verb: string) =>
  (from: readonly string[], to: readonly string[]): string | null => {
    if (from.length === 0) return null;
    return to.length === 0 ? `${verb} wherever the image allows it` : named(verb, verb, missing(to, from));
  };

/** A breach action that lets the script have more at the limit. */
const atLimit =
  (path: FieldPath & `resources.on_breach.${string}`, limit: string) =>
  (from: string, to: string): string | null => {
    if (anyField(path).kind.looser?.(to, from) !== true) return null;
    return to === 'warn'
      ? `going on after the ${limit} limit`
      : `\`${to}\` instead of \`${from}\` at the ${limit} limit`;
  };

const WORDS: Words = {
  'resources.on_breach.memory': atLimit('resources.on_breach.memory', 'memory'),
  'resources.on_breach.cpu_time': atLimit('resources.on_breach.cpu_time', 'CPU time'),
  'resources.on_breach.wall_time': atLimit('resources.on_breach.wall_time', 'wall time'),
  'resources.on_breach.processes': atLimit('resources.on_breach.processes', 'processes'),
  'resources.on_breach.open_files': atLimit('resources.on_breach.open_files', 'open files'),
  'resources.on_breach.scratch': atLimit('resources.on_breach.scratch', 'scratch'),
  'resources.on_breach.output': atLimit('resources.on_breach.output', 'output'),
  'resources.on_breach.network': atLimit('resources.on_breach.network', 'network'),
  'files.mounts': (from, to) => {
    const more = to.filter((mount) => anyField('files.mounts').kind.looser?.([mount], from));
    if (more.length === 0) return null;
    return more
      .map(({ type, source, target, mode }) => {
        const verb = mode === 'rw' ? 'reading and writing' : 'reading';
        return type === 'tmpfs' ? `a temporary folder at ${target}` : `${verb} ${source ?? ''} at ${target}`;
      })
      .join(', ');
  },
  'files.blocked_paths': (from, to) => named('opening', 'opening', missing(from, to)),
  'files.access.read': paths('reading'),
  'files.access.write': paths('writing'),
  'files.access.execute': paths('executing'),
  'security.seccomp': (from, to) =>
    from === 'strict' && to === 'standard' ? 'system calls beyond what the runtimes were seen to need' : null,
  'security.seccomp_rules': (from, to) =>
    named(
      'the system call',
      'the system calls',
      missing(from, to).map((rule) => rule.replace(/^-/, '')),
    ),
  'security.capabilities': (from, to) => named('the capability', 'the capabilities', missing(to, from)),
  'security.user_namespace': (from, to) => (to === 'off' && from !== 'off' ? 'user ids of the engine itself' : null),
  'security.canaries': (from, to) => (from && !to ? 'no canary secrets' : null),
  'run.env': (from, to) => named('the variable', 'the variables', missing(Object.keys(to), Object.keys(from))),
  'run.warm_interpreter': (from, to) => (to && !from ? 'an interpreter started beforehand' : null),
  'quota.priority': (from, to) =>
    anyField('quota.priority').kind.looser?.(to, from) === true ? `${to} priority in the queue` : null,
};

/** One sentence per field that grants more, in the order of the table. */
export function powerGrants(before: EffectivePolicy, after: EffectivePolicy): Sentence[] {
  return (Object.entries(WORDS) as [FieldPath, (from: unknown, to: unknown) => string | null][]).flatMap(
    ([path, words]) => {
      const text = words(before.fields[path].value, after.fields[path].value);
      return text === null ? [] : [{ text, fields: [path] }];
    },
  );
}
