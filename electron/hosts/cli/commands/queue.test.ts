import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serveControl, type GiveRequest } from '#core/control/control.ts';
import { silentLog } from '#core/storage/log.ts';
import type { QueuedRunLine } from '#shared/contract/queue.ts';
import type { Disposable } from '#shared/lib/lifecycle.ts';
import { cli, scriptedWorld } from '../testing/scripted-world.ts';
import { queueLine } from './queue.ts';

const RUN = { id: '01a', name: 'job.py', policy: 'untrusted', createdAt: 1000, secretsWanted: [], kept: true };

it('says who waits, since when and for what (RUN-8, HOST-4)', () => {
  expect(queueLine(2, { ...RUN, waitsFor: 'one of 10 running to end' }, 91_400)).toBe(
    '2. 01a  job.py  untrusted  for 90 s: waits for one of 10 running to end',
  );
});

describe('a run that came back without its secrets', () => {
  let home = '';
  let control: Disposable;
  let given: GiveRequest[];
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'bg-queue-'));
    given = [];
    const waiting: QueuedRunLine = {
      ...RUN,
      waitsFor: 'its secrets: FROM_ENV, OTHER',
      secretsWanted: ['FROM_ENV', 'OTHER'],
    };
    control = serveControl({
      dataFolder: join(home, 'data'),
      log: silentLog,
      pool: () => ({ on: false, why: '', hits: 0, misses: 0, waiting: 0, memory: 0, budget: 0, sizes: [] }),
      queue: () => [waiting],
      steer: async () => undefined,
      give: async (request) => void given.push(request),
      stopWorkflow: async () => false,
      knows: (run) => run === RUN.id,
      allow: async () => ({ policy: null }),
    });
  });
  afterEach(async () => {
    await control.dispose();
    rmSync(home, { recursive: true, force: true });
  });
  const queue = (env: Record<string, string>, ...args: string[]) =>
    cli({ ...scriptedWorld(home), env }, 'queue', ...args);

  it('is told with what it waits for (RUN-4, RUN-8)', async () => {
    const { stdout } = await queue({});
    expect(stdout).toContain('waits for its secrets: FROM_ENV, OTHER');
  });

  it('takes them from the environment, and nothing of them is printed (RUN-4)', async () => {
    const env = { FROM_ENV: 'hush-one', OTHER: 'hush-two', MORE: 'x' };
    const { code, stdout, stderr } = await queue(env, 'give', '01A', '--json');
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual({ given: '01a', secrets: ['FROM_ENV', 'OTHER'] });
    expect(given).toEqual([{ run: '01a', secrets: { FROM_ENV: 'hush-one', OTHER: 'hush-two' } }]);
  });

  it('takes them from the command line, all or none', async () => {
    const half = await queue({}, 'give', '01a', '--secret', 'FROM_ENV=a');
    expect([half.code, half.stderr]).toEqual([2, expect.stringContaining('also waits for OTHER')]);
    const absent = await queue({ FROM_ENV: 'a' }, 'give', '01a');
    expect([absent.code, absent.stderr]).toEqual([2, expect.stringContaining('no secret OTHER in the environment')]);
    expect(given).toEqual([]);
    const whole = await queue({}, 'give', '01a', '--secret', 'FROM_ENV=a', '--secret', 'OTHER=b=c');
    expect(whole.stderr).toBe('It has FROM_ENV, OTHER and waits for its turn.\n');
    expect(given).toEqual([{ run: '01a', secrets: { FROM_ENV: 'a', OTHER: 'b=c' } }]);
  });

  it('says when no app has such a run (HOST-4)', async () => {
    const { code, stderr } = await queue({ A: 'x' }, 'give', 'nothing', '--secret', 'A');
    expect([code, stderr]).toEqual([126, expect.stringContaining('No running app has a run nothing')]);
  });
});
