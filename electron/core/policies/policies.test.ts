import { execFile, execFileSync } from 'node:child_process';
import {
  appendFile,
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OwnPolicy } from '#shared/contract/policies.ts';
import type { RunSummary } from '#shared/domain/run.ts';
import { MIB } from '#shared/lib/units.ts';
import type { PoliciesMessage } from '../core.ts';
import { createSettings, type SettingsStore } from '../settings/index.ts';
import { openDatabase } from '../storage/database.ts';
import { silentLog } from '../storage/log.ts';
import { createPolicies, type Policies } from './index.ts';
import { createPolicyMemory } from './memory.ts';

const GOOD = `# kept
trust_level: limited
resources:
  memory: 96 MiB
x-team: data
`;
const BROKEN = `trust_level: limited
resources:
  memroy: 96 MiB
`;

let home = '';
let ends: (() => Promise<void>)[] = [];
let settings: SettingsStore;
let running: Pick<RunSummary, 'policy' | 'state'>[] = [];
const folder = () => join(home, 'config', 'policies');
const file = (name: string) => join(folder(), `${name}.yaml`);

async function open(): Promise<Policies> {
  const paths = { config: join(home, 'config'), data: join(home, 'data'), assets: '', renderer: '' };
  const database = openDatabase(join(home, 'data', 'bellglass.db'));
  settings = await createSettings({ paths, env: {}, log: silentLog });
  const used = settings;
  const policies = createPolicies({
    config: paths.config,
    memory: createPolicyMemory(database),
    settings: used,
    capabilities: () => null,
    runs: () => running as RunSummary[],
    now: () => Date.now(),
    log: silentLog,
  });
  ends.push(async () => {
    await policies.dispose();
    await used.dispose();
    database.close();
  });
  return policies;
}

async function close(): Promise<void> {
  for (const end of ends.splice(0).toReversed()) await end();
}

const plan = () => settings.current().plan;
const select = (policies: Policies, policy: string) => policies.select(launch(policy), 'bash', plan());
const launch = (policy?: string) => ({
  name: 'a.sh',
  entry: 'a.sh',
  files: [],
  ...(policy !== undefined && { policy }),
});

async function listed(policies: Policies, name: string): Promise<OwnPolicy | undefined> {
  return (await policies.api.list()).policies.find((policy) => policy.name === name);
}

async function put(name: string, text: string): Promise<void> {
  await mkdir(folder(), { recursive: true });
  await writeFile(file(name), text);
}

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'bellglass-policies-'));
  ends = [];
  running = [];
});
afterEach(async () => {
  await close();
  await rm(home, { recursive: true, force: true });
});

