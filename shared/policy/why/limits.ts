/** Answers about amounts. */
import type { EffectivePolicy } from '../../domain/policy.ts';
import { formatBytes, formatCpu, formatDuration, MIB } from '../../lib/units.ts';
import { byField, type Answer, type WhyContext } from './reply.ts';

/** What an interpreter itself takes of its memory, with room to spare. */
export const OWN_MEMORY = 24 * MIB;
/** Threads that Node.js may keep beside the script's own; measured: 5 to 11. */
const NODE_THREADS = 10;

export function memory(policy: EffectivePolicy, bytes: number): Answer {
  const field = 'resources.memory';
  const limit = policy.fields[field].value;
  const [asked, most] = [formatBytes(bytes), formatBytes(limit)];
  if (bytes > limit) return byField(policy, field, false, `No: the script is killed above ${most} of memory.`);
  if (policy.fields['resources.on_breach.memory'].value === 'pause' && bytes > limit * 0.9)
    return byField(
      policy,
      'resources.on_breach.memory',
      'depends',
      `It depends: at 90 % of ${most} the script is stopped and you are asked.`,
    );
  if (bytes > limit - OWN_MEMORY)
    return byField(
      policy,
      field,
      'depends',
      `It depends: of ${most}, what the runtime and temporary files take is no longer there for ${asked}.`,
    );
  return byField(policy, field, true, `Yes: ${asked} of ${most} of memory.`);
}

export function cpu(policy: EffectivePolicy, percent: number): Answer {
  const field = 'resources.cpu';
  const limit = policy.fields[field].value;
  return percent <= limit
    ? byField(policy, field, true, `Yes: up to ${formatCpu(limit)} of a core.`)
    : byField(policy, field, false, `No: the script is slowed down to ${formatCpu(limit)} of a core.`);
}

export function wallTime(policy: EffectivePolicy, ms: number): Answer {
  const field = 'resources.wall_time';
  const limit = policy.fields[field].value;
  const action = policy.fields['resources.on_breach.wall_time'].value;
  const most = formatDuration(limit);
  if (ms < limit && !(action === 'pause' && ms > limit * 0.9))
    return byField(policy, field, true, `Yes: a run may take ${most}.`);
  if (action === 'warn')
    return byField(policy, 'resources.on_breach.wall_time', true, `Yes: after ${most} there is only a warning.`);
  if (action === 'pause')
    return byField(
      policy,
      'resources.on_breach.wall_time',
      'depends',
      `It depends: at 90 % of ${most} the script is stopped and you are asked.`,
    );
  if (ms === limit)
    return byField(policy, field, 'depends', `It depends: at ${most} exactly, the script and its limit race.`);
  return byField(policy, field, false, `No: the run is stopped after ${most}.`);
}

export function processes(policy: EffectivePolicy, count: number, { runtime }: WhyContext): Answer {
  const field = 'resources.processes';
  const limit = policy.fields[field].value;
  if (count > limit) {
    const action = policy.fields['resources.on_breach.processes'].value;
    const then = action === 'kill' ? 'the run ends at the next one' : 'the call that would start the next one fails';
    return byField(policy, field, false, `No: beyond ${limit} processes and threads ${then}.`);
  }
  if ((runtime === 'node' || runtime === 'polyglot') && count > limit - NODE_THREADS)
    return byField(policy, field, 'depends', `It depends: the threads of Node.js itself count toward ${limit}.`);
  return byField(policy, field, true, `Yes: up to ${limit} processes and threads, the script itself included.`);
}

export function openFiles(policy: EffectivePolicy, count: number): Answer {
  const field = 'resources.open_files';
  const limit = policy.fields[field].value;
  if (count > limit)
    return byField(policy, field, false, `No: a process may hold ${limit} files open, standard streams included.`);
  if (count > limit - 4)
    return byField(policy, field, 'depends', `It depends: what the runtime itself holds open counts toward ${limit}.`);
  return byField(policy, field, true, `Yes: up to ${limit} open files for each process.`);
}

export function output(policy: EffectivePolicy, bytes: number): Answer {
  const field = 'resources.output';
  const limit = policy.fields[field].value;
  if (bytes <= limit) return byField(policy, field, true, `Yes: ${formatBytes(limit)} of output are kept.`);
  const then = policy.fields['resources.on_breach.output'].value === 'kill' ? 'the run ends' : 'the rest is dropped';
  return byField(policy, field, false, `No: beyond ${formatBytes(limit)} of output ${then}.`);
}
