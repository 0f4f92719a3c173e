import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Mount } from '../../domain/policy.ts';
import { mountsProblem } from './check.ts';
import { placeProblem, type PathStyle, type Protected } from './sources.ts';
import { plainPath, targetProblem, within } from './targets.ts';

const LINUX: PathStyle = { separator: '/', foldCase: false };
const MAC: PathStyle = { separator: '/', foldCase: true };
const WINDOWS: PathStyle = { separator: '\\', foldCase: true };

describe('targets of mounts (POL-1)', () => {
  it.each([
    '/data',
    '/srv/a b',
    '/mnt/x',
    '/opt/tool',
    '/var/lib/app',
    '/data/',
    '//data//x',
    '/processes',
    '/usrlocal',
  ])('takes %s', (target) => expect(targetProblem(target)).toBeNull());

  it.each([
    '/',
    '//',
    '',
    'data',
    '/proc',
    '/proc/',
    '/proc/1',
    '//proc',
    '/sys/fs/cgroup',
    '/dev/shm',
    '/run',
    '/var/run/docker.sock',
    '/var',
    '/etc',
    '/etc/hosts',
    '/usr',
    '/usr/lib/bellglass',
    '/usr/lib/bellglass/waiter',
    '/bin',
    '/lib/x',
    '/workspace',
    '/workspace/output',
    '/tmp',
    '/home',
    '/home/script/.ssh',
    '/data/../etc',
    '/data/./x',
    '/a:b',
    '/a,b',
    '/a"b',
    '/a\nb',
    '/a\0b',
    '/ünicode',
    `/${'x'.repeat(2000)}`,
  ])('refuses %j with a reason', (target) => {
    expect(targetProblem(target)).toMatchObject({ why: expect.stringMatching(/./), next: expect.stringMatching(/./) });
  });

  it('takes one path for another only where the system does', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('', 'a', 'ab', 'b'), { maxLength: 6 }), (parts) => {
        const path = `/${parts.join('/')}`;
        const plain = plainPath(path);
        expect(plainPath(plain)).toBe(plain);
        expect(within(plain, plain)).toBe(true);
        expect(within(`${plain === '/' ? '' : plain}/c`, plain)).toBe(true);
        if (plain !== '/') expect(within(`${plain}c`, plain)).toBe(false);
      }),
    );
  });
});

describe('lists of mounts (POL-1, POL-2)', () => {
  const bind = (target: string, source = './x'): Mount => ({ type: 'bind', source, target, mode: 'ro' });

  it('takes several that do not meet', () => {
    const list: Mount[] = [bind('/a'), bind('/b/c'), { type: 'tmpfs', target: '/d', mode: 'rw' }];
    expect(mountsProblem([...list, { type: 'volume', source: 'cache-1', target: '/e', mode: 'rw' }])).toBeNull();
    expect(mountsProblem([])).toBeNull();
  });

  it.each<[string, Mount[]]>([
    ['the same target twice', [bind('/a'), bind('/a/')]],
    ['one inside another', [bind('/a'), bind('/a/b')]],
    ['one around another', [bind('/a/b'), bind('/a')]],
    ['no source', [{ type: 'bind', target: '/a', mode: 'ro' }]],
    ['an empty source', [bind('/a', ' ')]],
    ['a source with a separator', [bind('/a', '/x:/etc:rw')]],
    ['a source with a comma', [bind('/a', '/x,source=/')]],
    ['a source with a NUL', [bind('/a', '/x\0')]],
    ['a volume that is a path', [{ type: 'volume', source: '../../etc', target: '/a', mode: 'ro' }]],
    ['a tmpfs with a source', [{ type: 'tmpfs', source: '/x', target: '/a', mode: 'rw' }]],
    ['too many', Array.from({ length: 33 }, (_, i) => bind(`/m${i}`))],
  ])('refuses %s', (_, list) => {
    expect(mountsProblem(list)).toMatchObject({ why: expect.stringMatching(/./), next: expect.stringMatching(/./) });
  });
});

describe('sources of mounts (POL-1)', () => {
  const kept: Protected = {
    holders: [
      { path: '/', what: 'the whole machine' },
      { path: '/home/ann', what: 'a home folder' },
      { path: '/home/ann/.docker/run/docker.sock', what: 'the socket of an engine' },
    ],
    trees: [
      { path: '/proc', what: 'the kernel' },
      { path: '/home/ann/.local/share/bellglass', what: 'our data' },
    ],
  };
  const problem = (source: string, style = LINUX, allowed = ['/home/ann/work', '/srv']) =>
    placeProblem(source, allowed, kept, style);

  it('takes an allowed folder and what lies below it', () => {
    expect(problem('/home/ann/work')).toBeNull();
    expect(problem('/home/ann/work/a/b')).toBeNull();
  });

  it.each(['/home/ann/workshop', '/home/ann/wor', '/opt', '/home/ann/Work'])(
    'refuses %s, which is not allowed',
    (source) => expect(problem(source)?.next).toContain('mount_folders'),
  );

  it.each([
    '/',
    '/home',
    '/home/ann',
    '/home/ann/.docker',
    '/home/ann/.docker/run',
    '/home/ann/.docker/run/docker.sock',
    '/home/ann/.local',
    '/home/ann/.local/share/bellglass',
    '/home/ann/.local/share/bellglass/runs',
    '/proc',
    '/proc/1/root',
  ])('refuses %s even when the settings allow everything', (source) =>
    expect(problem(source, LINUX, ['/'])).toMatchObject({ message: expect.stringContaining('never') }),
  );

  it('takes letters of other case for the same where the file system does', () => {
    expect(problem('/HOME/Ann/.Local/SHARE/bellglass/runs', MAC, ['/'])).not.toBeNull();
    expect(problem('/Home/ann/WORK/x', MAC)).toBeNull();
    const windows: Protected = { holders: [{ path: 'C:\\Users\\ann', what: 'a home folder' }], trees: [] };
    expect(placeProblem('c:\\users\\ANN', ['c:\\'], windows, WINDOWS)).not.toBeNull();
    expect(placeProblem('c:\\users', ['c:\\'], windows, WINDOWS)).not.toBeNull();
    expect(placeProblem('c:\\users\\ann\\work', ['C:\\Users\\Ann\\Work'], windows, WINDOWS)).toBeNull();
  });

  it('never allows what holds or lies in something that is kept, whatever the settings say', () => {
    const part = fc.constantFrom('a', 'b', 'c');
    const path = fc.array(part, { maxLength: 4 }).map((parts) => `/${parts.join('/')}`);
    fc.assert(
      fc.property(path, path, path, (source, tree, allowed) => {
        const refused = placeProblem(
          source,
          [allowed, '/'],
          { holders: [], trees: [{ path: tree, what: 'x' }] },
          LINUX,
        );
        expect(refused !== null).toBe(within(source, tree) || within(tree, source));
      }),
    );
  });
});