describe('reading', () => {
  it('lists what is in the folder, makes none, and finds a policy by its name (POL-4)', async () => {
    const policies = await open();
    expect((await policies.api.list()).policies).toEqual([]);
    await expect(stat(folder())).rejects.toThrow('ENOENT');
    await put('team', GOOD);
    await writeFile(join(folder(), 'notes.txt'), 'no policy');
    const { policies: all, context } = await policies.api.list();
    expect(all).toMatchObject([{ name: 'team', path: file('team'), problems: [], openedAt: null, usedBy: [] }]);
    expect(all[0]?.document).toMatchObject({ level: 'limited', values: { 'resources.memory': 96 * MIB } });
    expect(context).toMatchObject({ defaultPolicy: 'untrusted', folder: folder() });
    expect(await select(policies, 'team')).toMatchObject({ document: { name: 'team' }, warning: null });
  });

  it('keeps the last good version in force while the file is broken, over a restart too (POL-4)', async () => {
    await put('team', GOOD);
    const policies = await open();
    const before = await select(policies, 'team');
    await put('team', BROKEN);
    const now = await select(policies, 'team');
    expect(now).toEqual({ ...before, warning: expect.stringContaining('last good version') });
    expect(await listed(policies, 'team')).toMatchObject({
      document: { values: { 'resources.memory': 96 * MIB } },
      problems: [{ file: file('team'), line: 3, column: 3, severity: 'error', fix: expect.stringContaining('memory') }],
    });
    await close();
    const again = await open();
    expect(await select(again, 'team')).toEqual(now);
    expect((await again.api.get('team')).text).toBe(BROKEN);
  });

  it('refuses a policy that was never good, with file, line, column and what mends it (POL-4)', async () => {
    await put('team', BROKEN);
    const policies = await open();
    expect(await listed(policies, 'team')).toMatchObject({ document: null });
    await expect(select(policies, 'team')).rejects.toMatchObject({
      code: 'plan-refused',
      message: expect.stringContaining(`${file('team')}:3:3: `),
      why: expect.stringContaining('never'),
      next: expect.stringContaining('memory'),
    });
  });

  it('does not bring a deleted policy back under a new broken file of its name (POL-4)', async () => {
    await put('team', GOOD);
    const policies = await open();
    const { revision } = (await listed(policies, 'team'))!;
    await policies.api.remove('team', revision);
    await put('team', BROKEN);
    await expect(select(policies, 'team')).rejects.toMatchObject({ code: 'plan-refused' });
  });

  it.each(['nope', '../config/settings', 'a/b', '', 'x\0y', '.', '..', 'TEAM'])(
    'refuses the name %j that is not there, and says which is meant where one is near (POL-3)',
    async (name) => {
      await put('team', GOOD);
      const policies = await open();
      await expect(select(policies, name)).rejects.toMatchObject({
        code: 'plan-refused',
        message: expect.stringContaining('There is no policy'),
      });
      await expect(select(policies, 'taem')).rejects.toMatchObject({ next: 'Did you mean `team`?' });
    },
  );

  it('never falls back to something looser when a setting names a policy that is not there (POL-3)', async () => {
    await mkdir(join(home, 'config'), { recursive: true });
    await writeFile(join(home, 'config', 'settings.yaml'), 'default_policy: gone\nruntime_policy:\n  node: trusted\n');
    const policies = await open();
    await expect(policies.select(launch(), 'bash', plan())).rejects.toMatchObject({
      code: 'plan-refused',
      why: expect.stringContaining('`default_policy`'),
    });
    expect(await policies.select(launch(), 'node', plan())).toBeNull();
    expect(await policies.select({ ...launch(), trust: 'untrusted' }, 'bash', plan())).toBeNull();
  });
});

describe('a folder with bad things in it (POL-4, POL-7)', () => {
  it('lists folders, pipes, sockets, links and huge files with their problem, and waits for none of them', async () => {
    await put('good', GOOD);
    await mkdir(file('folder'));
    execFileSync('mkfifo', [file('pipe')]);
    await writeFile(join(home, 'outside.yaml'), GOOD);
    await symlink(join(home, 'outside.yaml'), file('outside'));
    await symlink('good.yaml', file('inside'));
    await symlink('nothing.yaml', file('dead'));
    await symlink('round.yaml', file('round'));
    await put('huge', '');
    await truncate(file('huge'), 100 * MIB);
    await put('untrusted', GOOD);
    await put('bad\u0007name', GOOD);
    await put('not-utf8', '');
    await writeFile(file('not-utf8'), Buffer.from([0x61, 0xff, 0xfe]));
    const server = createServer().listen(file('socket'));
    const policies = await open();
    const found = Object.fromEntries(
      (await policies.api.list()).policies.map(({ name, problems, document }) => [
        name,
        document === null ? problems[0]?.code : 'in force',
      ]),
    );
    server.close();
    expect(found).toEqual({
      good: 'in force',
      inside: 'in force',
      folder: 'not-a-file',
      pipe: 'not-a-file',
      socket: 'not-a-file',
      outside: 'outside',
      dead: 'dead-link',
      round: 'dead-link',
      huge: 'too-large',
      untrusted: 'bad-name',
      'bad\u0007name': 'bad-name',
      'not-utf8': 'not-utf8',
    });
    await expect(select(policies, 'pipe')).rejects.toMatchObject({ code: 'plan-refused' });
    await expect(policies.api.get('huge')).rejects.toMatchObject({ code: 'policy-invalid' });
  });

  it('takes 2,000 files, and sees one of them change', async () => {
    await mkdir(folder(), { recursive: true });
    for (let at = 0; at < 2000; at += 1) await writeFile(file(`policy-${at}`), GOOD);
    const policies = await open();
    expect((await policies.api.list()).policies).toHaveLength(2000);
    await put('policy-1234', GOOD.replace('96', '97'));
    expect(await select(policies, 'policy-1234')).toMatchObject({
      document: { values: { 'resources.memory': 97 * MIB } },
    });
  }, 60_000);
});

