import { expect, it } from 'vitest';
import { TRUST_LEVELS } from '../../domain/policy.ts';
import { MIB } from '../../lib/units.ts';
import { allows, gapSentences } from './allows.ts';
import { compile, enforcement } from '../compile.ts';
import { cores, fieldRows, levelCards, ruleText, summary } from './summary.ts';
import { CGROUP_V1, policyOf, POOR } from '../testing/examples.ts';

it('sums up each level in one line', () => {
  expect(TRUST_LEVELS.map((level) => summary(policyOf(level)))).toEqual([
    'No network · 64 MiB · ¼ core · 1 min · files read-only',
    'No network · 128 MiB · ½ core · 5 min · files read-only',
    'No host listed · 512 MiB · ¾ core · 10 min · files read-only',
    'Full network · 2 GiB · 1 core · 1 h · files read-only',
  ]);
  expect(summary(policyOf('untrusted', { 'files.mounts': 'bind:./a:/a:rw', 'resources.cpu': '150 %' }))).toBe(
    'No network · 64 MiB · 1.5 cores · 1 min · 1 of your folders writable',
  );
  expect(cores(30)).toBe('30 % of a core');
});

it('names the line, the value and the tier that decided (OBS-3)', () => {
  expect(ruleText(policyOf('untrusted'), 'resources.memory')).toBe('resources.memory: 64 MiB (untrusted)');
  expect(ruleText(policyOf('untrusted', { 'resources.processes': '9' }), 'resources.processes')).toBe(
    'resources.processes: 9 (this run)',
  );
  expect(ruleText(policyOf('untrusted', {}, { 'resources.memory': 32 * MIB }), 'resources.memory')).toBe(
    'resources.memory: 32 MiB (ceiling of the settings)',
  );
});

it('shows what is allowed and what is not, with the lines that will fail (RUN-1)', () => {
  const mark = (line: number, kind: 'network' | 'files') => ({ line, kind, severity: 'warn' as const, why: '' });
  const list = allows(
    policyOf('untrusted'),
    [mark(7, 'network'), mark(2, 'network'), mark(2, 'network'), mark(9, 'files')],
    [],
  );
  expect(list).toEqual([
    { allowed: true, text: 'Read its own files and write up to 50 MiB of temporary files' },
    { allowed: true, text: 'Use 64 MiB of memory; killed above it (temporary files count)' },
    { allowed: true, text: 'Use ¼ core for 1 min; stopped after that' },
    { allowed: true, text: 'Start up to 5 processes and threads, itself included' },
    { allowed: false, text: 'No network at all: lines 2 and 7 will fail' },
    { allowed: false, text: 'None of your files, keys or environment' },
    { allowed: false, text: 'No new privileges, no devices, no kernel modules' },
    { allowed: false, text: 'No system call beyond what its runtime was seen to need' },
  ]);
});

it.each<[string, Record<string, string>, string[]]>([
  [
    'no host',
    { 'network.mode': 'restricted' },
    [
      'Use the network with at most 5 MiB/s down, 1 MiB/s up, 10 connections at once',
      'No host is listed: each one it tries is refused, shown, and yours to allow',
    ],
  ],
  [
    'many hosts and a port of this machine',
    {
      'network.mode': 'restricted',
      'network.allow': 'a.example, b.example:22, c.example, d.example, e.example, f.example',
      'network.publish': '8080:80',
      'network.download': 'unlimited',
      'network.upload': 'unlimited',
      'network.connections': '1',
    },
    [
      'Reach a.example, b.example:22, c.example, d.example, e.example and 1 more; any other host is refused, shown, and yours to allow',
      'Use the network with at most 1 connection at once',
      'Be reached from this machine, on 127.0.0.1 port 8080',
    ],
  ],
  [
    'everything',
    {
      'network.mode': 'full',
      'network.download': 'unlimited',
      'network.upload': 'unlimited',
      'network.connections': 'unlimited',
    },
    ['Reach every host, except cloud metadata and this machine'],
  ],
])('says what a network with %s allows (NET-1, NET-2)', (_what, set, lines) => {
  const texts = allows(policyOf('untrusted', set), [], []).map(({ text }) => text);
  expect(texts.filter((text) => /network|[Hh]ost|Be reached/.test(text))).toEqual(lines);
});

it('does not promise a system call filter that the engine lacks', () => {
  const policy = policyOf('untrusted');
  const texts = allows(policy, [], compile(policy, 'python', POOR).gaps);
  expect(texts).toContainEqual({ allowed: true, text: 'Use any system call: This engine cannot filter system calls.' });
  expect(texts.map(({ text }) => text)).not.toContain('No system call beyond what its runtime was seen to need');
});

it('says each gap once, with its reason', () => {
  expect(gapSentences(compile(policyOf('untrusted'), 'python', CGROUP_V1).gaps)).toContain(
    'Disk read, Disk write, On breach: disk rate are only partly enforced: With cgroup v1 only direct and synced access is slowed; buffered writes pass at memory speed.',
  );
});

it('lists every field with value, source, clamp and enforcement (POL-3)', () => {
  const policy = policyOf('untrusted', { 'resources.memory': '1 GiB' }, { 'resources.memory': 100 * MIB });
  const rows = fieldRows(policy, enforcement(CGROUP_V1, policy));
  expect(rows.find(({ field }) => field === 'resources.memory')).toEqual({
    field: 'resources.memory',
    label: 'Memory',
    group: 'Resources',
    value: '100 MiB',
    tier: 'run',
    source: 'this run',
    clampedFrom: '1 GiB',
    changed: true,
    enforcement: 'enforced',
    enforcementWhy: '',
  });
  expect(fieldRows(policy, [])[0]).toMatchObject({
    enforcement: 'not-here',
    enforcementWhy: expect.stringContaining('No engine'),
  });
});

it('has a card for each level (POL-1)', () => {
  const cards = levelCards('python');
  expect(cards[0]).toEqual({
    level: 'untrusted',
    headline: 'No network · 64 MiB · ¼ core',
    detail: '1 min · 5 processes · read-only',
    runnable: true,
    whyNot: '',
  });
  expect(cards.map(({ runnable }) => runnable)).toEqual([true, true, true, true]);
});
