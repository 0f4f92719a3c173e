/** The doubles of tests and drawing must not be reachable from what people run. */
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const ALIASES: Readonly<Record<string, string>> = {
  '#shared': 'shared',
  '#core': 'electron/core',
  '#hosts': 'electron/hosts',
};

function target(from: string, specifier: string): string | null {
  if (specifier.startsWith('.')) return resolve(dirname(from), specifier);
  const [alias = '', ...rest] = specifier.split('/');
  const folder = ALIASES[alias];
  return folder === undefined ? null : join(ROOT, folder, ...rest);
}

/** Every source that is loaded, now or later, when the entry is. */
function reachable(entry: string): string[] {
  const seen = new Set<string>();
  const waiting = [join(ROOT, entry)];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file) || !/\.tsx?$/.test(file)) continue;
    seen.add(file);
    const text = readFileSync(file, 'utf8');
    for (const [, specifier = ''] of text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)) {
      const next = target(file, specifier);
      if (next !== null) waiting.push(next);
    }
  }
  return Array.from(seen, (file) => relative(ROOT, file));
}

it.each([
  'electron/hosts/cli/main.ts',
  'electron/hosts/desktop/main.ts',
  'electron/preload/preload.ts',
  'renderer/main.tsx',
])('reaches no testing folder from %s', (entry) => {
  const files = reachable(entry);
  expect(files).toContain(entry);
  expect(files.filter((file) => /(^|\/)testing\/|\.test\./.test(file))).toEqual([]);
});

it('would see one that is reached', () => {
  const files = reachable('electron/hosts/web/testing/scripted.ts');
  expect(files).toContain('electron/core/rpc/testing/scripted-core.ts');
  expect(files).toContain('electron/hosts/web/web-host.ts');
});