describe('saving', () => {
  it('writes a new policy and changes it, and the text stays as it was given (POL-4)', async () => {
    const policies = await open();
    const made = await policies.api.save('team', GOOD, null);
    expect(await readFile(file('team'), 'utf8')).toBe(GOOD);
    expect(made).toMatchObject({ name: 'team', problems: [], openedAt: expect.any(Number) });
    const next = await policies.api.save('team', GOOD.replace('96', '128'), made.revision);
    expect(next.revision).not.toBe(made.revision);
    expect(next.document?.values).toEqual({ 'resources.memory': 128 * MIB });
    expect(await readdir(folder())).toEqual(['team.yaml']);
  });

  it('refuses a save over a change that the person has not seen (POL-4)', async () => {
    const policies = await open();
    const { revision } = await policies.api.save('team', GOOD, null);
    await appendFile(file('team'), 'description: from an editor\n');
    for (const work of [
      () => policies.api.save('team', GOOD, revision),
      () => policies.api.rename('team', 'other', revision),
      () => policies.api.remove('team', revision),
    ])
      await expect(work()).rejects.toMatchObject({ code: 'input-invalid', message: 'team was changed meanwhile.' });
    expect(await readFile(file('team'), 'utf8')).toContain('from an editor');
    await unlink(file('team'));
    await expect(policies.api.save('team', GOOD, revision)).rejects.toMatchObject({
      code: 'input-invalid',
      message: expect.stringContaining('deleted meanwhile'),
    });
  });

  it('refuses a text with an error and names its place, and leaves the file alone (POL-4)', async () => {
    const policies = await open();
    const { revision } = await policies.api.save('team', GOOD, null);
    await expect(policies.api.save('team', BROKEN, revision)).rejects.toMatchObject({
      code: 'policy-invalid',
      message: expect.stringContaining('team.yaml:3:3: '),
    });
    for (const text of [`description: ${'x'.repeat(300_000)}\n`, 'description: half \ud800 a character\n'])
      await expect(policies.api.save('team', text, revision)).rejects.toMatchObject({ code: 'policy-invalid' });
    expect(await readFile(file('team'), 'utf8')).toBe(GOOD);
  });

  it.each([
    'untrusted',
    'System',
    'none',
    'con',
    'aux.x',
    'a/b',
    '..',
    '.hidden',
    'a b',
    '',
    'x'.repeat(65),
    'a\nb',
    'é',
    'dot.',
  ])('refuses the name %j (POL-4)', async (name) => {
    const policies = await open();
    const { revision } = await policies.api.save('team', GOOD, null);
    await expect(policies.api.save(name, GOOD, null)).rejects.toMatchObject({ code: 'input-invalid' });
    await expect(policies.api.rename('team', name, revision)).rejects.toMatchObject({ code: 'input-invalid' });
    expect(await readdir(folder())).toEqual(['team.yaml']);
  });

  it('refuses a name that differs from another only in case, and lets a policy change its own (POL-4)', async () => {
    const policies = await open();
    const { revision } = await policies.api.save('team', GOOD, null);
    await expect(policies.api.save('Team', GOOD, null)).rejects.toMatchObject({ code: 'input-invalid' });
    await expect(policies.api.save('team', GOOD, null)).rejects.toMatchObject({ code: 'input-invalid' });
    expect(await policies.api.rename('team', 'Team', revision)).toMatchObject({ name: 'Team' });
  });

  it('renames a file with what is remembered of it (POL-4, POL-6)', async () => {
    const policies = await open();
    await policies.api.save('team', GOOD, null);
    await put('team', BROKEN);
    const { revision, openedAt } = (await listed(policies, 'team'))!;
    expect(await policies.api.rename('team', 'crew', revision)).toMatchObject({
      name: 'crew',
      openedAt,
      document: { name: 'crew', values: { 'resources.memory': 96 * MIB } },
    });
    expect(await listed(policies, 'team')).toBeUndefined();
  });

  it('changes a file behind a link inside the folder, and leaves the link (POL-4)', async () => {
    await put('real', GOOD);
    await symlink('real.yaml', file('link'));
    const policies = await open();
    const { revision } = (await listed(policies, 'link'))!;
    await policies.api.save('link', GOOD.replace('96', '128'), revision);
    expect(await readFile(file('real'), 'utf8')).toContain('128 MiB');
    expect(
      (await readdir(folder(), { withFileTypes: true })).find(({ name }) => name === 'link.yaml')?.isSymbolicLink(),
    ).toBe(true);
  });

  it('says what to do when the folder cannot be written (POL-4)', async () => {
    await mkdir(join(home, 'config'), { recursive: true });
    await writeFile(folder(), 'in the way');
    const policies = await open();
    await expect(policies.api.save('team', GOOD, null)).rejects.toMatchObject({
      code: 'storage',
      next: expect.stringContaining(folder()),
    });
  });

  it('lets one of two processes win that save the same policy at once, and tells the other (POL-4)', async () => {
    const policies = await open();
    const { revision } = await policies.api.save('team', GOOD, null);
    const other = join(import.meta.dirname, 'testing', 'save-child.ts');
    const results = await Promise.all(
      [97, 98, 99, 100].map(async (memory) => {
        const text = GOOD.replace('96', String(memory));
        const { stdout } = await promisify(execFile)(process.execPath, [other, home, 'team', text, revision]);
        return stdout;
      }),
    );
    expect(results.toSorted()).toEqual(['input-invalid', 'input-invalid', 'input-invalid', 'saved']);
    const winner = [97, 98, 99, 100][results.indexOf('saved')];
    expect(await readFile(file('team'), 'utf8')).toBe(GOOD.replace('96', String(winner)));
    expect((await readdir(join(home, 'config'))).toSorted()).toEqual(['policies']);
  }, 30_000);
});

