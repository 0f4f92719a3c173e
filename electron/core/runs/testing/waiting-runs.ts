/** A queue with everything that a restart has to bring back. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Harness } from './harness.ts';

export const SECRET = 'correct horse battery staple';

export interface Filled {
  readonly going: string;
  /** In the order in which they are to run. */
  readonly waiting: readonly string[];
  readonly withSecret: string;
}

/** One run goes on for ever, three wait, the last of them put first; a fourth waits with a secret. Resolves when all is on disk. */
export async function fillQueue(harness: Harness): Promise<Filled> {
  const { runs, knobs } = harness;
  knobs.limit = 1;
  const going = await harness.start('bash', 'echo on; sleep 600');
  await harness.printed(going, 'on');
  const first = await harness.start('bash', 'cat data.txt; echo "$1 $COLOUR"', {
    files: [
      { path: 'script.sh', content: btoa('cat data.txt; echo "$1 $COLOUR"') },
      { path: 'data.txt', content: btoa('from a file\n') },
    ],
    args: ['one'],
    env: { COLOUR: 'red' },
  });
  const second = await harness.start('bash', 'read line; echo "$line"', { stdin: 'from stdin\n' });
  const third = await harness.start('bash', 'bellglass input', {
    input: { from: 'input' },
    set: { 'quota.priority': 'low' },
  });
  const withSecret = await harness.start('bash', 'echo "${#KEY}"', { secrets: { KEY: SECRET } });
  await runs.reorder(third, first);
  while (!runs.queueIsKept()) await sleep(10);
  return { going, waiting: [third, first, second], withSecret };
}
