/** Data in and out of `bellglass run`: JSON from the command line or a file, and files into a folder (RUN-9). */
import { access, constants, lstat, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { randomUUID } from 'node:crypto';
import type { FilesApi } from '#core/core.ts';
import { PIECE_MAX } from '#shared/contract/files.ts';
import type { Launch } from '#shared/contract/runs.ts';
import { GIVEN_LIMITS, type RunData } from '#shared/domain/exchange.ts';
import { landing } from '#shared/exchange/names.ts';
import { parseJson } from '#shared/exchange/json.ts';
import { showShort } from '#shared/script/display.ts';
import { UsageError } from '../../messages.ts';

/** More text than any input may have, with room for blanks. */
const FILE_MAX = 4 * GIVEN_LIMITS.bytes;

function valueOf(option: string, text: string, more = ''): unknown {
  const parsed = parseJson(text.replace(/^\ufeff/, ''), GIVEN_LIMITS.depth);
  if ('problem' in parsed)
    throw new UsageError(
      `\`${option}\` cannot be read. ${parsed.problem}`,
      `Write JSON, like \`'{"n": 1}'\` or \`'"text"'\`${more}.`,
    );
  return parsed.value;
}

async function inputOf(given: string): Promise<unknown> {
  const looksLikeJson = /^\s*(?:[[{"\d-]|(?:true|false|null)\s*$)/.test(given);
  const facts = given.length > 4000 ? null : await lstat(given).catch(() => null);
  if (facts === null) {
    if (!looksLikeJson)
      throw new UsageError(`There is no file ${showShort(given, 80)} for \`--input\`.`, 'Name a file, or write JSON.');
    return valueOf(`--input ${showShort(given, 40)}`, given, ', or name a file');
  }
  const text = await readFile(given).catch(() => null);
  if (text === null || text.length > FILE_MAX)
    throw new UsageError(
      `The file ${showShort(given, 80)} for \`--input\` ${text === null ? 'cannot be read' : 'is too large'}.`,
      'Name a file with at most 10 MiB of JSON.',
    );
  return valueOf(`--input ${showShort(given, 80)}`, text.toString('utf8'));
}

/** What `--input` and `--var` give. @throws UsageError with the place of a mistake. */
export async function givenData(options: {
  readonly input?: string;
  readonly var?: readonly string[];
}): Promise<Pick<Launch, 'input' | 'variables'>> {
  const variables = (options.var ?? []).map((text): [string, unknown] => {
    const at = text.indexOf('=');
    if (at < 1) throw new UsageError(`\`--var ${text}\` has no value.`, 'Write it as `--var NAME=JSON`.');
    return [text.slice(0, at), valueOf(`--var ${showShort(text, 40)}`, text.slice(at + 1))];
  });
  return {
    ...(options.input !== undefined && { input: await inputOf(options.input) }),
    ...(variables.length > 0 && { variables: Object.fromEntries(variables) }),
  };
}

export interface Copied {
  readonly folder: string;
  readonly files: number;
  /** What could not be copied, with the reason. */
  readonly failed: readonly string[];
}

/** Makes the folder that files are copied to, before anything runs; `what` tells which. @throws UsageError when it cannot be. */
export async function makeTarget(folder: string, what = 'for `--out`'): Promise<void> {
  try {
    await mkdir(resolve(folder), { recursive: true });
    await access(resolve(folder), constants.W_OK);
  } catch {
    throw new UsageError(
      `The folder ${showShort(folder, 200)} ${what} cannot be used.`,
      'Give a folder that you can write to; it is made when it is not there.',
    );
  }
}

/** Every folder on the way must be a real one: a link could lead out. */
async function realFolders(root: string, names: readonly string[]): Promise<void> {
  for (let depth = 1; depth <= names.length; depth++) {
    const path = join(root, ...names.slice(0, depth));
    const facts = await lstat(path).catch(() => null);
    if (facts === null) await mkdir(path);
    else if (!facts.isDirectory()) throw new Error(`${path} is no folder`);
  }
}

async function copyFile(
  files: Pick<FilesApi, 'read'>,
  run: string,
  path: string,
  target: string,
  mode: number,
): Promise<void> {
  const part = join(dirname(target), `.bellglass-${randomUUID()}`);
  const handle = await open(part, 'wx', mode);
  try {
    for (let from = 0; ;) {
      const { bytes, size } = await files.read(run, path, from, PIECE_MAX);
      await handle.writeFile(bytes);
      from += bytes.length;
      if (bytes.length === 0 || from >= size) break;
    }
    await handle.close();
    // Replaces a link of that name; it is not followed.
    await rename(part, target);
  } catch (failure) {
    await handle.close().catch(() => {});
    await rm(part, { force: true });
    throw failure;
  }
}

/** Copies what a run gave back into a folder, which is made when it is not there; writes nowhere else and follows no link in it. */
export async function copyOut(
  files: Pick<FilesApi, 'read'>,
  run: string,
  data: Pick<RunData, 'files'>,
  folder: string,
): Promise<Copied> {
  const root = resolve(folder);
  const failed: string[] = [];
  try {
    await mkdir(root, { recursive: true });
  } catch (failure) {
    return { folder: root, files: 0, failed: [`${root} cannot be used: ${String(failure)}`] };
  }
  let copied = 0;
  for (const { path, type, executable } of data.files) {
    try {
      const judged = landing(path);
      if ('reason' in judged) throw new Error('its name cannot be used');
      const { names } = judged;
      await realFolders(root, type === 'folder' ? names : names.slice(0, -1));
      if (type === 'folder') continue;
      await copyFile(files, run, path, join(root, ...names), executable ? 0o755 : 0o644);
      copied++;
    } catch (failure) {
      failed.push(`${path}: ${failure instanceof Error ? failure.message : String(failure)}`);
    }
  }
  return { folder: root, files: copied, failed };
}
