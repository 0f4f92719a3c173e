import { expect, it } from 'vitest';
import { AppError } from '#shared/lib/app-error.ts';
import type { EngineAddress } from '../adapter/address.ts';
import type { Engine } from '../port.ts';
import { findCandidates } from './candidates.ts';
import { discover } from './discover.ts';
import type { Surroundings } from './surroundings.ts';
import { apiAtLeast } from './try-candidate.ts';

function around(
  changes: Partial<Surroundings> & { files?: Record<string, string>; programs?: string[] } = {},
): Surroundings {
  const files = changes.files ?? {};
  return {
    env: {},
    platform: 'linux',
    home: '/home/ann',
    uid: 1000,
    readText: (path) => Promise.resolve(files[path] ?? null),
    list: (folder) =>
      Promise.resolve([
        ...new Set(
          Object.keys(files)
            .filter((path) => path.startsWith(`${folder}/`))
            .map((path) => path.slice(folder.length + 1).split('/')[0] ?? ''),
        ),
      ]),
    resolve: (path) => Promise.resolve(path.replace(/^\/var\/run\//, '/run/')),
    exists: (path) => Promise.resolve(path in files),
    which: (program) => Promise.resolve(changes.programs?.includes(program) ? `/usr/bin/${program}` : null),
    ...changes,
  };
}

const context = (name: string, host: string): string =>
  JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } });

type Answer = 'docker' | 'too-old' | 'windows' | 'EACCES' | 'silent';

function network(answers: Record<string, Answer>): (address: EngineAddress) => Engine {
  return ({ socketPath }) => {
    const answer = answers[socketPath];
    const fake: Pick<Engine, 'ping' | 'version' | 'dispose'> = {
      ping: () => {
        if (answer === undefined)
          return Promise.reject(
            new AppError({
              code: 'engine-unreachable',
              message: 'x',
              why: 'There is no socket: the engine is not running.',
            }),
          );
        if (answer === 'EACCES')
          return Promise.reject(
            new AppError({
              code: 'engine-unreachable',
              message: 'x',
              why: 'Your user has no permission for its socket.',
              next: 'Add your user.',
            }),
          );
        if (answer === 'silent')
          return Promise.reject(
            new AppError({
              code: 'engine-unreachable',
              message: 'x',
              why: 'It took the connection but gave no answer in time.',
            }),
          );
        return Promise.resolve();
      },
      version: () =>
        Promise.resolve({
          kind: 'docker',
          version: '20.10.24',
          apiVersion: answer === 'too-old' ? '1.40' : '1.41',
          os: answer === 'windows' ? 'windows' : 'linux',
          arch: 'amd64',
        }),
      dispose: () => Promise.resolve(),
    };
    return fake as Engine;
  };
}

it('looks in the promised order: DOCKER_HOST, the current context, other contexts, sockets (ENG-1)', async () => {
  const files = {
    '/home/ann/.docker/config.json': '{"currentContext":"work"}',
    '/home/ann/.docker/contexts/meta/a/meta.json': context('colima', 'unix:///home/ann/.colima/default/docker.sock'),
    '/home/ann/.docker/contexts/meta/b/meta.json': context('work', 'unix:///srv/work.sock'),
  };
  const ids = (await findCandidates(around({ env: { DOCKER_HOST: 'unix:///srv/host.sock' }, files }))).map(
    ({ id }) => id,
  );
  expect(ids.slice(0, 5)).toEqual([
    'docker-host',
    'context:work',
    'context:colima',
    'socket:/run/docker.sock',
    'socket:/run/user/1000/docker.sock',
  ]);
  expect(ids).not.toContain('socket:/home/ann/.colima/default/docker.sock');
  expect(ids.at(-1)).toContain('podman/machine');
});

