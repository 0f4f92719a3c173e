/** What a queued run waits for, in words: they follow "waits for" (RUN-8). */
import { showBytes } from '../lib/units.ts';
import type { Wait } from './admission.ts';

export function waitText(wait: Wait): string {
  switch (wait.for) {
    case 'slot':
      return `one of ${wait.limit} running to end`;
    case 'policy-runs':
      return `a run under ${wait.policy} to end: its quota is ${wait.limit} at once`;
    case 'policy-memory':
      return `${showBytes(wait.needs)} of the memory quota of ${wait.policy}: ${showBytes(wait.taken)} of ${showBytes(wait.limit)} are taken`;
    case 'memory':
      return `${showBytes(wait.needs)} of memory on the engine: ${showBytes(wait.room)} can be promised now`;
    case 'larger':
      return `a run that needs ${showBytes(wait.needs)}, for which memory is kept free`;
  }
}
