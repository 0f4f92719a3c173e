/** Whether a runtime can really work inside a policy, and the honest means that make it fit (POL-1). Never raises a limit. */
import type { ScriptMark } from '../../contract/runs.ts';
import type { EffectivePolicy, FieldPath } from '../../domain/policy.ts';
import type { Runtime, Suggestion } from '../../domain/run.ts';
import { MIB } from '../../lib/units.ts';
import { anyField } from '../fields.ts';

export interface FitWarning {
  message: string;
  suggestion?: Suggestion;
}

export interface Fit {
  /** False: not even a small script of this runtime gets through. */
  readonly works: boolean;
  /** Set for the script unless the person sets the same names. */
  readonly env: Readonly<Record<string, string>>;
  readonly warnings: FitWarning[];
}

interface Needs {
  /** What a small real script needs, measured in real sandboxes. */
  readonly least: { readonly processes: number; readonly memory: number; readonly openFiles: number };
  /** Slots needed to start one program. */
  readonly toSpawn: number;
  readonly name: string;
  /** What the runtime does below `least.processes`. */
  readonly without: string;
}

/**
 * Measured with files, crypto, compression, loopback HTTP and child processes: Node.js 18 with one pool thread and no V8
 * helpers keeps 5 threads, of itself 11; under 24 descriptors or 48 MiB it breaks down. Python works in one slot.
 * A bash pipeline of two programs takes three slots; with fewer it retries, and hangs when a pipe fills.
 */
const NODE: Needs = {
  least: { processes: 5, memory: 48 * MIB, openFiles: 24 },
  toSpawn: 6,
  name: 'Node.js',
  without: 'aborts at its first file read',
};
const PYTHON: Needs = {
  least: { processes: 1, memory: 8 * MIB, openFiles: 16 },
  toSpawn: 2,
  name: 'Python',
  without: 'cannot start',
};
const NEEDS: Readonly<Record<Runtime, Needs>> = {
  node: NODE,
  python: PYTHON,
  bash: {
    least: { processes: 3, memory: 8 * MIB, openFiles: 16 },
    toSpawn: 3,
    name: 'Bash',
    without: 'may wait forever for a free slot in a pipeline',
  },
  polyglot: { ...NODE, name: 'Node.js (in polyglot)' },
};

/** With this many slots Node.js has room for its usual threads and some programs. */
const ROOMY = 16;
const SMALL_POOLS: Readonly<Record<string, string>> = { UV_THREADPOOL_SIZE: '1', NODE_OPTIONS: '--v8-pool-size=0' };

function raise(path: FieldPath, to: number): Suggestion {
  const text = anyField(path).kind.format(to);
  return { label: `Use ${text} for ${anyField(path).label.toLowerCase()}`, set: { [path]: text } };
}

/** Pure; `marks` tell whether the script starts programs. */
export function fit(policy: EffectivePolicy, runtime: Runtime, marks: readonly ScriptMark[]): Fit {
  const needs = NEEDS[runtime];
  const slots = policy.fields['resources.processes'].value;
  const warnings: FitWarning[] = [];
  const short = (
    path: 'resources.memory' | 'resources.processes' | 'resources.open_files',
    least: number,
    then: string,
  ): void => {
    const value = policy.fields[path].value;
    if (value >= least) return;
    const { kind, label } = anyField(path);
    warnings.push({
      message: `${needs.name} ${then} with ${label.toLowerCase()} at ${kind.format(value)}; it needs ${kind.format(least)}.`,
      suggestion: raise(path, least),
    });
  };
  short('resources.processes', needs.least.processes, needs.without);
  short('resources.memory', needs.least.memory, 'does not get far');
  short('resources.open_files', needs.least.openFiles, 'breaks down');
  const works = warnings.length === 0;
  if (works && slots < needs.toSpawn && marks.some((mark) => mark.kind === 'process')) {
    warnings.push({
      message: `${needs.name} itself uses all ${slots} process slots, so starting a program will fail.`,
      suggestion: raise('resources.processes', needs.toSpawn),
    });
  }
  const small = (runtime === 'node' || runtime === 'polyglot') && slots < ROOMY;
  return { works, env: small ? SMALL_POOLS : {}, warnings };
}
