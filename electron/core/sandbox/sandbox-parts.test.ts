/** The pure parts of furnishing a sandbox. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CANARY_PATHS, canaryEntries, canaryModes, shownCanary } from './canaries.ts';
import { scriptFiles, startingFiles } from './open-files.ts';
import { pathRules, ruledFolders } from './path-rules.ts';
import { encodeEntries, encodePayload } from './payload.ts';
import { parseReport } from './warden-link.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

describe('decoys (SEC-5)', () => {
  it('are worthless, plausible, small, and other ones each time', () => {
    const [one, two] = [canaryEntries(), canaryEntries()];
    const contents = (entries: typeof one) =>
      entries.flatMap((entry) => (entry.type === 'file' ? [text(entry.content)] : []));
    expect(contents(one).filter((content, i) => content === contents(two)[i])).toEqual([]);
    expect(contents(one).join('').length).toBeLessThan(4096);
    expect(contents(one).join('')).toMatch(/BEGIN OPENSSH PRIVATE KEY[^]*AKIA|AKIA[^]*BEGIN OPENSSH PRIVATE KEY/);
  });

  it('are what their folders were made for, and get the modes of real ones before a script comes', () => {
    const made = canaryEntries().map(({ path }) => path);
    for (const path of CANARY_PATHS) {
      expect(made.indexOf(path)).toBeGreaterThan(made.indexOf(path.slice(0, path.lastIndexOf('/'))));
      expect(canaryModes()).toContainEqual({ path, mode: 0o600 });
      expect(shownCanary(path)).toMatch(/^~\/\./);
    }
    expect(canaryModes().filter(({ mode }) => (mode & 0o077) !== 0)).toEqual([]);
  });

  it('leaves out what ordinary programs open by themselves', () => {
    expect(CANARY_PATHS.join(' ')).not.toMatch(/netrc|npmrc|bashrc|profile|pip/);
  });
});

describe('path rules (POL-8)', () => {
  const rules = (read: string[], write: string[], execute: string[], program = '/usr/bin/python3') =>
    pathRules({ read, write, execute }, program).map(({ kind, path }) => `${kind} ${path}`);

  it('rules nothing that is not listed', () => {
    expect(pathRules(null, '/bin/sh')).toEqual([]);
    expect(rules([], [], [])).toEqual([]);
    expect(rules(['/data'], [], []).every((rule) => rule.startsWith('read '))).toBe(true);
  });

  it('adds what a script needs to start, and no folder that a list is about', () => {
    expect(rules(['/data'], [], [])).toEqual(expect.arrayContaining(['read /data', 'read /usr', 'read /workspace']));
    expect(rules(['/data'], [], [])).not.toContain('read /etc');
    expect(rules([], ['/workspace/output'], [])).not.toContain('write /workspace');
    expect(rules([], [], ['/usr/bin/cat'])).toEqual(
      expect.arrayContaining(['execute /usr/bin/python3', 'execute /usr/bin/cat']),
    );
    expect(rules([], [], ['/usr/bin/cat'], 'deno')).toContain('execute /usr/local/bin/deno');
  });

  it('makes the folders of the workspace that may be written to, never one that is a file of the launch', () => {
    const access = (write: string[]) => ({ read: [], write, execute: [] });
    expect(ruledFolders(access(['/workspace/a/b/', '/workspace', '/data', '/workspace/../etc']), [])).toEqual([
      '/workspace/a',
      '/workspace/a/b',
    ]);
    expect(ruledFolders(access(['/workspace/out.txt']), ['out.txt'])).toEqual([]);
    expect(ruledFolders(null, [])).toEqual([]);
  });
});

describe('limits of open files while a sandbox starts (POL-1)', () => {
  it('raises them only for what the OCI runtime needs, and then always gives the script its own back', () => {
    fc.assert(
      fc.property(fc.nat(2000), fc.nat(32), fc.nat(1000), (openFiles, mounts, blocked) => {
        const mount = { type: 'tmpfs', source: '', target: '/a', readOnly: true, bytes: 1 } as const;
        const options = {
          openFiles,
          mounts: Array.from({ length: mounts }, () => mount),
          blockedPaths: Array.from({ length: blocked }, () => '/x'),
        };
        expect(startingFiles(options)).toBeGreaterThanOrEqual(openFiles);
        expect(scriptFiles(options) ?? startingFiles(options)).toBe(openFiles);
        if (mounts + blocked === 0 && openFiles >= 32) expect(scriptFiles(options)).toBeUndefined();
      }),
    );
  });
});

describe('what the waiter is told', () => {
  it('puts links, modes, rules and limits into records of their own length', () => {
    const bytes = text(
      encodePayload({
        files: [],
        env: {},
        argv: ['/bin/sh'],
        workingDir: '/workspace',
        rules: [{ kind: 'read', path: '/a' }],
        modes: [{ path: '/m', mode: 0o600 }],
        openFiles: 32,
      }),
    );
    expect(bytes).toContain('L\0\0\0\x03R/a');
    expect(bytes).toContain('M\0\0\0\x06\0\0\x01\x80/m');
    expect(bytes).toContain('N\0\0\0\x04\0\0\0\x20');
    expect(text(encodeEntries([{ type: 'link', path: '/l', to: 't' }]))).toBe('0000000cS\0\0\0\x07\0\0\0\x02/lt');
  });
});

describe('what the warden tells', () => {
  it.each([
    ['stat 2049 131 /data/a b', { type: 'stat', device: 2049n, inode: 131n, path: '/data/a b' }],
    ['stat - - /x', { type: 'stat', device: null, inode: null, path: '/x' }],
    ['stat 1e3 -1 /x', { type: 'stat', device: null, inode: null, path: '/x' }],
    ['canary opened /workspace/.home/.env', { type: 'canary', act: 'opened', path: '/workspace/.home/.env' }],
    ['unguarded /a No space left', { type: 'unguarded', path: '/a', why: 'No space left' }],
    ['checked', { type: 'checked' }],
    ['canary burnt /x', null],
  ])('reads %j', (line, report) => expect(parseReport(line)).toEqual(report));

  it('never throws, whatever the line', () => {
    fc.assert(fc.property(fc.string(), (line) => void parseReport(line)));
  });
});
