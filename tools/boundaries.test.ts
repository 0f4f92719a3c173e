/** Plants one violation of each boundary in a small copy of the tree and looks whether the gates of `check` see it. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PROJECTS = ['shared', 'electron/core', 'electron/gateway', 'electron/hosts', 'electron/preload', 'renderer'];

/** What the imports below point at; types are reported once per file pointed at, so each has one of its own. */
const TARGETS: Record<string, string> = {
  'shared/domain/thing.ts': 'export const thing = 1;\nexport interface Thing { size: number }\n',
  'shared/lib/tool.ts': 'export const tool = 1;\n',
  'electron/core/part.ts': 'export const part = 1;\n',
  'electron/core/second.ts': 'export const second = 1;\n',
  'electron/hosts/web/host.ts': 'export const host = 1;\n',
  'electron/hosts/web/guest.ts': 'export const guest = 1;\n',
  'electron/preload/bridge.ts': 'export const bridge = 1;\n',
  'renderer/features/other/page.ts': 'export const page = 1;\n',
  'renderer/features/own/piece.ts': 'export const piece = 1;\n',
  'renderer/ui/button.ts': 'export const button = 1;\n',
};

/** What each part may do; the gates must stay silent about it. */
const ALLOWED: Record<string, string> = {
  'electron/core/allowed.ts': "import { thing } from '#shared/domain/thing.ts';\nexport const seen = thing;\n",
  'electron/core/engine/allowed.ts': "import Docker from 'dockerode';\nexport const seen = Docker;\n",
  'electron/gateway/allowed.ts': "import { thing } from '../../shared/domain/thing.ts';\nexport const seen = thing;\n",
  'electron/hosts/web/allowed.ts': "import { part } from '#core/part.ts';\nexport const seen = part;\n",
  'electron/hosts/desktop/allowed.ts': "import { app } from 'electron';\nexport const seen = app;\n",
  'electron/preload/allowed.ts': "import { contextBridge } from 'electron';\nexport const seen = contextBridge;\n",
  'renderer/features/own/allowed.ts': "import { button } from '../../ui/button.ts';\nexport const seen = button;\n",
  'renderer/features/own/model/allowed.ts': "import { piece } from '../piece.ts';\nexport const seen = piece;\n",
  'renderer/ui/allowed.ts': "import type { Thing } from '#shared/domain/thing.ts';\nexport type Seen = Thing;\n",
};

const importing = (name: string, from: string): string =>
  `import { ${name} } from '${from}';\nexport const seen = ${name};\n`;

type Gate = 'types' | 'lint';

