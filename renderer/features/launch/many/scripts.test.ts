import { expect, it } from 'vitest';
import type { Source } from '../read-files.ts';
import { isMany, launchOfScript, scriptsOf, sharedFiles } from './scripts.ts';

const source = (paths: readonly string[], over: Partial<Source> = {}): Source => ({
  name: 'some',
  files: paths.map((path) => ({ path, content: btoa(path) })),
  texts: new Map(),
  sizes: new Map(),
  entry: null,
  leftOut: [],
  loose: true,
  ...over,
});

it('takes loose scripts for runs of their own, in the order of their numbers (RUN-1)', () => {
  const some = source(['job-10.py', 'job-9.py', 'data.csv', 'lib/words.py', 'clean.sh']);
  expect(scriptsOf(some)).toEqual(['clean.sh', 'job-9.py', 'job-10.py']);
  expect(isMany(some)).toBe(true);
});

it('takes them for one launch when one is clearly the entry, when they are a folder, and when there is one script (RUN-1)', () => {
  expect(isMany(source(['main.py', 'words.py'], { entry: 'main.py' }))).toBe(false);
  expect(isMany(source(['a.py', 'b.py'], { loose: false }))).toBe(false);
  expect(isMany(source(['a.py', 'data.csv']))).toBe(false);
});

it('gives each its own script, and all that is no script; stdin is closed (RUN-8)', () => {
  const some = source(['a.py', 'b.py', 'data.csv'], { project: { path: 'x/bellglass.yaml', text: 'a' } });
  expect(sharedFiles(some).map(({ path }) => path)).toEqual(['data.csv']);
  expect(launchOfScript(some, 'b.py', { trust: 'limited', policy: undefined })).toEqual({
    name: 'b.py',
    entry: 'b.py',
    files: [
      { path: 'b.py', content: btoa('b.py') },
      { path: 'data.csv', content: btoa('data.csv') },
    ],
    stdin: null,
    project: { path: 'x/bellglass.yaml', text: 'a' },
    trust: 'limited',
  });
});
