import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readPolicy } from '#shared/policy/document/read.ts';
import { cli, scriptedWorld, type ScriptedWorld } from './testing/scripted-world.ts';

let home: string;
let world: ScriptedWorld;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'bellglass-policy-'));
  world = scriptedWorld(home);
});
afterEach(() => rm(home, { recursive: true }));

async function file(name: string, text: string | Uint8Array): Promise<string> {
  const path = join(home, name);
  await writeFile(path, text);
  return path;
}

describe('bellglass policy check (HOST-4, POL-4)', () => {
  it('ends with 0 and no JSON line for a good file', async () => {
    const { code, stdout } = await cli(
      world,
      'policy',
      'check',
      '--json',
      await file('a.yaml', 'trust_level: limited\n'),
    );
    expect([code, stdout]).toEqual([0, '']);
  });

  it('tells file, line, column, code, message and fix of every mistake, and ends with 1', async () => {
    const good = await file('good.yaml', 'trust_level: limited\n');
    const bad = await file('bad.yaml', 'resources:\n  memroy: 1 GiB\n  cpu: 90\n');
    const { code, json } = await cli(world, 'policy', 'check', '--json', good, bad);
    expect(code).toBe(1);
    expect(json()).toMatchObject([
      {
        file: bad,
        line: 2,
        column: 3,
        code: 'unknown-key',
        message: expect.stringContaining('memroy'),
        fix: expect.stringContaining('memory'),
      },
      { file: bad, line: 3, column: 8 },
    ]);
  });

  it.each([
    ['a missing file', () => join(home, 'nothing.yaml')],
    ['a folder', () => home],
    ['a binary file', () => file('x.yaml', new Uint8Array([0xff, 0xfe, 0, 1]))],
    ['a huge file', () => file('x.yaml', `# ${'x'.repeat(300_000)}\n`)],
    ['a device without end', () => '/dev/zero'],
  ])('says what is wrong with %s, and goes on', async (_what, path) => {
    const bad = await file('bad.yaml', 'x: y\n');
    const given = await path();
    const { code, json } = await cli(world, 'policy', 'check', '--json', given, bad);
    expect(code).toBe(1);
    expect(json().map((problem) => [problem['file'], problem['severity']])).toEqual([
      [given, 'error'],
      [bad, 'error'],
    ]);
  });

  it('warns of what no policy gets from a document of another tool, without an error', async () => {
    const compose = await file('c.yaml', 'services: { a: { image: x, privileged: true } }\n');
    const { code, json } = await cli(world, 'policy', 'check', '--json', compose);
    expect([code, json()]).toMatchObject([0, [{ code: 'refused', severity: 'warning', file: compose }]]);
  });

  it('reads standard input, and cannot be fooled by escapes in it', async () => {
    world.stdin.end('"\u001b[2J": x\n');
    const { code, stdout } = await cli(world, 'policy', 'check', '-');
    expect(code).toBe(1);
    expect(stdout).not.toContain('\u001b');
  });
});

