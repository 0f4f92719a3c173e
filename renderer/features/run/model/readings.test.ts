import { expect, it } from 'vitest';
import type { Sample } from '#shared/domain/run.ts';
import { Readings } from './readings.ts';

const sample = (at: number, memory: number): Sample => ({ at, memory, cpu: 1, cpuTime: at, processes: 1 });

it('keeps readings in order and leaves out repetitions (RUN-6)', () => {
  const readings = new Readings();
  expect(readings.add(sample(0, 5))).toBe(true);
  expect(readings.add(sample(100, 6))).toBe(true);
  expect(readings.add(sample(100, 7))).toBe(false);
  expect(readings.add(sample(50, 8))).toBe(false);
  expect(readings.length).toBe(2);
  expect(readings.last('memory')).toBe(6);
});

it('tells a value that the engine cannot give from zero (RUN-6)', () => {
  const readings = new Readings();
  readings.add(sample(0, 5));
  readings.add({ ...sample(100, 5), openFiles: 0 });
  expect(readings.has('openFiles')).toBe(true);
  expect(readings.has('diskRead')).toBe(false);
  expect(readings.last('diskRead')).toBe(null);
  expect(readings.last('openFiles')).toBe(0);
});

it('stays within its capacity, keeps the whole run and no peak is lost (RUN-6)', () => {
  const readings = new Readings(1000);
  for (let at = 0; at < 50_000; at += 1) readings.add(sample(at, at === 17 ? 999 : 1));
  expect(readings.length).toBeLessThanOrEqual(1000);
  expect(readings.length).toBeGreaterThan(400);
  expect(readings.at[0]).toBe(0);
  expect(readings.at[readings.length - 1]).toBeGreaterThan(49_700);
  expect(readings.at[Math.floor(readings.length / 2)]).toBeCloseTo(25_000, -3);
  expect(readings.end).toBe(49_999);
  const kept = readings.column('memory').subarray(0, readings.length);
  expect(Math.max(...kept)).toBe(999);
  const times = readings.at.subarray(0, readings.length);
  expect(times.every((time, index) => index === 0 || time > (times[index - 1] ?? 0))).toBe(true);
});

it('keeps the peak, also one that only the kernel saw (RUN-6)', () => {
  const readings = new Readings();
  readings.add(sample(0, 5));
  readings.add(sample(100, 2));
  expect(readings.peak('memory')).toBe(5);
  readings.raise('memory', 9);
  readings.raise('memory', 3);
  expect(readings.peak('memory')).toBe(9);
  expect(readings.peak('diskRead')).toBe(0);
});
