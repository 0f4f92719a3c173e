import { expect, it } from 'vitest';
import { hrefOf, parseRoute, type Route } from './route.ts';

const ROUTES: Route[] = [
  { at: 'runs' },
  { at: 'run', id: '01JABC' },
  { at: 'new' },
  { at: 'samples' },
  { at: 'policies' },
  { at: 'drill' },
  { at: 'images' },
  { at: 'audit' },
  { at: 'audit', filter: 'run:01JABC "100 %" a/b?c&d=e' },
  { at: 'runs', filter: 'outcome:failed after:2026-01-31T10:00:00Z "it’s" + #' },
  { at: 'insights' },
  { at: 'workflows' },
  { at: 'new-workflow' },
  { at: 'workflow', id: '01JABC' },
  { at: 'workflow', id: '01JABC', step: 'a step/with #?' },
  { at: 'settings', part: 'self-check' },
];

it.each(ROUTES)('finds the way back from the address of $at (UX-1)', (route) =>
  expect(parseRoute(hrefOf(route))).toEqual(route),
);

it.each(['', '#', '#/', '#/nowhere', '#token=abc'])('goes home from %j', (hash) =>
  expect(parseRoute(hash)).toEqual({ at: 'runs' }),
);

it('opens the doctor when a part of the settings is unknown', () =>
  expect(parseRoute('#/settings/what')).toEqual({ at: 'settings', part: 'doctor' }));
