import { expect, it } from 'vitest';
import { classify, toFailure, type Operation } from './errors.ts';

const subject = { address: 'unix:///run/docker.sock', image: 'bellglass/python:1', name: 'bellglass-1' };

/** Real words of Docker 20.10 and Podman 4.3, recorded from their daemons. */
const CORPUS: readonly [
  engine: string,
  operation: Operation,
  status: number,
  text: string,
  code: string,
  message: string,
][] = [
  [
    'docker',
    'create',
    404,
    'No such image: bellglass/python:1',
    'image-unsupported',
    'The image bellglass/python:1 is not there.',
  ],
  [
    'podman',
    'create',
    404,
    'No such image: bellglass/python:1',
    'image-unsupported',
    'The image bellglass/python:1 is not there.',
  ],
  [
    'podman',
    'create',
    500,
    'bellglass/python:1: image not known',
    'image-unsupported',
    'The image bellglass/python:1 is not there.',
  ],
  [
    'docker',
    'create',
    409,
    'Conflict. The container name "/bellglass-1" is already in use by container "0f3a". You have to remove (or rename) that container to be able to reuse that name.',
    'container-create',
    'A container named bellglass-1 exists already.',
  ],
  [
    'podman',
    'create',
    500,
    'container create: creating container storage: the container name "bellglass-1" is already in use by 0f3a. You have to remove that container to be able to reuse that name: that name is already in use',
    'container-create',
    'A container named bellglass-1 exists already.',
  ],
  [
    'docker',
    'start',
    400,
    'Decoding seccomp profile failed: unexpected end of JSON input',
    'container-create',
    'The engine did not accept the seccomp profile.',
  ],
  [
    'podman',
    'create',
    500,
    'container create: opening seccomp profile (/x.json) failed: open /x.json: no such file or directory',
    'container-create',
    'The engine did not accept the seccomp profile.',
  ],
  [
    'podman',
    'create',
    500,
    'container create: unknown mount option "uid=1000": invalid mount option',
    'container-create',
    'The engine could not create the sandbox.',
  ],
  [
    'docker',
    'create',
    400,
    'Unknown runtime specified kata',
    'container-create',
    'The engine does not have the OCI runtime that the policy asks for.',
  ],
  ['docker', 'exec', 409, 'Container 0f3a is not running', 'container-start', 'The sandbox is not running any more.'],
  [
    'podman',
    'exec',
    409,
    'can only create exec sessions on running containers: container state improper',
    'container-start',
    'The sandbox is not running any more.',
  ],
  [
    'docker',
    'exec',
    409,
    'Container 0f3a is paused, unpause the container before exec',
    'container-start',
    'The sandbox is paused.',
  ],
  ['docker', 'update', 404, 'No such container: 0f3a', 'container-start', 'The sandbox is gone.'],
  [
    'podman',
    'inspect',
    404,
    'no container with name or ID "0f3a" found: no such container',
    'container-start',
    'The sandbox is gone.',
  ],
  [
    'docker',
    'start',
    400,
    'OCI runtime create failed: container_linux.go:380: starting container process caused: exec: "/no/such": stat /no/such: no such file or directory: unknown',
    'container-start',
    'The program to start is not in the image.',
  ],
  [
    'podman',
    'start',
    500,
    'crun: executable file `/no/such` not found in $PATH: No such file or directory: OCI runtime attempted to invoke a command that was not found',
    'container-start',
    'The program to start is not in the image.',
  ],
  [
    'podman',
    'start',
    500,
    'crun: open executable: Permission denied: OCI permission denied',
    'container-start',
    'The program in the image may not be started.',
  ],
  [
    'docker',
    'build',
    500,
    'write /var/lib/docker/tmp/x: no space left on device',
    'storage',
    'The disk of the container engine is full.',
  ],
  [
    'docker',
    'pull',
    404,
    'manifest for bellglass/python:1 not found: manifest unknown: manifest unknown',
    'image-pull',
    'The registry does not have the image bellglass/python:1.',
  ],
  [
    'docker',
    'pull',
    500,
    'Get "https://registry.invalid/v2/": dial tcp: lookup registry.invalid: no such host',
    'image-pull',
    'The image bellglass/python:1 could not be fetched.',
  ],
  [
    'docker',
    'image',
    409,
    'conflict: unable to remove repository reference "bellglass/python:1" (must force) - container 0f3a is using its referenced image e603',
    'image-unsupported',
    'The image bellglass/python:1 is in use.',
  ],
  [
    'docker',
    'connect',
    400,
    'client version 1.99 is too new. Maximum supported API version is 1.40',
    'engine-unsupported',
    'The engine at unix:///run/docker.sock is too old.',
  ],
  [
    'docker',
    'control',
    500,
    'something that nobody has seen before',
    'container-start',
    'The engine could not run the sandbox.',
  ],
];

for (const [engine, operation, status, text, code, message] of CORPUS) {
  it(`knows what ${engine} means at ${operation} by "${text.slice(0, 48)}" (ENG-7)`, () => {
    const error = classify(operation, { status, errno: null, text }, subject);
    expect(error.toData()).toMatchObject({ code, message, details: text });
    expect(error.why).toMatch(/\.$/);
    expect(error.next).toMatch(/[.`]$/);
  });
}

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
