import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TRUST_LEVELS, type FieldPath } from '../../domain/policy.ts';
import { anyField, FIELD_PATHS } from '../fields.ts';
import { NUMBERS, policyFrom, withValues } from '../testing/arbitrary.ts';
import { policyOf } from '../testing/examples.ts';
import { lint } from './lint.ts';
import { riskOf } from './risk.ts';

const numbers = fc.array(fc.nat(), { minLength: NUMBERS, maxLength: NUMBERS });
const score = (...policy: Parameters<typeof policyOf>): number => riskOf(policyOf(...policy)).score;

it('orders the four levels (POL-6)', () => {
  const scores = TRUST_LEVELS.map((level) => score(level));
  expect(scores).toEqual([...new Set(scores)].toSorted((a, b) => a - b));
});

it('raises a policy in the order in which a reviewer would (POL-6)', () => {
  const off = { 'network.mode': 'none' };
  const base = score('system', off);
  const raised: number[] = (
    [
      {
        'network.mode': 'restricted',
        'network.allow': '*.cloudfront.net',
        'network.download': '5 MiB/s',
        'network.upload': '1 MiB/s',
        'network.connections': '10',
      },
      { ...off, 'resources.cpu_time': '1 h' },
      { 'network.mode': 'full' },
      { 'network.mode': 'restricted', 'network.allow': '169.254.169.254' },
      { ...off, 'files.mounts': 'bind:/home/ada:/home/ada:rw' },
    ] as Readonly<Record<string, string>>[]
  ).map((set) => score('system', set) - base);
  expect(raised[0]).toBeGreaterThan(0);
  expect(raised.slice(1)).toEqual(raised.slice(1).toSorted((a, b) => a - b));
  expect(raised[1]).toBeGreaterThan(0);
  const root = score('system', { ...off, 'security.capabilities': 'SYS_ADMIN' }) - base;
  expect(root).toBeGreaterThan(raised[3] ?? 100);
  expect(raised[4]).toBeGreaterThan(raised[3] ?? 100);
});

it('ranks a wildcard on a shared CDN below an hour of a core, and that below full network, over `limited` (POL-6)', () => {
  const scores = [
    score('limited'),
    score('limited', { 'network.mode': 'restricted', 'network.allow': 'cdn.example.org' }),
    score('limited', { 'network.mode': 'restricted', 'network.allow': '*.cloudfront.net' }),
    score('limited', { 'resources.cpu': '100 %', 'resources.wall_time': '1 h', 'resources.cpu_time': '1 h' }),
    score('limited', { 'network.mode': 'full' }),
    score('limited', { 'network.mode': 'restricted', 'network.allow': '169.254.169.254' }),
    score('limited', { 'files.mounts': 'bind:/home/ada:/home/ada:rw' }),
  ];
  expect(scores).toEqual([...new Set(scores)].toSorted((a, b) => a - b));
});

it('calls a writable home folder a danger (POL-6)', () => {
  const found = lint(policyOf('limited', { 'files.mounts': 'bind:/home/ada:/home/ada:rw' }));
  expect(found.filter(({ severity }) => severity === 'danger').map(({ rule }) => rule)).toContain('writable-home');
});

it('adds up: the parts are whole and positive, most first, and their sum is the score up to 100 (POL-6)', () => {
  fc.assert(
    fc.property(numbers.map(policyFrom), (policy) => {
      const { score, parts } = riskOf(policy);
      const points = parts.map((part) => part.points);
      expect(score).toBe(
        Math.min(
          100,
          points.reduce((sum, one) => sum + one, 0),
        ),
      );
      expect(points.every((one) => Number.isInteger(one) && one > 0)).toBe(true);
      expect(points).toEqual(points.toSorted((a, b) => b - a));
    }),
    { numRuns: 200 },
  );
});

const sum = (policy: Parameters<typeof riskOf>[0]): number =>
  riskOf(policy).parts.reduce((all, { points }) => all + points, 0);
const ordered = FIELD_PATHS.filter((path) => anyField(path).kind.looser !== null);

it('never falls when a field is loosened, and never rises when one is tightened, before the cap as well (POL-6)', () => {
  let compared = 0;
  fc.assert(
    fc.property(numbers, numbers, fc.constantFrom(...ordered), (first, second, path: FieldPath) => {
      const policy = policyFrom(first);
      const { value } = policyFrom(second).fields[path];
      const { looser } = anyField(path).kind;
      const more = looser?.(value, policy.fields[path].value) === true;
      const less = looser?.(policy.fields[path].value, value) === true;
      if (more === less) return;
      compared += 1;
      const [before, after] = [sum(policy), sum(withValues(policy, { [path]: value }))];
      if (more) expect([path, after]).toEqual([path, expect.toSatisfy((n: number) => n >= before)]);
      else expect([path, after]).toEqual([path, expect.toSatisfy((n: number) => n <= before)]);
    }),
    { numRuns: 1500 },
  );
  expect(compared).toBeGreaterThan(300);
});
