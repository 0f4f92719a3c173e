import { expect, it } from 'vitest';
import { queueLine } from './queue.ts';

it('says who waits, since when and for what (RUN-8, HOST-4)', () => {
  const run = { id: '01a', name: 'job.py', policy: 'untrusted', createdAt: 1000, secretsWanted: [], kept: true };
  expect(queueLine(2, { ...run, waitsFor: 'one of 10 running to end' }, 91_400)).toBe(
    '2. 01a  job.py  untrusted  for 90 s: waits for one of 10 running to end',
  );
});
