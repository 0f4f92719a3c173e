import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AppError } from './app-error.ts';
import {
  formatBytes,
  formatCount,
  formatCpu,
  formatDuration,
  formatRate,
  GIB,
  MIB,
  parseBytes,
  parseCount,
  parseCpu,
  parseDuration,
  parseRate,
  showBytes,
  showDuration,
} from './units.ts';

const parsers = { parseBytes, parseRate, parseDuration, parseCpu, parseCount };

it.each([
  ['64 MiB', 64 * MIB],
  ['64MiB', 64 * MIB],
  ['1.5 GiB', 1.5 * GIB],
  ['192 Mi', 192 * MIB],
  ['4Gi', 4 * GIB],
  ['512m', 512 * MIB],
  ['2g', 2 * GIB],
  ['100 MB', 100e6],
  ['1GB', 1e9],
  ['7 B', 7],
  ['0 B', 0],
  ['  1 KiB ', 1024],
])('reads the size %j as %d bytes', (text, bytes) => {
  expect(parseBytes(text)).toBe(bytes);
});

it.each([
  ['500ms', 500],
  ['30 s', 30_000],
  ['5 min', 300_000],
  ['1 h', 3_600_000],
  ['1.5 s', 1500],
  ['2d', 172_800_000],
])('reads the time %j as %d ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

it.each([
  ['50 %', 50],
  ['50%', 50],
  ['0.5', 50],
  ['500m', 50],
  ['2', 200],
  ['33.33 %', 33.33],
  ['250 %', 250],
])('reads the CPU share %j as %d percent', (text, percent) => {
  expect(parseCpu(text)).toBe(percent);
});

it.each([
  ['parseBytes', '64', 'unit is missing'],
  ['parseBytes', '', 'empty'],
  ['parseBytes', '-1 MiB', 'negative'],
  ['parseBytes', 'NaN', 'not a plain number'],
  ['parseBytes', '5 s', 'not a unit of size'],
  ['parseBytes', '64 M', 'powers of 1000 or of 1024'],
  ['parseBytes', '999999999999999 TiB', 'too large'],
  ['parseBytes', '1e3 MiB', 'not a plain number'],
  ['parseBytes', '1,5 GiB', 'not a plain number'],
  ['parseBytes', 'Infinity MiB', 'not a plain number'],
  ['parseBytes', '5 toString', 'not a plain number'],
  ['parseRate', '10 MiB', '`/s`'],
  ['parseRate', '10 s/s', 'not a unit of size'],
  ['parseDuration', '60', 'unit is missing'],
  ['parseDuration', '5 MiB', 'not a unit of time'],
  ['parseCpu', '50', 'counts cores'],
  ['parseCpu', '50 ms', 'not a unit of CPU'],
  ['parseCount', '5 MiB', 'no unit'],
  ['parseCount', '2.5', 'whole number'],
] as const)('%s refuses %j and names a good form (POL-7)', (parser, text, why) => {
  try {
    parsers[parser](text);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(AppError);
    expect(thrown).toMatchObject({
      code: 'policy-invalid',
      why: expect.stringContaining(why),
      next: expect.stringMatching(/`[^`]+`/),
    });
    return;
  }
  expect.unreachable();
});

it('never throws anything but an AppError, and its advice can be followed (POL-7)', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(parsers)),
      fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'0123456789. -+eMGiBbms%/hx') })),
      (parser, text) => {
        try {
          expect(Number.isFinite(parser(text))).toBe(true);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(AppError);
          const advice = /`(.+)`/.exec((thrown as AppError).next ?? '')?.[1] ?? '';
          expect(() => parser(advice)).not.toThrow();
        }
      },
    ),
    { numRuns: 2000 },
  );
});

it.each([
  ['sizes', parseBytes, formatBytes, fc.nat({ max: 2 ** 50 })],
  ['rates', parseRate, formatRate, fc.nat({ max: 2 ** 50 })],
  ['times', parseDuration, formatDuration, fc.nat({ max: 2 ** 40 })],
  ['CPU shares', parseCpu, formatCpu, fc.nat({ max: 5_120_000 }).map((hundredths) => hundredths / 100)],
  ['counts', parseCount, formatCount, fc.nat()],
] as const)('reads back what it wrote: %s', (_name, parse, format, values) => {
  fc.assert(
    fc.property(values, (value) => {
      expect(parse(format(value))).toBe(value);
    }),
  );
});

it('writes whole MiB as a person would', () => {
  expect([64 * MIB, 2048 * MIB, 1536 * MIB, 1.25 * GIB, 5, 4096, 1e6].map(formatBytes)).toEqual(
    ['64 MiB', '2 GiB', '1.5 GiB', '1.25 GiB', '5 B', '4 KiB', '976.5625 KiB'].with(6, '1000000 B'),
  );
  expect([250, 1500, 60_000, 90_000, 3_600_000, 1234].map(formatDuration)).toEqual([
    '250 ms',
    '1.5 s',
    '1 min',
    '90 s',
    '1 h',
    '1234 ms',
  ]);
  expect([25, 33.3].map(formatCpu)).toEqual(['25 %', '33.3 %']);
});

it('rounds readings to what can be read at a glance', () => {
  expect([0, 900, 43_210_000, 1.999 * GIB].map(showBytes)).toEqual(['0 B', '900 B', '41.2 MiB', '2 GiB']);
  expect([12, 12_345, 59_999, 125_000, 3_720_000].map(showDuration)).toEqual([
    '12 ms',
    '12.3 s',
    '59.9 s',
    '2 min 5 s',
    '1 h 2 min',
  ]);
});
