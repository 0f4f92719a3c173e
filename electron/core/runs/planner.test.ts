import { expect, it } from 'vitest';
import type { Launch } from '#shared/contract/runs.ts';
import type { PartialPolicy } from '#shared/domain/policy.ts';
import { COMPLETE, SETTINGS } from '#shared/policy/testing/examples.ts';
import { toBase64, utf8 } from '#shared/script/bytes.ts';
import type { SelectedPolicy } from '../policies/select.ts';
import { Planner } from './planner.ts';

const own = (values: PartialPolicy): SelectedPolicy => ({
  document: {
    name: 'mine',
    level: null,
    description: null,
    values,
    changes: {},
  } as unknown as SelectedPolicy['document'],
  revision: 'r',
  warning: null,
});

function planner(policy: SelectedPolicy | null, settings: Partial<typeof SETTINGS> = {}): Planner {
  return new Planner({
    policy: async () => policy,
    project: () => null,
    settings: () => ({ ...SETTINGS, ...settings }),
    capabilities: () => COMPLETE,
    mounts: { problem: async () => null },
    image: async (runtime) => ({ reference: `bellglass/${runtime}:1`, present: true }),
  });
}

const launch = (entry: string, more: Partial<Launch> = {}): Launch => ({
  name: entry,
  entry,
  files: [{ path: entry, content: toBase64(utf8('echo 1\n')) }],
  ...more,
});

const chosen = async (made: Planner, given: Launch) => {
  const { plan, launch: normal } = await made.plan(given);
  return [plan.runtime, normal.interpreter, plan.runtimeFrom, plan.refusal];
};

it('takes the runtime from the policy when the launch names none, also for a file that tells nothing (POL-2)', async () => {
  const named = planner(own({ 'image.runtime': 'bash' }));
  expect(await chosen(named, launch('tool', { policy: 'mine' }))).toEqual(['bash', 'bash', 'policy mine', null]);
  expect(await chosen(named, launch('x.py', { policy: 'mine' }))).toEqual(['bash', 'bash', 'policy mine', null]);
  expect(await chosen(named, launch('x.py'))).toEqual(['bash', 'bash', 'policy mine', null]);
  expect(await chosen(planner(null, { values: { 'image.runtime': 'bash' } }), launch('tool'))).toEqual([
    'bash',
    'bash',
    'settings',
    null,
  ]);
  await expect(planner(null).plan(launch('tool'))).rejects.toThrow('cannot tell');
});

it('lets the launch itself choose another runtime, and shows that as this run (POL-3)', async () => {
  const made = planner(own({ 'image.runtime': 'bash' }));
  const { plan, policy } = await made.plan(launch('x.py', { policy: 'mine', runtime: 'python' }));
  expect([plan.runtime, plan.refusal]).toEqual(['python', null]);
  expect(policy.fields['image.runtime']).toMatchObject({ value: 'python', tier: 'run' });
});

it('names the image that will be used (IMG-5)', async () => {
  const { plan } = await planner(own({ 'image.name': 'golang:1.22' })).plan(launch('x.sh', { policy: 'mine' }));
  expect(plan.image).toEqual({ reference: 'golang:1.22', present: false });
});
