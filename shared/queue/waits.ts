/** What a queued run waits for, in words: they follow "waits for" (RUN-8). */
import { formatCpu, showBytes } from '../lib/units.ts';
import type { Wait } from './admission.ts';
import type { Group } from './quotas.ts';

const under = ({ kind, name }: Group): string => (kind === 'policy' ? `under ${name}` : `of the ${kind} ${name}`);
const whose = ({ kind, name }: Group): string => (kind === 'policy' ? name : `the ${kind} ${name}`);

export function waitText(wait: Wait): string {
  switch (wait.for) {
    case 'slot':
      return `one of ${wait.limit} running to end`;
    case 'runs':
      return `a run ${under(wait.group)} to end: its quota is ${wait.limit} at once`;
    case 'quota': {
      const show = wait.of === 'memory' ? showBytes : formatCpu;
      const what = wait.of === 'memory' ? 'memory' : 'CPU';
      return `${show(wait.needs)} of the ${what} quota of ${whose(wait.group)}: ${show(wait.taken)} of ${show(wait.limit)} are taken`;
    }
    case 'memory':
      return `${showBytes(wait.needs)} of memory on the engine: ${showBytes(wait.room)} can be promised now`;
    case 'larger':
      return `a run that needs ${showBytes(wait.needs)}, for which memory is kept free`;
  }
}
