import { afterEach, expect, it, vi } from 'vitest';
import { parseDay } from './filter-terms.ts';

afterEach(() => vi.unstubAllEnvs());

it('begins a day where this computer is, and takes a moment as it stands (RUN-12)', () => {
  vi.stubEnv('TZ', 'Asia/Kolkata');
  expect(new Date(2026, 0, 31).getTime(), 'the time zone is set').toBe(Date.UTC(2026, 0, 30, 18, 30));
  expect(parseDay('2026-01-31')).toBe(Date.UTC(2026, 0, 30, 18, 30));
  expect(parseDay('2026-01-31T10:00')).toBe(Date.UTC(2026, 0, 31, 4, 30));
  expect(parseDay('2026-01-31T10:00Z')).toBe(Date.UTC(2026, 0, 31, 10));
});
