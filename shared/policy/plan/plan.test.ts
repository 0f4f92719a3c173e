import fc from 'fast-check';
import { expect, it } from 'vitest';
import { planSchema } from '../../contract/runs.ts';
import type { Capabilities } from '../../domain/engine.ts';
import { TRUST_LEVELS, type PartialPolicy } from '../../domain/policy.ts';
import { RUNTIMES } from '../../domain/run.ts';
import { AppError } from '../../lib/app-error.ts';
import { MIB } from '../../lib/units.ts';
import { FIELD_PATHS } from '../fields.ts';
import { mostMemory } from '../../queue/admission.ts';
import { makePlan, type PlanInput } from './plan.ts';
import { CGROUP_V1, COMPLETE, planInput, POOR, SETTINGS } from '../testing/examples.ts';

it('plans under untrusted when neither level nor policy is named (POL-1)', () => {
  const { plan, policy } = makePlan(planInput());
  expect(plan).toMatchObject({
    level: 'untrusted',
    policy: 'untrusted',
    refusal: null,
    warnings: [],
    summary: 'No network · 64 MiB · ¼ core · 1 min · files read-only',
  });
  expect(policy.fields['resources.memory']).toEqual({ value: 64 * MIB, tier: 'level', name: 'untrusted' });
  expect(planSchema.parse(plan)).toEqual(plan);
});

it('prefers the level of the launch, then of the runtime, then the default of the settings (POL-3)', () => {
  const settings = { ...SETTINGS, defaultPolicy: 'limited', perRuntime: { node: 'trusted' } } as const;
  const level = (launch: object, runtime: 'node' | 'python') =>
    makePlan(planInput(launch, { settings, runtime })).plan.level;
  expect(level({ trust: 'system' }, 'node')).toBe('system');
  expect(level({ policy: 'untrusted' }, 'node')).toBe('untrusted');
  expect(level({}, 'node')).toBe('trusted');
  expect(level({}, 'python')).toBe('limited');
});

it('merges settings and this run, and says when a ceiling cut a value that was asked for (POL-3)', () => {
  const settings = { ...SETTINGS, values: { 'resources.processes': 8 }, ceilings: { 'resources.memory': 128 * MIB } };
  const { plan, policy } = makePlan(planInput({ set: { 'resources.memory': '1 GiB' } }, { settings }));
  expect(policy.fields['resources.processes']).toEqual({ value: 8, tier: 'settings', name: 'settings' });
  expect(policy.fields['resources.memory']).toMatchObject({ value: 128 * MIB, clampedFrom: 1024 * MIB });
  expect(plan.warnings).toEqual([
    { message: 'Memory is 128 MiB instead of 1 GiB: a ceiling of the settings cuts it.' },
  ]);
});

it.each(['trusted', 'system'] as const)(
  'runs %s where the engine can keep its network to the rules, and refuses it with the reason where not (NET-2)',
  (trust) => {
    const on = (capabilities: Capabilities, set: Record<string, string> = {}) =>
      makePlan(planInput({ trust, set }, { capabilities })).plan.refusal;
    expect(on(COMPLETE)).toBeNull();
    // Not tried yet: the gateway itself finds out, before the script begins.
    expect(on({ ...COMPLETE, nftables: false, evidence: { nftables: 'not probed yet' } })).toBeNull();
    for (const lack of [{ nftables: false }, { nflog: false }]) {
      const refusal = on({ ...COMPLETE, ...lack });
      expect(refusal).toMatchObject({ code: 'network-unavailable', suggestion: { set: { 'network.mode': 'none' } } });
      expect(on({ ...COMPLETE, ...lack }, { ...refusal?.suggestion?.set })).toBeNull();
    }
    const shaped = on({ ...COMPLETE, rateShaping: false }, { 'network.upload': '1 MiB/s' });
    expect(shaped?.why).toContain('download and upload');
  },
);

it.each(['NET_ADMIN', 'NET_RAW', 'SYS_PTRACE', 'SYS_ADMIN'])(
  'gives no network to a script with %s, which could change its own rules (NET-2, SEC-1)',
  (power) => {
    const set = { 'security.capabilities': power };
    const { refusal } = makePlan(planInput({ trust: 'system', set })).plan;
    expect(refusal?.message).toContain(power);
    expect(makePlan(planInput({ trust: 'system', set: { ...set, 'network.mode': 'none' } })).plan.refusal).toBeNull();
  },
);

it.each([
  ['network.publish', '8080:80'],
  ['network.allow', 'api.example'],
  ['run.observe', 'true'],
])('refuses %s=%s instead of ignoring it, and its suggestion lets the run start', (field, value) => {
  const { refusal } = makePlan(planInput({ set: { [field]: value } })).plan;
  expect(refusal).toMatchObject({ code: 'plan-refused', message: expect.stringContaining(field) });
  expect(makePlan(planInput({ set: { [field]: value, ...refusal?.suggestion?.set } })).plan.refusal).toBeNull();
});