it('knows the places of macOS and Windows (ENG-1)', async () => {
  const mac = (await findCandidates(around({ platform: 'darwin' }))).map(({ label }) => label);
  expect(mac).toEqual(['Docker', 'Docker Desktop', 'Colima', 'Rancher Desktop', 'OrbStack', 'Podman machine']);
  const windows = await findCandidates(around({ platform: 'win32' }));
  expect(windows[0]?.address?.socketPath).toBe('//./pipe/docker_engine');
});

it('names engines on other machines as not supported yet, and a current context that is not defined (ENG-1, ENG-6)', async () => {
  const files = { '/home/ann/.docker/contexts/meta/a/meta.json': context('far', 'ssh://ann@far') };
  const found = await discover(
    around({ env: { DOCKER_HOST: 'tcp://1.2.3.4:2376', DOCKER_CONTEXT: 'gone' }, files }),
    network({}),
  );
  const byId = Object.fromEntries((await found.attempts).map((attempt) => [attempt.id, attempt]));
  expect(byId['docker-host']).toMatchObject({
    usable: false,
    reason: expect.stringContaining('not supported yet') as string,
  });
  expect(byId['context:far']).toMatchObject({ usable: false, reason: expect.stringContaining('ssh') as string });
  expect(byId['context:gone']).toMatchObject({ usable: false, fix: 'Run `docker context use default`.' });
});

it('takes the first that works and keeps each reason of the others (ENG-1)', async () => {
  const env = { DOCKER_HOST: 'unix:///srv/old.sock', DOCKER_CONTEXT: 'win' };
  const files = { '/home/ann/.docker/contexts/meta/a/meta.json': context('win', 'unix:///srv/win.sock') };
  const found = await discover(
    around({ env, files }),
    network({
      '/srv/old.sock': 'too-old',
      '/srv/win.sock': 'windows',
      '/run/docker.sock': 'EACCES',
      '/run/user/1000/docker.sock': 'silent',
      '/run/podman/podman.sock': 'docker',
    }),
  );
  expect(found.best?.attempt.id).toBe('socket:/run/podman/podman.sock');
  const reasons = Object.fromEntries((await found.attempts).map(({ id, reason }) => [id, reason]));
  expect(reasons['docker-host']).toContain('speaks API 1.40');
  expect(reasons['context:win']).toContain('windows containers');
  expect(reasons['socket:/run/docker.sock']).toContain('no permission');
  expect(reasons['socket:/run/user/1000/docker.sock']).toContain('no answer in time');
  expect(reasons['socket:/home/ann/.rd/docker.sock']).toBe('Not there: not installed, or not running.');
});

it('prefers the remembered choice while it works (ENG-1)', async () => {
  const answers = { '/run/docker.sock': 'docker', '/run/podman/podman.sock': 'docker' } as const;
  const chosen = 'socket:/run/podman/podman.sock';
  expect((await discover(around(), network(answers), chosen)).best?.attempt.id).toBe(chosen);
  expect((await discover(around(), network({ '/run/docker.sock': 'docker' }), chosen)).best?.attempt.id).toBe(
    'socket:/run/docker.sock',
  );
});

it('names containerd alone with what to install (ENG-1)', async () => {
  const found = await discover(around({ programs: ['nerdctl'] }), network({}));
  expect(found.best).toBeNull();
  expect((await found.attempts).find(({ id }) => id === 'containerd')).toMatchObject({
    label: 'containerd with nerdctl',
    fix: expect.stringContaining('docker.io') as string,
  });
  expect(
    (await (await discover(around({ programs: ['nerdctl', 'dockerd'] }), network({}))).attempts).some(
      ({ id }) => id === 'containerd',
    ),
  ).toBe(false);
});

it('compares API versions as numbers (ENG-1)', () => {
  expect(apiAtLeast('1.9', '1.41')).toBe(false);
  expect(apiAtLeast('1.41', '1.41')).toBe(true);
  expect(apiAtLeast('2.0', '1.41')).toBe(true);
});
