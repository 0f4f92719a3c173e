import { expect, it } from 'vitest';
import type { PlanField } from '#shared/contract/runs.ts';
import { limitsOf } from './limits.ts';

const field = (path: string, value: string): PlanField => ({
  field: path,
  label: path,
  group: 'Resources',
  value,
  tier: 'level',
  source: 'untrusted',
  changed: false,
  enforcement: 'enforced',
  enforcementWhy: '',
});

it('reads the limits of a plan in base units (RUN-6)', () => {
  const limits = limitsOf({
    fields: [
      field('resources.memory', '64 MiB'),
      field('resources.cpu', '25 %'),
      field('resources.wall_time', '1 min'),
      field('resources.processes', '5'),
      field('resources.disk_read', '10 MiB/s'),
      field('resources.disk_write', 'unlimited'),
      field('network.mode', 'restricted'),
      field('run.tty', 'yes'),
    ],
  });
  expect(limits).toMatchObject({
    memory: 67_108_864,
    cpu: 25,
    wallTime: 60_000,
    processes: 5,
    diskRead: 10_485_760,
    diskWrite: null,
    openFiles: null,
    network: 'restricted',
    tty: true,
  });
});

it('takes no network and no terminal when the plan does not say (RUN-6)', () => {
  expect(limitsOf({ fields: [] })).toMatchObject({ network: 'none', tty: false });
});
