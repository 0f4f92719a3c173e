import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Launch } from '../contract/runs.ts';
import { effective } from '../policy/merge/effective.ts';
import { parseSet } from '../policy/merge/set.ts';
import { fieldRows } from '../policy/say/summary.ts';
import { toBase64, utf8 } from '../script/bytes.ts';
import { validateLaunch } from '../script/validate.ts';
import { givenAgainSchema, launchAgain, standingAlone, withoutSecrets } from './again.ts';

const names = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,8}$/).filter((name) => !/^(?:BELLGLASS|LD_|PATH)/.test(name));
const secret = fc.stringMatching(/^s3cret-[a-z]{8}$/);
/** As it comes over a wire: JSON knows no -0. */
const json = fc.jsonValue().map((value): unknown => JSON.parse(JSON.stringify(value)));
const launches: fc.Arbitrary<Launch> = fc
  .record(
    {
      script: fc.stringMatching(/^[ -~]{1,20}$/).filter((text) => text.trim() !== ''),
      others: fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,6}\.bin$/), fc.uint8Array(), fc.boolean()), {
        selector: ([path]) => path,
        maxLength: 3,
      }),
      runtime: fc.constantFrom('python', 'node', 'bash'),
      trust: fc.constantFrom('untrusted', 'system'),
      policy: fc.constant('bots'),
      set: fc.dictionary(fc.constantFrom('resources.cpu', 'resources.memory'), fc.string()),
      args: fc.array(fc.string().filter((text) => !text.includes('\0'))),
      env: fc.dictionary(names, fc.stringMatching(/^[ -~]*$/)),
      secrets: fc.dictionary(names, secret),
      stdin: fc.option(fc.string(), { nil: null }),
      input: json,
      variables: fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), json),
      eventMetadata: json,
      tty: fc.boolean(),
      folder: fc.constant('/home/ann'),
      project: fc.constant({ path: '/home/ann/bellglass.yaml', text: 'trust_level: limited\n' }),
    },
    { requiredKeys: ['script', 'others'] },
  )
  .map(({ script, others, env, secrets, ...rest }) => ({
    name: 'job.py',
    entry: 'job.py',
    files: [
      { path: 'job.py', content: toBase64(utf8(script)) },
      ...others.map(([path, bytes, executable]) => ({ path, content: toBase64(bytes), executable })),
    ],
    ...(env && { env: Object.fromEntries(Object.entries(env).filter(([name]) => !(name in (secrets ?? {})))) }),
    ...(secrets && { secrets }),
    ...rest,
  }));

it('keeps everything of a launch but the values of its secrets, which make it whole again (RUN-12, RUN-4)', () => {
  fc.assert(
    fc.property(launches, (launch) => {
      const normal = validateLaunch(launch);
      const text = JSON.stringify(withoutSecrets(normal));
      for (const value of Object.values(launch.secrets ?? {})) expect(text).not.toContain(value);
      const kept = givenAgainSchema.parse(JSON.parse(text));
      expect(kept.secrets).toEqual(Object.keys(launch.secrets ?? {}));
      const again = launchAgain(kept, launch.secrets ? { secrets: launch.secrets } : {});
      expect(validateLaunch(again)).toEqual(normal);
    }),
  );
});

it('puts a level or a policy in the place of both, and adds values (RUN-12)', () => {
  const file = { path: 'a.py', content: toBase64(utf8('1\n')) };
  const given = withoutSecrets(
    validateLaunch({ name: 'a.py', entry: 'a.py', files: [file], trust: 'limited', policy: 'bots', set: { a: '1' } }),
  );
  expect(launchAgain(given)).toMatchObject({ trust: 'limited', policy: 'bots' });
  expect(launchAgain(given, { policy: 'other', set: { b: '2' } })).toMatchObject({
    policy: 'other',
    set: { a: '1', b: '2' },
  });
  expect(launchAgain(given, { policy: 'other' })).not.toHaveProperty('trust');
  expect(launchAgain(given, { trust: 'untrusted' })).not.toHaveProperty('policy');
});

it('gives a step what its workflow set for it when it runs again alone: its limits and its command (RUN-12, WF-1)', () => {
  const file = { path: 'one.sh', content: toBase64(utf8('# This step runs its command.\n')) };
  const given = withoutSecrets(
    validateLaunch({ name: 'flow/one', entry: 'one.sh', files: [file], set: { 'resources.cpu': '20 %' } }),
  );
  const workflow = { 'resources.memory': 32 * 1024 ** 2, 'resources.cpu': 40 };
  const step = { 'run.command': ['jq', '.a, .b'], 'resources.wall_time': 5000 };
  const policy = effective({
    level: 'limited',
    name: 'limited',
    tiers: [
      { tier: 'settings', name: 'settings', values: { 'resources.processes': 7 } },
      { tier: 'workflow', name: 'flow', values: workflow },
      { tier: 'step', name: 'one', values: step },
      { tier: 'run', name: 'this run', values: { 'resources.cpu': 20 } },
    ],
    ceilings: {},
  });
  const plan = { fields: fieldRows(policy, []) } as unknown as Parameters<typeof standingAlone>[1]['plan'];
  const { set = {} } = standingAlone(given, { plan }).launch;
  expect(parseSet(set).values).toEqual({ ...step, 'resources.memory': 32 * 1024 ** 2, 'resources.cpu': 20 });
});
