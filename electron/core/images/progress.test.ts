import { expect, it } from 'vitest';
import type { BuildProgress } from '#shared/contract/system.ts';
import { buildFailure } from './errors.ts';
import { BuildTracker } from './progress.ts';
import { AppError } from '#shared/lib/app-error.ts';
import { containing } from './testing/like.ts';

function track(): { tracker: BuildTracker; seen: BuildProgress[] } {
  const seen: BuildProgress[] = [];
  let now = 0;
  return {
    seen,
    tracker: new BuildTracker(
      'python',
      12,
      () => (now += 10),
      (progress) => seen.push(progress),
    ),
  };
}

it('counts steps over the whole chain and shows the words that a step prints (IMG-1)', () => {
  const { tracker, seen } = track();
  tracker.begin('Fetching Debian');
  tracker.beginBuild('Building base', 7);
  tracker.line('Step 6/7 : RUN apt-get update\n>> Installing the common tools\r\n');
  tracker.finishBuild();
  tracker.beginBuild('Building python', 5);
  tracker.line('STEP 2/5: COPY a b');
  tracker.finishBuild();
  tracker.end('done');
  expect(seen.map(({ step, done, of, state }) => `${done}/${of} ${step} ${state}`)).toEqual([
    '0/12 Fetching Debian running',
    '0/12 Building base running',
    '5/12 Building base running',
    '5/12 Installing the common tools running',
    '7/12 Installing the common tools running',
    '7/12 Building python running',
    '8/12 Building python running',
    '12/12 Building python running',
    '12/12 Ready done',
  ]);
  expect(seen.map((progress) => progress.elapsedMs)).toEqual(seen.map((_, index) => 10 * (index + 1)));
});

it('never counts beyond the steps of a build, whatever the engine adds (IMG-1)', () => {
  const { tracker, seen } = track();
  tracker.beginBuild('Building base', 3);
  tracker.line('Step 9/9 : LABEL a=b');
  expect(seen.at(-1)?.done).toBe(3);
});

it.each([
  ['E: Write error - write (28: No space left on device)', /full.*no space is left/],
  ["E: You don't have enough free space in /var/cache/apt/archives/.", /full/],
  ['Temporary failure resolving', /could not be fetched/],
  ['something odd', /^something odd$/],
  [
    '/bin/sh: 1: apt-get: not found\n>> Going on\nRemoving intermediate container 0',
    /^\/bin\/sh: 1: apt-get: not found$/,
  ],
])('names the failing step and the cause: %s (ENG-7)', (line, why) => {
  const { tracker } = track();
  tracker.beginBuild('Building base', 3);
  tracker.line('Step 2/3 : RUN apt-get update');
  tracker.line('>> Updating Debian');
  tracker.line(line);
  const engineSays = new AppError({ code: 'image-build', message: 'The image could not be built.', next: 'Look.' });
  const error = buildFailure('python', tracker.step, tracker.tail, engineSays);
  expect(error.code).toBe('image-build');
  expect(error.message).toContain('(RUN apt-get update)');
  expect(error.why).toMatch(why);
  expect(error.next).toBeTruthy();
  expect(error.details).toContain(line.split('\n')[0]);
});

it('recognises a full disk by what the engine itself says (ENG-7)', () => {
  const engineSays = new AppError({
    code: 'storage',
    message: 'The disk is full.',
    details: 'no space left on device',
  });
  const error = buildFailure('node', 'Building node', '', engineSays);
  expect(error).toMatchObject({ code: 'image-build', why: containing('no space is left') });
});

it('leaves a lost engine what it is (ENG-7)', () => {
  const lost = new AppError({ code: 'engine-unreachable', message: 'gone' });
  expect(buildFailure('node', 'x', '', lost)).toBe(lost);
});