describe('bellglass policy show, diff, lint, why and list (HOST-4, POL-3, POL-6, POL-9)', () => {
  it('says that enforcement is unknown while no engine was asked', async () => {
    world = scriptedWorld(home, (core) => {
      const list = core.policies.list.bind(core.policies);
      core.policies.list = async () => {
        const { policies, context } = await list();
        return { policies, context: { ...context, capabilities: null } };
      };
    });
    const { json } = await cli(world, 'policy', 'show', '--json', 'limited');
    expect(new Set(json().map(({ enforced }) => enforced))).toEqual(new Set(['unknown']));
  });

  it('marks what a ceiling of the settings cut', async () => {
    world = scriptedWorld(home, (core) => {
      const list = core.policies.list.bind(core.policies);
      core.policies.list = async () => {
        const { policies, context } = await list();
        return { policies, context: { ...context, ceilings: { 'resources.memory': 32 * 1024 * 1024 } } };
      };
    });
    const { json } = await cli(world, 'policy', 'show', '--json', 'limited');
    expect(json()[0]).toMatchObject({ field: 'resources.memory', value: '32 MiB', clampedFrom: '128 MiB' });
  });

  it('shows every effective value with its source', async () => {
    const path = await file('mine.yaml', 'trust_level: limited\nresources: { memory: 192 MiB }\n');
    const { code, json } = await cli(world, 'policy', 'show', '--effective', '--json', path);
    expect(code).toBe(0);
    expect(json().length).toBeGreaterThan(50);
    expect(json()[0]).toMatchObject({ field: 'resources.memory', value: '192 MiB', source: 'mine', clampedFrom: null });
  });

  it('shows only what the policy itself sets, unless asked for all', async () => {
    const path = await file('mine.yaml', 'trust_level: limited\nresources: { memory: 192 MiB, processes: 12 }\n');
    const { json } = await cli(world, 'policy', 'show', '--json', path);
    expect(json().map(({ field }) => field)).toEqual(['resources.memory', 'resources.processes']);
  });

  it('shows levels, own policies and standard input by name', async () => {
    expect((await cli(world, 'policy', 'show', 'limited')).stdout).toContain('128 MiB');
    world = scriptedWorld(home);
    expect((await cli(world, 'policy', 'show', 'data-team')).stdout).toContain('256 MiB');
    world = scriptedWorld(home);
    world.stdin.end('docker run -m 300m --network none app:1\n');
    expect((await cli(world, 'policy', 'show', '-')).stdout).toContain('300 MiB');
  });

  it('names the place of a mistake, and what there is instead of an unknown name', async () => {
    const broken = await cli(world, 'policy', 'show', await file('b.yaml', 'a: b\n'));
    expect(broken.code).toBe(126);
    expect(broken.stderr).toContain('b.yaml:1:1');
    world = scriptedWorld(home);
    const unknown = await cli(world, 'policy', 'show', '--json', 'nobody');
    expect([unknown.code, unknown.json()]).toMatchObject([126, [{ type: 'error', code: 'input-invalid' }]]);
    world = scriptedWorld(home);
    const several = await cli(
      world,
      'policy',
      'show',
      await file('c.yaml', 'services: { a: { cpus: 1 }, b: { cpus: 1 } }\n'),
    );
    expect(several.stderr).toContain('holds 2 policies: a, b');
  });

  it('says what the second policy grants', async () => {
    const words = await cli(world, 'policy', 'diff', 'untrusted', 'limited');
    expect(words.stdout).toContain('grants: 64 MiB of memory');
    world = scriptedWorld(home);
    const { json } = await cli(world, 'policy', 'diff', '--json', 'limited', 'untrusted');
    expect(json()[0]).toMatchObject({
      grants: [],
      changes: expect.arrayContaining([expect.objectContaining({ field: 'resources.memory' })]),
    });
  });

  it('gives findings and risk parts', async () => {
    const { code, json } = await cli(world, 'policy', 'lint', '--json', 'system');
    const [found] = json() as { risk: { score: number; parts: { points: number }[] }; findings: unknown[] }[];
    expect(code).toBe(0);
    expect(found?.risk.parts.reduce((sum, { points }) => sum + points, 0)).toBeGreaterThanOrEqual(
      found?.risk.score ?? Infinity,
    );
    expect(found?.findings.length).toBeGreaterThan(0);
  });

  it('answers a question with the deciding line, and refuses what is none', async () => {
    const { json } = await cli(world, 'policy', 'why', '--json', 'untrusted', 'memory 300 MiB');
    expect(json()[0]).toMatchObject({ allowed: false, field: 'resources.memory', tier: 'level' });
    world = scriptedWorld(home);
    expect((await cli(world, 'policy', 'why', 'untrusted', 'fly to the moon')).code).toBe(126);
  });

  it('lists levels and own policies, a broken one among them', async () => {
    const { json } = await cli(world, 'policy', 'list', '--json');
    expect(json().map(({ name, kind }) => [name, kind])).toEqual(
      expect.arrayContaining([
        ['untrusted', 'level'],
        ['data-team', 'own'],
        ['old-crawler', 'own'],
      ]),
    );
    expect(json().find(({ name }) => name === 'old-crawler')).toMatchObject({ problems: 1 });
  });
});

