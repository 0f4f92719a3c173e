import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { TakenFile } from '../domain/exchange.ts';
import { canDiff, compareFiles, diffText, DIFF_MAX } from './compare-files.ts';

const file = (path: string, size = 1): TakenFile => ({ path, type: 'file', size, executable: false });
const folder = (path: string): TakenFile => ({ path, type: 'folder', size: 0, executable: false });
const never = (): Promise<boolean> => Promise.reject(new Error('nobody asked for this'));

it('tells added, removed and changed files apart, and leaves folders out (RUN-12)', async () => {
  const a = [folder('out'), file('out/old'), file('out/grown', 1), file('kept', 5)];
  const b = [folder('out'), file('out/new'), file('out/grown', 2), file('kept', 5)];
  const asked: string[] = [];
  const compared = await compareFiles(a, b, async (path) => {
    asked.push(path);
    return true;
  });
  expect(compared).toEqual([
    { path: 'out/new', a: null, b: 1, change: 'added' },
    { path: 'out/old', a: 1, b: null, change: 'removed' },
    { path: 'out/grown', a: 1, b: 2, change: 'changed' },
    { path: 'kept', a: 5, b: 5, change: 'same' },
  ]);
  expect(asked).toEqual(['kept']);
});

it('says changed for other content of the same size, and unknown for what is not kept any more (RUN-12)', async () => {
  const files = [file('changed'), file('gone')];
  const compared = await compareFiles(files, files, async (path) => (path === 'gone' ? null : false));
  expect(compared.map(({ path, change }) => `${path} ${change}`)).toEqual(['changed changed', 'gone unknown']);
});

it('names each path once, whatever the files are (RUN-12)', async () => {
  const lists = fc.uniqueArray(fc.tuple(fc.string({ minLength: 1, maxLength: 3 }), fc.nat(2)), {
    selector: ([path]) => path,
  });
  await fc.assert(
    fc.asyncProperty(lists, lists, async (a, b) => {
      const [one, other] = [a, b].map((list) => list.map(([path, size]) => file(path, size)));
      const compared = await compareFiles(one!, other!, async () => false);
      expect(compared.map(({ path }) => path).toSorted()).toEqual(
        [...new Set([...a, ...b].map(([path]) => path))].toSorted(),
      );
      const turned = await compareFiles(other!, one!, async () => false);
      const turn = { added: 'removed', removed: 'added', changed: 'changed', same: 'same', unknown: 'unknown' };
      for (const { path, change } of compared)
        expect(turned.find((line) => line.path === path)?.change).toBe(turn[change]);
      expect((await compareFiles(one!, one!, async () => true)).every(({ change }) => change === 'same')).toBe(true);
    }),
  );
});

it('offers line by line only for small files that differ, and only for text (RUN-12)', async () => {
  const [small, large, same] = await compareFiles(
    [file('a'), file('b', DIFF_MAX + 1), file('c', 7)],
    [file('a', 2), file('b', 1), file('c', 7)],
    async () => true,
  );
  expect([small, large, same].map((one) => canDiff(one!))).toEqual([true, false, false]);
  expect(await compareFiles([], [], never)).toEqual([]);
  expect(diffText(new TextEncoder().encode('ü\n'))).toBe('ü\n');
  expect(diffText(new Uint8Array([104, 0, 105]))).toBeNull();
  expect(diffText(new Uint8Array([255, 254]))).toBeNull();
});
