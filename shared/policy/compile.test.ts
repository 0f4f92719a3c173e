import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TRUST_LEVELS } from '../domain/policy.ts';
import { MIB } from '../lib/units.ts';
import { compile, enforcement, PLUMBING, workspaceBytes } from './compile.ts';
import { FIELD_PATHS } from './fields.ts';
import { COMPLETE, CGROUP_V1, ENGINES, policyOf, POOR } from './testing/examples.ts';

it.each(TRUST_LEVELS)('compiles %s to exactly these options (POL-5)', (level) => {
  expect(compile(policyOf(level), 'python', COMPLETE).options).toMatchSnapshot();
});

it.each(
  TRUST_LEVELS.flatMap((level) =>
    Object.keys(ENGINES).map((engine) => [level, engine as keyof typeof ENGINES] as const),
  ),
)('tells what %s lacks on the engine "%s" (ENG-3)', (level, engine) => {
  expect(
    compile(policyOf(level), 'python', ENGINES[engine]).gaps.map(
      ({ field, state, why }) => `${field}: ${state}: ${why}`,
    ),
  ).toMatchSnapshot();
});

it('asks the same of every engine: gaps are told, never quietly compiled away (POL-5)', () => {
  expect(compile(policyOf('limited'), 'node', POOR).options).toEqual(
    compile(policyOf('limited'), 'node', COMPLETE).options,
  );
});

it('says that cgroup v1 slows only direct and synced disk access', () => {
  const gap = compile(policyOf('untrusted'), 'python', CGROUP_V1).gaps.find(
    ({ field }) => field === 'resources.disk_write',
  );
  expect(gap).toMatchObject({ state: 'partly', why: expect.stringContaining('cgroup v1') });
  expect(compile(policyOf('system'), 'python', CGROUP_V1).gaps.map(({ field }) => field)).not.toContain(
    'resources.disk_write',
  );
});

it('names a field that does not exist yet only when somebody asked for it', () => {
  const fields = (set: Record<string, string>) =>
    compile(policyOf('untrusted', set), 'python', COMPLETE).gaps.map(({ field }) => field);
  expect(fields({})).not.toContain('run.observe');
  expect(fields({ 'run.observe': 'true' })).toContain('run.observe');
});

it('has a word on every field, with a fix where there is one (ENG-3)', () => {
  const facts = enforcement(POOR);
  expect(facts.map(({ field }) => field)).toEqual(FIELD_PATHS);
  expect(facts.find(({ field }) => field === 'resources.cpu')).toMatchObject({
    state: 'not-here',
    fix: expect.stringContaining('cpu'),
  });
});

it('adds the plumbing to the process limit and nothing to any other (POL-1)', () => {
  const policy = policyOf('untrusted', { 'resources.processes': '7', 'resources.memory': '80 MiB' });
  expect(compile(policy, 'bash', COMPLETE).options).toMatchObject({ pids: 7 + PLUMBING, memory: 80 * MIB, cpu: 25 });
});

it('splits the scratch without ever exceeding it, and bounds its files (POL-1)', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 65_536 }), (mib) => {
      const { options } = compile(policyOf('untrusted', { 'resources.scratch': `${mib} MiB` }), 'python', COMPLETE);
      expect(options.scratchBytes + options.shmBytes).toBe(mib * MIB);
      expect(options.scratchBytes).toBe(workspaceBytes(mib * MIB));
      expect(options.shmBytes).toBeLessThanOrEqual((mib * MIB) / 32);
      expect(options.shmBytes % 4096).toBe(0);
      expect(options.scratchInodes).toBeGreaterThanOrEqual(1024);
      expect(options.scratchInodes).toBeLessThanOrEqual(65_536);
    }),
  );
});

it('leaves the per-process CPU clock a second behind the watched one', () => {
  expect(compile(policyOf('untrusted', { 'resources.cpu_time': '1500 ms' }), 'python', null)).toMatchObject({
    options: { cpuSeconds: 3 },
    gaps: [],
  });
});
