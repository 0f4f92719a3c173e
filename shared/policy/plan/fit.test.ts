import { expect, it } from 'vitest';
import { TRUST_LEVELS } from '../../domain/policy.ts';
import { RUNTIMES } from '../../domain/run.ts';
import { effective } from '../merge/effective.ts';
import { fit } from './fit.ts';
import { parseSet } from '../merge/set.ts';
import { policyOf } from '../testing/examples.ts';

const starts = [{ line: 3, kind: 'process' as const, severity: 'info' as const, why: 'starts a program' }];

it.each(['untrusted', 'limited'] as const)('gives Node.js small pools under %s, by which it fits (POL-1)', (level) => {
  expect(fit(policyOf(level), 'node', [])).toEqual({
    works: true,
    env: { UV_THREADPOOL_SIZE: '1', NODE_OPTIONS: '--v8-pool-size=0' },
    warnings: [],
  });
});

it('leaves Node.js alone where it has room', () => {
  expect(fit(policyOf('trusted'), 'node', starts)).toEqual({ works: true, env: {}, warnings: [] });
});

it('offers the one slot more that a Node.js script needs to start programs (POL-1)', () => {
  const { works, warnings } = fit(policyOf('untrusted'), 'node', starts);
  expect(works).toBe(true);
  expect(warnings).toEqual([
    {
      message: 'Node.js itself uses all 5 process slots, so starting a program will fail.',
      suggestion: { label: 'Use 6 for processes', set: { 'resources.processes': '6' } },
    },
  ]);
  expect(fit(policyOf('untrusted', { 'resources.processes': '6' }), 'node', starts).warnings).toEqual([]);
});

it.each([
  ['node', 'resources.processes', '4', '5'],
  ['node', 'resources.memory', '40 MiB', '48 MiB'],
  ['node', 'resources.open_files', '20', '24'],
  ['bash', 'resources.processes', '2', '3'],
] as const)('says that %s cannot work with %s at %s, and what can', (runtime, field, given, needed) => {
  const { works, warnings } = fit(policyOf('untrusted', { [field]: given }), runtime, []);
  expect(works).toBe(false);
  expect(warnings).toEqual([
    {
      message: expect.stringContaining(needed),
      suggestion: { label: expect.stringContaining(needed), set: { [field]: needed } },
    },
  ]);
});

it('suggests changes after which it has nothing left to say', () => {
  for (const runtime of RUNTIMES) {
    const tight = { 'resources.processes': '1', 'resources.memory': '8 MiB', 'resources.open_files': '16' };
    const set = Object.assign(
      {},
      tight,
      ...fit(policyOf('untrusted', tight), runtime, starts).warnings.map(({ suggestion }) => suggestion?.set),
    ) as Record<string, string>;
    const after = effective({
      level: 'untrusted',
      name: 'untrusted',
      tiers: [{ tier: 'run', name: 'this run', ...parseSet(set) }],
      ceilings: {},
    });
    expect(fit(after, runtime, []).warnings, runtime).toEqual([]);
  }
});

it('lets every runtime work under every level as it is (POL-1)', () => {
  for (const level of TRUST_LEVELS)
    for (const runtime of RUNTIMES)
      expect(fit(policyOf(level), runtime, []).works, `${runtime} under ${level}`).toBe(true);
});
