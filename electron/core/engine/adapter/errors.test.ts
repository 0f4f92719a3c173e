import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { classify, toFailure, type Operation } from './errors.ts';

interface Recorded {
  readonly engine: string;
  readonly case: string;
  readonly operation: Operation;
  readonly status: number | null;
  readonly text: string;
  readonly code: string;
  readonly message: string;
}
const corpus = JSON.parse(readFileSync(new URL('corpus.json', import.meta.url), 'utf8')) as Recorded[];

const subject = { address: 'unix:///run/docker.sock', image: 'bellglass/python:1', name: 'bellglass-1' };

/** Written by the daemons themselves: Docker 20.10.24 with runc 1.1.5, Podman 4.3.1 with crun 1.8.1; ids and paths shortened. */
for (const { engine, case: name, operation, status, text, code, message } of corpus) {
  it(`knows what ${engine} means: ${name} (ENG-7)`, () => {
    const error = classify(
      operation,
      { status, errno: null, text },
      { ...subject, image: /image|build|pull/.test(name) ? imageOf(message) : undefined },
    );
    expect(error.toData()).toMatchObject({ code, message, details: text });
    expect(error.why).toMatch(/\.$/);
    expect(error.next).toMatch(/[.`]$/);
  });
}

/** The corpus keeps the sentence that was shown; the name in it is the subject that was asked for. */
function imageOf(message: string): string | undefined {
  return /"(.+)" is no name/.exec(message)?.[1] ?? /image (.+?) (is|could)/.exec(message)?.[1];
}

/** Situations that were not provoked here; words as the engines' sources have them. */
it.each([
  [
    'build',
    500,
    'write /var/lib/docker/tmp/x: no space left on device',
    'storage',
    'The disk of the container engine is full.',
  ],
  [
    'pull',
    404,
    'manifest for bellglass/python:1 not found: manifest unknown: manifest unknown',
    'image-pull',
    'The registry does not have the image bellglass/python:1.',
  ],
  [
    'connect',
    400,
    'client version 1.99 is too new. Maximum supported API version is 1.40',
    'engine-unsupported',
    'The engine at unix:///run/docker.sock is too old.',
  ],
  ['control', 500, 'something that nobody has seen before', 'container-start', 'The engine could not run the sandbox.'],
] as const)('knows what is meant at %s with %i: %s (ENG-7)', (operation, status, text, code, message) => {
  expect(classify(operation, { status, errno: null, text }, subject).toData()).toMatchObject({
    code,
    message,
    details: text,
  });
});

it.each([
  ['ENOENT', 'There is no socket'],
  ['ECONNREFUSED', 'nobody listens'],
  ['EACCES', 'no permission'],
  ['ETIMEDOUT', 'no answer in time'],
  ['ECONNRESET', 'The connection broke'],
])('says why nobody answers when the system says %s, whatever was asked (ENG-7)', (errno, why) => {
  for (const operation of ['connect', 'create', 'exec', 'build'] as const) {
    const error = classify(operation, { status: null, errno, text: errno }, subject);
    expect(error.code).toBe('engine-unreachable');
    expect(error.why).toContain(why);
  }
});

it('reads status and words out of what the client library throws (ENG-7)', () => {
  const thrown = Object.assign(new Error('(HTTP code 404) no such container - No such image: x '), {
    statusCode: 404,
    json: { message: 'No such image: x' },
  });
  expect(toFailure(thrown)).toEqual({ status: 404, errno: null, text: 'No such image: x' });
  const refused = Object.assign(new Error('connect ECONNREFUSED /run/docker.sock'), { code: 'ECONNREFUSED' });
  expect(toFailure(refused)).toEqual({
    status: null,
    errno: 'ECONNREFUSED',
    text: 'connect ECONNREFUSED /run/docker.sock',
  });
  expect(toFailure('odd')).toEqual({ status: null, errno: null, text: 'odd' });
});