async function until(
  messages: AsyncIterator<PoliciesMessage>,
  wanted: (message: PoliciesMessage) => boolean,
): Promise<PoliciesMessage> {
  for (;;) {
    const { value, done } = await messages.next();
    if (done) throw new Error('the messages ended');
    if (wanted(value)) return value;
  }
}

describe('watching', () => {
  it('tells of a file that is made, changed by whatever kind of editor, broken and deleted (POL-4)', async () => {
    const policies = await open();
    const stop = new AbortController();
    const messages = policies.api.watch(stop.signal)[Symbol.asyncIterator]();
    expect(await until(messages, () => true)).toMatchObject({ type: 'all', policies: [] });
    const memory = async (of: number) =>
      until(
        messages,
        (message) => message.type === 'changed' && message.policy.document?.values['resources.memory'] === of * MIB,
      );
    await put('team', GOOD);
    await memory(96);
    await put('team', GOOD.replace('96', '97'));
    await memory(97);
    await writeFile(join(folder(), '.team.swp'), GOOD.replace('96', '98'));
    await rename(join(folder(), '.team.swp'), file('team'));
    await memory(98);
    await put('team', BROKEN);
    await until(messages, (message) => message.type === 'changed' && message.policy.problems.length > 0);
    await unlink(file('team'));
    await until(messages, (message) => message.type === 'removed' && message.name === 'team');
    await rm(folder(), { recursive: true });
    await put('again', GOOD);
    await until(messages, (message) => message.type === 'changed' && message.policy.name === 'again');
    stop.abort();
  }, 30_000);

  it('tells what would lose a policy: settings that name it and runs under it (POL-4)', async () => {
    const policies = await open();
    await policies.api.save('team', GOOD, null);
    const stop = new AbortController();
    const messages = policies.api.watch(stop.signal)[Symbol.asyncIterator]();
    await until(messages, ({ type }) => type === 'all');
    running = [
      { policy: 'team', state: 'running' },
      { policy: 'team', state: 'finished' },
    ];
    await settings.set('runtime_policy.python', 'team');
    const uses = ['runtime_policy.python', '1 run'];
    expect(await until(messages, ({ type }) => type === 'changed')).toMatchObject({ policy: { usedBy: uses } });
    expect(await until(messages, ({ type }) => type === 'context')).toMatchObject({
      context: { perRuntime: { python: 'team' } },
    });
    stop.abort();
  });

  it('remembers when a policy was opened, over a restart (POL-6)', async () => {
    await put('team', GOOD);
    await (await open()).api.opened('team');
    await close();
    const { openedAt } = (await listed(await open(), 'team'))!;
    expect(openedAt).toBeGreaterThan(Date.now() - 60_000);
  });

  it('does not read a file while it is being written (POL-4)', async () => {
    await put('team', GOOD);
    const policies = await open();
    await listed(policies, 'team');
    await chmod(file('team'), 0o600);
    await writeFile(file('team'), 'trust_level: system\n');
    const selecting = select(policies, 'team');
    await wait(20);
    await writeFile(file('team'), 'trust_level: untrusted\n');
    expect(await selecting).toMatchObject({ document: { level: 'untrusted' } });
  });
});

