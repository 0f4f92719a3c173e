/** Files of scripted runs: one of each kind that the app shows, some left, and many. */
import type { RunData } from '#shared/domain/exchange.ts';
import { compareFiles } from '#shared/history/compare-files.ts';
import { AppError } from '#shared/lib/app-error.ts';
import { fromBase64, utf8 } from '#shared/script/bytes.ts';
import type { FilesApi } from '../../core.ts';

/** A bar chart of 96 × 48. */
const PIXELS =
  'iVBORw0KGgoAAAANSUhEUgAAAGAAAAAwCAIAAABhdOiYAAAAiElEQVR42u3QMQqAMBAEwPS+18aHK3bphUQULyRmYKst9rhJ+3FK' +
  'JQkBIECAKlm29RJAgKYCin4AECBAQwCVdgABmgSotAMIECBAgDp+ABCgtvtPdwD1ChT9GCBAgMYGij4MCBAgQH8G+qoHBKgxUHQP' +
  'CBCgqXpAd0AgAAECBAgQIECAAAF60WdZ8M+0xUj7egAAAABJRU5ErkJggg==';
const CSV = `date,city,"rain, mm"\n${Array.from({ length: 60 }, (_, day) => `2026-03-${String((day % 30) + 1).padStart(2, '0')},"Bern, ${day}",${(day * 7) % 23}`).join('\n')}\n`;

const CONTENTS: Readonly<Record<string, Uint8Array>> = {
  'charts/rain.png': fromBase64(PIXELS) ?? new Uint8Array(),
  'output.json': utf8('{"rows":60,"cities":["Bern","Zürich"],"mean":11.25,"ok":true,"note":null}'),
  'report.txt': utf8('Rain in March\n=============\n60 rows read, 0 refused.\n'),
  'summary.csv': utf8(CSV),
  'tools/again.sh': utf8('#!/bin/bash\nexec python3 tidy_data.py "$@"\n'),
  'variables.json': utf8('{"rows":60,"last_run":{"at":"2026-03-31"}}'),
  'condition.json': utf8('{"result":true}'),
  'model.bin': Uint8Array.from({ length: 4000 }, (_, at) => (at * 31) % 256),
};

function filesOf(contents: Readonly<Record<string, Uint8Array>>): RunData['files'] {
  const folders = new Set(
    Object.keys(contents).flatMap((path) => (path.includes('/') ? [path.split('/')[0] ?? ''] : [])),
  );
  return [
    ...[...folders].map((path) => ({ path, type: 'folder' as const, size: 0, executable: false })),
    ...Object.entries(contents).map(([path, { length }]) => ({
      path,
      type: 'file' as const,
      size: length,
      executable: path.endsWith('.sh'),
    })),
  ].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

const NOTHING: RunData = {
  output: { state: 'absent' },
  variables: { state: 'absent' },
  condition: { state: 'absent' },
  files: [],
  bytes: 0,
  left: [],
  leftMore: 0,
  events: { told: 0, lost: 0 },
  problem: null,
};

/** What the scripted run of a script gives back: rich for `tidy_data`, many files for `floods_log`, else nothing. */
export function scriptedData(name: string): RunData {
  if (name.startsWith('tidy_data'))
    return {
      output: {
        state: 'given',
        value: { rows: 60, cities: ['Bern', 'Zürich'], mean: 11.25, ok: true, note: null },
      },
      variables: { state: 'given', value: { rows: 60, last_run: { at: '2026-03-31' } } },
      condition: { state: 'given', value: true },
      files: filesOf(CONTENTS),
      bytes: Object.values(CONTENTS).reduce((sum, { length }) => sum + length, 0),
      left: [
        { path: 'latest', reason: 'symlink' },
        { path: 'cache/huge.img', reason: 'size' },
        { path: 'odd\\u{7}name', reason: 'name' },
      ],
      leftMore: 0,
      events: { told: 3, lost: 2 },
      problem: null,
    };
  if (name.startsWith('floods_log')) {
    const many = Array.from({ length: 3000 }, (_, at) => `part-${String(at).padStart(4, '0')}.txt`);
    return {
      ...NOTHING,
      files: many.map((path) => ({ path, type: 'file', size: 6, executable: false })),
      bytes: 18_000,
      left: Array.from({ length: 200 }, (_, at) => ({ path: `part-${5000 + at}.txt`, reason: 'count' as const })),
      leftMore: 994_800,
      output: { state: 'invalid', problem: 'output.json cannot be read. It is no valid JSON: line 1, column 7.' },
    };
  }
  if (name.startsWith('memory_bomb'))
    return { ...NOTHING, problem: 'The sandbox could not be asked for its files any more.' };
  return NOTHING;
}

/** `nameOf` throws for an unknown run. */
export function scriptedFiles(nameOf: (id: string) => string): FilesApi {
  const list = async (id: string): Promise<RunData> => scriptedData(nameOf(id));
  return {
    list,
    results: list,
    async read(id, path, from, length) {
      const bytes = path === null ? utf8('PK') : (CONTENTS[path] ?? utf8('hello\n'));
      if (!nameOf(id).startsWith('tidy_data') && path?.endsWith('7.txt'))
        throw new AppError({
          code: 'storage',
          message: 'This file is not kept any more.',
          why: 'Files of old runs are deleted to make room; the settings say how long they are kept.',
          next: 'Run it again, or pin runs whose files you want to keep.',
        });
      return { bytes: bytes.slice(from, from + length), size: bytes.length };
    },
    compare: async (a, b) =>
      compareFiles((await list(a)).files, (await list(b)).files, async () => nameOf(a) === nameOf(b)),
    zip: async () => ({ size: 2 }),
  };
}
