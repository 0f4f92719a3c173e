/** Files and folders as a person drops or chooses them, read into a draft; nothing is uploaded or run here. */
import { LAUNCH_LIMITS, type Launch } from '#shared/contract/runs.ts';
import { AppError } from '#shared/lib/app-error.ts';
import { showBytes } from '#shared/lib/units.ts';
import { textOf, toBase64, utf8 } from '#shared/script/bytes.ts';
import { count } from '../../show/format.ts';

export interface Picked {
  /** Path below the dropped folder, `/` as separator. */
  readonly path: string;
  readonly file: File;
}

/** What was dropped or chosen; `loose`: not as one folder. */
export interface Brought {
  readonly name: string;
  readonly picked: Picked[];
  readonly loose: boolean;
}

export interface Source {
  /** What the person calls it. */
  readonly name: string;
  readonly files: Launch['files'];
  /** `bellglass.yaml` of the folder: only tightens until it is approved (POL-3). */
  readonly project?: NonNullable<Launch['project']>;
  /** Text of each file by path; null when it is not text. */
  readonly texts: ReadonlyMap<string, string | null>;
  readonly sizes: ReadonlyMap<string, number>;
  /** Null: several could be the one to run, the person chooses. */
  readonly entry: string | null;
  /** Folders that were left out because no script needs them. */
  readonly leftOut: readonly string[];
  /** They were brought in one by one, not as a folder. */
  readonly loose?: boolean;
}

const LEFT_OUT = new Set(['.git', 'node_modules', '__pycache__', '.venv', 'venv', '.DS_Store']);
const ENTRIES = [
  'main.py',
  '__main__.py',
  'app.py',
  'run.py',
  'index.js',
  'index.mjs',
  'main.js',
  'main.mjs',
  'run.sh',
  'main.sh',
  'start.sh',
];
const SCRIPT = /\.(?:py|pyw|js|cjs|mjs|sh|bash)$/iu;

/** The file that is most likely meant to be run; null when several could be. */
export function guessEntry(paths: readonly string[]): string | null {
  if (paths.length === 1) return paths[0] ?? null;
  const known = ENTRIES.find((name) => paths.includes(name));
  if (known) return known;
  const scripts = paths.filter((path) => SCRIPT.test(path) && !path.includes('/'));
  return scripts.length === 1 ? (scripts[0] ?? null) : null;
}

function refuse(message: string, why: string, next: string): never {
  throw new AppError({ code: 'input-invalid', message, why, next });
}

/** Reads what was picked. @throws AppError `input-invalid` when it is empty or passes {@link LAUNCH_LIMITS}. */
export async function readPicked(name: string, picked: readonly Picked[]): Promise<Source> {
  const leftOut = new Set<string>();
  const wanted = picked.filter(({ path }) => {
    const folder = path.split('/').find((part) => LEFT_OUT.has(part));
    if (folder) leftOut.add(folder);
    return !folder;
  });
  if (wanted.length === 0)
    refuse(
      `${name} holds no files.`,
      'There is nothing in it that could run.',
      'Choose a script, or a folder with one.',
    );
  if (wanted.length > LAUNCH_LIMITS.fileCount)
    refuse(
      `${name} holds ${count(wanted.length, 'file')}.`,
      `One launch carries at most ${count(LAUNCH_LIMITS.fileCount, 'file')}.`,
      'Choose the folder of the script alone, or only the files that it needs.',
    );
  const total = wanted.reduce((sum, { file }) => sum + file.size, 0);
  if (total > LAUNCH_LIMITS.files)
    refuse(
      `${name} is ${showBytes(total)}.`,
      `One launch carries at most ${showBytes(LAUNCH_LIMITS.files)} of files.`,
      'Choose a smaller file, or leave out the data that the script does not need.',
    );
  const read = await Promise.all(wanted.map(async ({ path, file }) => ({ path, bytes: await bytesOf(path, file) })));
  return sourceOf(name, read, [...leftOut]);
}