describe('project files', () => {
  const project = { path: '/home/ann/job/bellglass.yaml', text: 'trust_level: system\nresources:\n  memory: 4 GiB\n' };

  it('are approved by path and content; one changed byte or another folder is held back again (POL-3)', async () => {
    const policies = await open();
    const read = (over: Partial<typeof project> = {}) =>
      policies.project({ ...launch(), project: { ...project, ...over } });
    const found = read();
    expect(found).toMatchObject({ approved: false, path: project.path, document: { level: 'system' } });
    await policies.api.approveProject(project.path, found!.hash);
    expect(read()).toMatchObject({ approved: true });
    expect(read({ text: `${project.text} ` })).toMatchObject({ approved: false });
    expect(read({ path: '/tmp/download/bellglass.yaml' })).toMatchObject({ approved: false });
    expect(policies.api.approvals()).toEqual([{ path: project.path, hash: found!.hash, at: expect.any(Number) }]);
    await close();
    const again = await open();
    expect(again.project({ ...launch(), project })).toMatchObject({ approved: true });
    await again.api.revokeProject(project.path);
    expect(again.project({ ...launch(), project })).toMatchObject({ approved: false });
    await expect(again.api.revokeProject(project.path)).rejects.toMatchObject({ code: 'input-invalid' });
  });

  it('that are broken or huge refuse the run and name the place (POL-3, POL-4)', async () => {
    const policies = await open();
    const read = (text: string) => policies.project({ ...launch(), project: { ...project, text } });
    expect(() => read(BROKEN)).toThrow(
      expect.objectContaining({ code: 'policy-invalid', message: expect.stringContaining('bellglass.yaml:3:3: ') }),
    );
    expect(() => read(`description: ${'x'.repeat(300_000)}`)).toThrow(
      expect.objectContaining({ code: 'policy-invalid' }),
    );
    expect(() => read('\0')).toThrow(expect.objectContaining({ code: 'policy-invalid' }));
  });

  it.each([
    ['', 'a'.repeat(64)],
    ['/x', 'short'],
    ['/x\0', 'a'.repeat(64)],
    ['/x', 'A'.repeat(64)],
    ['x'.repeat(5000), 'a'.repeat(64)],
  ])('are not approved by the path %j with the hash %j', async (path, hash) => {
    const policies = await open();
    await expect(policies.api.approveProject(path, hash)).rejects.toMatchObject({ code: 'input-invalid' });
    expect(policies.api.approvals()).toEqual([]);
  });
});
