import { expect, it } from 'vitest';
import { dropToken, takeToken } from './token.ts';
import type { TokenPlace } from './token.ts';

function place(hash: string, stored: Record<string, string> = {}) {
  const shown = { url: `/${hash}` };
  const made: TokenPlace = {
    location: { hash, pathname: '/', search: '?q=1' },
    history: { replaceState: (_data, _unused, url) => (shown.url = String(url)) },
    sessionStorage: {
      getItem: (key) => stored[key] ?? null,
      setItem: (key, value) => (stored[key] = value),
      removeItem: (key) => delete stored[key],
    },
  };
  return { made, stored, shown };
}

it('takes the token out of the address bar and keeps it for this tab only (HOST-2)', () => {
  const { made, stored, shown } = place('#token=abc');
  expect(takeToken(made)).toBe('abc');
  expect(shown.url).toBe('/?q=1');
  expect(Object.values(stored)).toEqual(['abc']);
});

it('uses the kept token after a reload, and none after it was refused', () => {
  const { made, stored } = place('#/runs', { 'bellglass.token': 'kept' });
  expect(takeToken(made)).toBe('kept');
  dropToken(made);
  expect(stored).toEqual({});
  expect(takeToken(made)).toBeNull();
});

it('leaves an address without a token as it is', () => {
  const { made, shown } = place('#/runs');
  expect(takeToken(made)).toBeNull();
  expect(shown.url).toBe('/#/runs');
});
