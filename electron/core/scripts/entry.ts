/** The file of a folder that is meant to be run. */
import { AppError } from '#shared/lib/app-error.ts';
import { textOf } from '#shared/script/bytes.ts';
import { extensionOf } from '#shared/script/detect.ts';
import { showShort } from '#shared/script/display.ts';

const USUAL = ['main.py', '__main__.py', 'index.js', 'package.json', 'main.sh', 'run.sh'] as const;
const RUNNABLE = ['py', 'js', 'mjs', 'cjs', 'sh', 'bash'];

/**
 * The first usual entry that the folder has; says so in `notes` when there are several.
 * @throws AppError `input-invalid` that lists the files which could be meant.
 */
export function findEntry(name: string, contents: ReadonlyMap<string, Uint8Array>, notes: string[]): string {
  const there = USUAL.map((usual) =>
    usual === 'package.json' ? packageMain(contents) : contents.has(usual) ? usual : null,
  );
  const candidates = [...new Set(there.filter((entry) => entry !== null))];
  const first = candidates[0];
  if (first !== undefined) {
    if (candidates.length > 1) notes.push(`${first} is run; ${candidates.slice(1).join(', ')} could be meant as well.`);
    return first;
  }
  const scripts = [...contents.keys()].filter((path) => RUNNABLE.includes(extensionOf(path)));
  const shown = scripts.slice(0, 8).map((path) => showShort(path, 60));
  throw new AppError({
    code: 'input-invalid',
    message: `Bellglass cannot tell which file of ${name} to run.`,
    why: 'It looked for main.py, __main__.py, index.js, the main of package.json, main.sh and run.sh.',
    next:
      scripts.length === 0
        ? 'The folder has no script; choose another folder or a file.'
        : `Choose the entry (\`--entry\`): ${shown.join(', ')}${scripts.length > shown.length ? ` or one of ${scripts.length - shown.length} more` : ''}.`,
  });
}

/** `main` of package.json when it names a file of the folder. */
function packageMain(contents: ReadonlyMap<string, Uint8Array>): string | null {
  const bytes = contents.get('package.json');
  if (!bytes) return null;
  try {
    const parsed: unknown = JSON.parse(textOf(bytes) ?? '');
    const main = typeof parsed === 'object' && parsed !== null && 'main' in parsed ? parsed.main : null;
    if (typeof main !== 'string') return null;
    const path = main.replace(/^(?:\.\/)+/, '');
    return [path, `${path}.js`, `${path}/index.js`].find((one) => contents.has(one)) ?? null;
  } catch {
    return null;
  }
}