/** File, what it does wrong, its text, and every gate that must see it. */
const PLANTED: [file: string, wrong: string, text: string, gates: Gate[]][] = [
  ['shared/domain/a.ts', 'shared imports Node', importing('readFileSync', 'node:fs'), ['types', 'lint']],
  ['shared/domain/b.ts', 'shared uses a Node global', 'export const seen = process;\n', ['types', 'lint']],
  ['shared/domain/c.ts', 'shared uses the DOM', 'export const seen = document;\n', ['types', 'lint']],
  ['shared/domain/d.ts', 'shared imports core by alias', importing('part', '#core/part.ts'), ['types', 'lint']],
  [
    'shared/domain/e.ts',
    'shared imports core by path',
    importing('second', '../../electron/core/second.ts'),
    ['types', 'lint'],
  ],
  [
    'shared/domain/f.ts',
    'shared imports the renderer',
    importing('button', '../../renderer/ui/button.ts'),
    ['types', 'lint'],
  ],
  ['electron/core/a.ts', 'core imports electron', importing('app', 'electron'), ['lint']],
  ['electron/core/b.ts', 'core imports a host', importing('host', '#hosts/web/host.ts'), ['types', 'lint']],
  ['electron/core/c.ts', 'core imports a host by path', importing('guest', '../hosts/web/guest.ts'), ['types', 'lint']],
  [
    'electron/core/runs/a.ts',
    'core imports dockerode beside the engine',
    "import D from 'dockerode';\nexport const seen = D;\n",
    ['lint'],
  ],
  [
    'electron/gateway/a.ts',
    'the gateway imports core by path',
    importing('part', '../core/part.ts'),
    ['types', 'lint'],
  ],
  [
    'electron/gateway/b.ts',
    'the gateway imports core by alias',
    importing('second', '#core/second.ts'),
    ['types', 'lint'],
  ],
  ['electron/hosts/web/a.ts', 'the web host imports electron', importing('app', 'electron'), ['lint']],
  [
    'electron/hosts/web/b.ts',
    'a host imports the renderer',
    importing('button', '../../../renderer/ui/button.ts'),
    ['types', 'lint'],
  ],
  ['electron/preload/a.ts', 'the preload script imports core', importing('part', '../core/part.ts'), ['types', 'lint']],
  ['electron/preload/b.ts', 'the preload script imports Node', importing('readFileSync', 'node:fs'), ['lint']],
  ['renderer/rpc/a.ts', 'the renderer imports core by alias', importing('part', '#core/part.ts'), ['types', 'lint']],
  [
    'renderer/rpc/b.ts',
    'the renderer imports core by path',
    importing('second', '../../electron/core/second.ts'),
    ['types', 'lint'],
  ],
  ['renderer/rpc/c.ts', 'the renderer imports electron', importing('app', 'electron'), ['lint']],
  ['renderer/rpc/d.ts', 'the renderer imports Node', importing('readFileSync', 'node:fs'), ['lint']],
  ['renderer/rpc/e.ts', 'rpc imports a feature', importing('page', '../features/other/page.ts'), ['lint']],
  ['renderer/features/own/a.ts', 'a feature imports another', importing('page', '../other/page.ts'), ['lint']],
  [
    'renderer/features/own/model/a.ts',
    'a part of a feature imports another feature',
    importing('page', '../../other/page.ts'),
    ['lint'],
  ],
  ['renderer/ui/a.ts', 'ui imports a feature', importing('page', '../features/other/page.ts'), ['lint']],
  ['renderer/ui/b.ts', 'ui imports a value of the domain', importing('thing', '#shared/domain/thing.ts'), ['lint']],
];

function program(folder: string, path: string, args: string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(ROOT, 'node_modules', path), ...args], { cwd: folder }, (_error, out) => {
      resolve(out.replaceAll('\\', '/'));
    });
  });
}

let folder = '';
const seen: Record<Gate, string> = { types: '', lint: '' };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bellglass-boundaries-'));
  const configs = [
    'package.json',
    '.oxlintrc.json',
    'tsconfig.base.json',
    ...PROJECTS.map((path) => `${path}/tsconfig.json`),
  ];
  for (const path of configs) await cp(join(ROOT, path), join(folder, path));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
  const planted = Object.fromEntries(PLANTED.map(([file, , text]) => [file, text]));
  for (const [file, text] of Object.entries({ ...TARGETS, ...ALLOWED, ...planted })) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
  seen.types = await program(folder, 'typescript/bin/tsc', ['--build', '--pretty', 'false', ...PROJECTS]);
  seen.lint = await program(folder, 'oxlint/bin/oxlint', ['--format=unix', 'shared', 'electron', 'renderer']);
}, 120_000);

afterAll(async () => {
  if (folder !== '') await rm(folder, { recursive: true, force: true });
});

/** Lines about one file, whatever way a gate writes its place. */
const about = (gate: Gate, file: string): string[] =>
  seen[gate].split('\n').filter((line) => line.startsWith(`${file}(`) || line.startsWith(`${file}:`));

describe('the gates of check', () => {
  it.each(PLANTED)('see in %s that %s', (file, _wrong, _text, gates) => {
    for (const gate of gates) expect(about(gate, file), gate).not.toEqual([]);
  });

  it.each(Object.keys({ ...TARGETS, ...ALLOWED }))('have nothing to say about %s', (file) => {
    expect(about('types', file)).toEqual([]);
    expect(about('lint', file)).toEqual([]);
  });
});
