import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { tick } from './ticker.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('keeps one timer for one rhythm, and none when nobody listens (PERF-5)', () => {
  const heard: string[] = [];
  const stopA = tick(100, () => heard.push('a'));
  const stopB = tick(100, () => heard.push('b'));
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(200);
  expect(heard).toEqual(['a', 'b', 'a', 'b']);
  stopA();
  stopA();
  vi.advanceTimersByTime(100);
  expect(heard).toEqual(['a', 'b', 'a', 'b', 'b']);
  stopB();
  expect(vi.getTimerCount()).toBe(0);
  const stopC = tick(100, () => heard.push('c'));
  vi.advanceTimersByTime(100);
  expect(heard.at(-1)).toBe('c');
  stopC();
});