describe('bellglass policy convert and export (POL-4, POL-5)', () => {
  const LINE = 'docker run -m 300m --privileged -e A="b c" app:1 sh -c "echo hi"';

  it('writes YAML that reads back to stdout, and the report to stderr', async () => {
    world.stdin.end(LINE);
    const { code, stdout, stderr } = await cli(world, 'policy', 'convert', '-');
    expect(code).toBe(0);
    expect(readPolicy('x', 'x', stdout)).toMatchObject({
      problems: [],
      document: {
        level: 'untrusted',
        values: {
          'resources.memory': 300 * 1024 * 1024,
          'run.env': { A: 'b c' },
          'run.command': ['sh', '-c', 'echo hi'],
        },
      },
    });
    expect(stderr).toMatch(/-:1:\d+: refused: --privileged/);
  });

  it('writes several policies into a folder, and never over a file', async () => {
    const compose = await file('c.yaml', 'services: { web: { cpus: 1 }, db: { mem_limit: 64m } }\n');
    const out = join(home, 'out');
    const { code } = await cli(world, 'policy', 'convert', compose, '--out', out);
    expect([code, (await readdir(out)).toSorted()]).toEqual([0, ['db.yaml', 'web.yaml']]);
    expect(parse(await readFile(join(out, 'db.yaml'), 'utf8'))).toEqual({
      trust_level: 'untrusted',
      resources: { memory: '64 MiB' },
    });
    world = scriptedWorld(home);
    const again = await cli(world, 'policy', 'convert', compose, '--out', out);
    expect([again.code, again.stderr]).toEqual([126, expect.stringContaining('there already')]);
  });

  it('refuses what is no document of another tool, and one of our own', async () => {
    expect((await cli(world, 'policy', 'convert', await file('a.yaml', 'hello: world\n'))).code).toBe(126);
    world = scriptedWorld(home);
    expect((await cli(world, 'policy', 'convert', await file('a.yaml', 'trust_level: limited\n'))).stderr).toContain(
      'already',
    );
  });

  it.each(['docker-run', 'compose', 'kubernetes', 'bellglass-run'])(
    'exports as %s; what is not carried goes to stderr',
    async (form) => {
      const { code, stdout, stderr } = await cli(
        world,
        'policy',
        'export',
        '--as',
        form,
        '--image',
        'app:1',
        'limited',
      );
      expect(code).toBe(0);
      expect(stdout).toContain(form === 'bellglass-run' ? '--trust limited' : 'app:1');
      if (form !== 'bellglass-run') expect(stderr).toContain('seccomp profile');
    },
  );

  it('writes a seccomp profile of its own where calls are taken away, and names it', async () => {
    const assets = join(import.meta.dirname, '../../../assets');
    const odd: ScriptedWorld = { ...world, paths: { ...world.paths, assets } };
    const path = await file('p.yaml', 'trust_level: limited\nsecurity: { seccomp_rules: ["-ptrace"] }\n');
    await mkdir(world.paths.data, { recursive: true });
    const { code, stdout } = await cli(odd, 'policy', 'export', '--as', 'docker-run', '--image', 'app:1', path);
    expect(code).toBe(0);
    const named = /seccomp=(\S+)/.exec(stdout)?.[1] ?? '';
    expect(named.startsWith(join(world.paths.data, 'seccomp'))).toBe(true);
    expect(JSON.parse(await readFile(named, 'utf8'))).toHaveProperty('defaultAction');
  });

  it('names the forms when none or a wrong one is given', async () => {
    const { code, stderr } = await cli(world, 'policy', 'export', '--as', 'helm', 'limited');
    expect([code, stderr]).toEqual([2, expect.stringContaining('docker-run, compose, kubernetes, bellglass-run')]);
  });
});

it('prints a JSON Schema with every field for editors (POL-4)', async () => {
  const { stdout } = await cli(world, 'policy', 'schema');
  const schema = JSON.parse(stdout) as { properties: Record<string, { properties: Record<string, object> }> };
  expect(schema.properties['resources']?.properties['memory']).toMatchObject({ title: 'Memory' });
  expect(schema.properties['resources']?.properties['on_breach']).toHaveProperty('properties.output.enum');
});

it('shows its help for no command, and suggests for a mistyped one', async () => {
  expect((await cli(world, 'policy')).stdout).toContain('policy why');
  world = scriptedWorld(home);
  expect(await cli(world, 'policy', 'chek')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Did you mean `check`'),
  });
});