async function bytesOf(path: string, file: File): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (thrown) {
    throw new AppError(
      {
        code: 'input-invalid',
        message: `${path} cannot be read.`,
        why: thrown instanceof Error ? thrown.message : String(thrown),
        next: 'Check that the file is still there and that you may read it, then choose it again.',
      },
      { cause: thrown },
    );
  }
}

function sourceOf(
  name: string,
  read: readonly { path: string; bytes: Uint8Array }[],
  leftOut: readonly string[],
): Source {
  const project = projectOf(name, read);
  return {
    name: name.slice(0, LAUNCH_LIMITS.name),
    ...(project && { project }),
    files: read.map(({ path, bytes }) => ({ path, content: toBase64(bytes) })),
    texts: new Map(read.map(({ path, bytes }) => [path, bytes.includes(0) ? null : textOf(bytes)])),
    sizes: new Map(read.map(({ path, bytes }) => [path, bytes.length])),
    entry: guessEntry(read.map(({ path }) => path)),
    leftOut,
  };
}

/** A page does not know where a folder lies, so its name stands for its path: an approval is for this name and this content. */
function projectOf(name: string, read: readonly { path: string; bytes: Uint8Array }[]): Source['project'] {
  const file = read.find(({ path }) => path === 'bellglass.yaml');
  // A broken character cannot be what an author meant; it makes the file a broken one, which refuses the run.
  return file && { path: `${name}/bellglass.yaml`, text: textOf(file.bytes) ?? '\u0000' };
}

/** A source of one text. */
export function textSource(name: string, path: string, text: string): Source {
  const bytes = utf8(text);
  if (bytes.length > LAUNCH_LIMITS.files)
    refuse(
      'The text is too long.',
      `One launch carries at most ${showBytes(LAUNCH_LIMITS.files)}.`,
      'Paste the script alone, or open it as a file.',
    );
  return sourceOf(name, [{ path, bytes }], []);
}

/** A source of files that are there already. */
export function givenSource({
  name,
  entry,
  files,
  project,
}: Pick<Launch, 'name' | 'entry' | 'files' | 'project'>): Source {
  const read = files.map(({ path, content }) => ({
    path,
    bytes: Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0)),
  }));
  return { ...sourceOf(name, read, []), files, entry, project };
}

/** What a file input gave: paths come without the folder's own name. */
export function fromInput(files: readonly File[]): Brought {
  const first = files[0];
  const root = first?.webkitRelativePath.split('/')[0] ?? '';
  const picked = files.map((file) => ({
    path: file.webkitRelativePath === '' ? file.name : file.webkitRelativePath.slice(root.length + 1),
    file,
  }));
  return { name: root === '' ? nameOf(files) : root, picked, loose: root === '' };
}

const nameOf = (files: readonly { name: string }[]): string =>
  files.length === 1 ? (files[0]?.name ?? 'script') : count(files.length, 'file');

/** What was dropped, folders walked through. Call it in the event itself: its data is gone afterwards. */
export function fromDrop(data: DataTransfer): Promise<Brought> {
  const entries = [...data.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  // Pasted files come without entries.
  if (entries.length === 0) return Promise.resolve(fromInput([...data.files]));
  const lone = entries.length === 1 && entries[0]?.isDirectory ? entries[0] : null;
  return (async () => {
    const picked: Picked[] = [];
    for (const entry of lone ? await children(lone as FileSystemDirectoryEntry) : entries)
      await walk(entry, '', picked);
    return { name: lone?.name ?? nameOf(entries), picked, loose: lone === null };
  })();
}

async function walk(entry: FileSystemEntry, folder: string, into: Picked[]): Promise<void> {
  if (into.length > LAUNCH_LIMITS.fileCount) return;
  const path = `${folder}${entry.name}`;
  if (entry.isDirectory && LEFT_OUT.has(entry.name)) {
    into.push({ path: `${path}/`, file: new File([], entry.name) });
    return;
  }
  if (entry.isDirectory)
    for (const child of await children(entry as FileSystemDirectoryEntry)) await walk(child, `${path}/`, into);
  else
    into.push({
      path,
      file: await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)),
    });
}

async function children(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
}