it('refuses path rules that the kernel cannot keep, never runs without them, and offers to leave them out (POL-8)', () => {
  const capabilities = { ...COMPLETE, landlock: false };
  const set = { 'files.access.write': '/workspace/output', 'files.access.read': '/data' };
  const { refusal } = makePlan(planInput({ set }, { capabilities })).plan;
  expect(refusal).toMatchObject({ code: 'plan-refused', why: expect.stringContaining('Landlock') });
  const less = makePlan(planInput({ set: { ...set, ...refusal?.suggestion?.set } }, { capabilities }));
  expect(less.plan.refusal).toBeNull();
  expect(makePlan(planInput({ set })).compiled.options.access).toEqual({
    read: ['/data'],
    write: ['/workspace/output'],
    execute: [],
  });
});

it('says which mounts, hidden paths and path rules a run has (UX-1)', () => {
  const set = {
    'files.mounts': 'bind:./data:/data:ro,tmpfs::/cache:rw',
    'files.blocked_paths': '/etc/passwd',
    'files.access.write': '/workspace/output',
  };
  const texts = (capabilities = COMPLETE) =>
    makePlan(planInput({ set }, { capabilities })).plan.allows.map(({ text }) => text);
  expect(texts()).toContain(
    'See ./data at /data (read only), an empty folder in memory at /cache (read and write); none of your other files, keys or environment',
  );
  expect(texts()).toContain('Nothing of /etc/passwd: hidden in the sandbox');
  expect(texts()).toContain('Write only /workspace/output, and devices such as /dev/null');
  expect(texts({ ...COMPLETE, local: false }).join()).toContain('./data at /data (read only, as a copy)');
});

it('refuses capabilities below system and grants them under it (POL-1)', () => {
  const set = { 'security.capabilities': 'cap_chown, Net_Bind_Service', 'network.mode': 'none' };
  expect(makePlan(planInput({ set })).plan.refusal?.code).toBe('policy-invalid');
  const { plan, compiled } = makePlan(planInput({ trust: 'system', set }));
  expect(plan.refusal).toBeNull();
  expect(compiled.options.capabilities).toEqual(['CHOWN', 'NET_BIND_SERVICE']);
});

it.each([
  ['security.apparmor', 'mine'],
  ['security.selinux', 'type:mine_t'],
  ['security.user_namespace', 'on'],
])(
  'refuses %s=%s where the engine has nothing of it, with a way out, and takes it where it has (POL-2)',
  (field, value) => {
    const set = { [field]: value };
    expect(makePlan(planInput({ set })).plan.refusal).toBeNull();
    const { refusal } = makePlan(planInput({ set }, { capabilities: CGROUP_V1 })).plan;
    expect(refusal).toMatchObject({ code: 'plan-refused', suggestion: { set: { [field]: 'auto' } } });
  },
);

it('refuses a user namespace turned off where the engine is rootless (POL-2)', () => {
  const set = { 'security.user_namespace': 'off' };
  expect(makePlan(planInput({ set }, { capabilities: POOR })).plan.refusal?.message).toContain('rootless');
  expect(makePlan(planInput({ set })).compiled.options.userNamespace).toBe('host');
});

it('refuses another OCI runtime on Podman, which would start its own instead (ENG-3)', () => {
  const capabilities = { ...COMPLETE, kind: 'podman', defaultRuntime: 'crun' } as const;
  const run = (name: string) => makePlan(planInput({ set: { 'security.oci_runtime': name } }, { capabilities })).plan;
  expect(run('runc').refusal?.why).toContain('Podman');
  expect(run('crun').refusal).toBeNull();
});

it.each([
  ['resources.cpu', '401 %', '400 %'],
  ['resources.memory', '9 GiB', '6 GiB'],
  ['security.oci_runtime', 'runsc', 'auto'],
])('refuses %s=%s, which this engine can never give (RUN-8)', (field, value, offered) => {
  const { refusal } = makePlan(planInput({ set: { [field]: value } })).plan;
  expect(refusal).toMatchObject({ code: 'plan-refused', suggestion: { set: { [field]: offered } } });
  expect(makePlan(planInput({ set: { [field]: value } }, { capabilities: null })).plan.refusal).toBeNull();
});

it.each([
  ['quota.memory', '32 MiB', 'resources.memory'],
  ['quota.cpu', '10 %', 'resources.cpu'],
])('refuses a run that its own %s could never hold, and says what fits (RUN-8)', (quota, value, asks) => {
  const set = { [quota]: value };
  const { refusal } = makePlan(planInput({ set })).plan;
  expect(refusal).toMatchObject({ code: 'plan-refused', suggestion: { set: { [asks]: value } } });
  expect(refusal?.why).toBe(`\`${quota}\` (this run) is for all runs under the policy together.`);
  expect(makePlan(planInput({ set: { ...set, ...refusal?.suggestion?.set } })).plan.refusal).toBeNull();
});

const quotaFile = (values: PartialPolicy): PlanInput['project'] => ({
  document: { name: 'bellglass', level: null, description: '', values, changes: {} },
  approved: true,
  path: '/home/ann/app/bellglass.yaml',
  hash: '0',
});

it('counts a quota of the project file over the project, beside that of the policy (RUN-8)', () => {
  const settings = { ...SETTINGS, values: { 'quota.runs': 4, 'quota.memory': 1024 * MIB } };
  const project = quotaFile({ 'quota.runs': 50, 'quota.cpu': 200 });
  expect(makePlan(planInput({}, { settings, project })).quotas).toEqual({
    policy: { runs: 4, memory: 1024 * MIB, cpu: null },
    project: { runs: 50, memory: null, cpu: 200 },
    workflow: { runs: null, memory: null, cpu: null },
  });
});

it('refuses a run that the quota of its project or of its policy could never hold, whichever is tighter (RUN-8)', () => {
  const refusal = (project: PartialPolicy, settings: PartialPolicy) =>
    makePlan(planInput({}, { project: quotaFile(project), settings: { ...SETTINGS, values: settings } })).plan.refusal;
  expect(refusal({ 'quota.cpu': 10 }, {})?.why).toBe(
    '`quota.cpu` (project file) is for all runs of the project together.',
  );
  expect(refusal({ 'quota.memory': 1024 * MIB }, { 'quota.memory': 32 * MIB })?.message).toContain('32 MiB');
  expect(refusal({ 'quota.memory': 1024 * MIB }, { 'quota.memory': 64 * MIB })).toBeNull();
});

it.each([true, false])('refuses what would wait for ever because the engine keeps some memory (RUN-8)', (local) => {
  const capabilities = { ...COMPLETE, local, memoryTotal: 1024 * MIB };
  const fits = (mib: number): boolean =>
    makePlan(planInput({ set: { 'resources.memory': `${mib} MiB` } }, { capabilities })).plan.refusal === null;
  const most = Math.floor(mostMemory(1024, local));
  expect([fits(most), fits(most + 1)]).toEqual([true, false]);
});

it('refuses files that do not fit into the scratch, and offers one into which they do (RUN-3)', () => {
  const files = Array.from({ length: 3 }, (_, index) => ({ path: `data/${index}.bin`, content: 'A'.repeat(4 * MIB) }));
  const set = { 'resources.scratch': '4 MiB' };
  const { refusal } = makePlan(planInput({ files, set })).plan;
  expect(refusal).toMatchObject({ code: 'plan-refused', message: expect.stringContaining('4 MiB') });
  expect(makePlan(planInput({ files, set: { ...set, ...refusal?.suggestion?.set } })).plan.refusal).toBeNull();
  const many = Array.from({ length: 1100 }, (_, index) => ({ path: `${index}`, content: '' }));
  expect(makePlan(planInput({ files: many, set: { 'resources.scratch': '1 MiB' } })).plan.refusal?.code).toBe(
    'plan-refused',
  );
});

it('reports a scratch beyond memory, with a value that stays inside (POL-6)', () => {
  const { findings } = makePlan(planInput({ set: { 'resources.scratch': '80 MiB' } })).plan;
  expect(findings).toEqual([
    expect.objectContaining({
      rule: 'scratch-exceeds-memory',
      fix: { label: 'Use 64 MiB for scratch', set: { 'resources.scratch': '64 MiB' } },
    }),
  ]);
});

it('hands the script its environment, the person’s own values last', () => {
  const launch = {
    env: { UV_THREADPOOL_SIZE: '4', A: 'launch' },
    set: { 'run.env': 'A=policy,B=policy' },
    secrets: { TOKEN: 's' },
  };
  expect(makePlan(planInput(launch, { runtime: 'node' })).env).toEqual({
    NODE_OPTIONS: '--v8-pool-size=0',
    UV_THREADPOOL_SIZE: '4',
    A: 'launch',
    B: 'policy',
  });
});

it('shows what starts instead of the script, and runs it (POL-2)', () => {
  const { plan } = makePlan(planInput({ set: { 'run.entrypoint': 'perl,-w', 'run.command': 'tool.pl' } }));
  expect(plan.refusal).toBeNull();
  expect(plan.allows).toContainEqual({ allowed: true, text: 'Start as: perl -w tool.pl' });
  expect(makePlan(planInput()).plan.allows.some(({ text }) => text.startsWith('Start as'))).toBe(false);
});

it('carries the wish for a terminal into the policy (RUN-4)', () => {
  expect(makePlan(planInput({ tty: true })).policy.fields['run.tty']).toEqual({
    value: true,
    tier: 'run',
    name: 'this run',
  });
});

it('plans every level, runtime and single field without a surprise: a plan, or an AppError (POL-7)', () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('1 GiB', '5', 'none', '10 s', 'true', '50 %', 'kill', 'unlimited', 'a=b', '1:1'),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...TRUST_LEVELS),
      fc.constantFrom(...RUNTIMES),
      fc.dictionary(fc.constantFrom(...FIELD_PATHS), text, { maxKeys: 4 }),
      (trust, runtime, set) => {
        try {
          const { plan, compiled } = makePlan(planInput({ trust, set }, { runtime }));
          expect(planSchema.safeParse(plan).success).toBe(true);
          if (plan.refusal === null) expect(compiled.options.memory).toBeLessThanOrEqual(COMPLETE.memoryTotal);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(AppError);
        }
      },
    ),
  );
});
