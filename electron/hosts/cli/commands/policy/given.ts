/** What a person names as a policy: a file, standard input, a trust level or one of their own. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { POLICY_FILE_LIMIT, type PolicyContext } from '#shared/contract/policies.ts';
import type { PolicyDocument, Problem } from '#shared/domain/policy-document.ts';
import type { EffectivePolicy } from '#shared/domain/policy.ts';
import { AppError } from '#shared/lib/app-error.ts';
import { convert, detectShape } from '#shared/policy/convert/convert.ts';
import { readPolicy } from '#shared/policy/document/read.ts';
import { isLevel, resolve as resolvePolicy } from '#shared/policy/merge/resolve.ts';
import type { Core } from '#core/core.ts';
import { settledEngine } from '../../engine-ready.ts';
import { openCore } from '../../open-core.ts';
import type { World } from '../../world.ts';

export const STDIN = '-';

export interface Text {
  /** As the person named it. */
  readonly file: string;
  /** What a policy from it is called. */
  readonly name: string;
  readonly text: string;
  /** Relative folders of mounts start here. */
  readonly folder: string;
}

export function refused(message: string, why: string, next: string): AppError {
  return new AppError({ code: 'input-invalid', message, why, next });
}

function nameOf(file: string): string {
  return file === STDIN ? 'stdin' : basename(file, extname(file));
}

function decode(file: string, pieces: readonly Uint8Array[]): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(pieces));
  } catch {
    throw refused(`${file} is not a text file.`, 'It is not valid UTF-8.', 'Give a YAML file or a command line.');
  }
}

function tooLarge(file: string): AppError {
  return refused(
    `${file} is too large.`,
    `A policy has at most ${POLICY_FILE_LIMIT / 1024} KiB.`,
    'Take out what is not part of it.',
  );
}

async function readStdin(world: World): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of world.stdin as AsyncIterable<Buffer | string>) {
    pieces.push(Buffer.from(piece));
    length += pieces.at(-1)?.length ?? 0;
    if (length > POLICY_FILE_LIMIT) throw tooLarge('Standard input');
  }
  return decode('Standard input', pieces);
}

async function readBounded(file: string): Promise<string> {
  try {
    // A named pipe without a writer would keep us waiting.
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const found = await handle.stat();
      if (found.isDirectory()) throw refused(`${file} is a folder.`, 'A policy is one file.', 'Name the file in it.');
      const buffer = Buffer.alloc(POLICY_FILE_LIMIT + 1);
      let length = 0;
      for (;;) {
        const { bytesRead } = await handle.read(buffer, length, buffer.length - length, null);
        length += bytesRead;
        if (bytesRead === 0) return decode(file, [buffer.subarray(0, length)]);
        if (length === buffer.length) throw tooLarge(file);
      }
    } finally {
      await handle.close();
    }
  } catch (failure) {
    if (failure instanceof AppError) throw failure;
    const { code, message } = failure as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw refused(`There is no file ${file}.`, 'Nothing is at this path.', 'Check the name.');
    throw refused(`${file} cannot be read.`, message, 'Check that it is a file that you may read.');
  }
}

/** Reads a file or standard input, at most what a policy may have. Throws AppError `input-invalid`. */
export async function readText(world: World, file: string): Promise<Text> {
  const text = file === STDIN ? await readStdin(world) : await readBounded(file);
  return { file, name: nameOf(file), text, folder: file === STDIN ? process.cwd() : dirname(resolve(file)) };
}

/** A name alone is a level's or an own policy's; with a slash or an extension it is a path. */
export function isPath(given: string): boolean {
  return given === STDIN || /[/\\]/.test(given) || /\.(?:ya?ml|json|txt|sh)$/i.test(given);
}

/** The first error of a file as one error. */
export function problemError(problems: readonly Problem[]): AppError {
  const problem = problems.find(({ severity }) => severity === 'error') ?? problems[0];
  const place = problem === undefined ? '' : `${problem.file}:${problem.line}:${problem.column}: `;
  const more = problems.filter(({ severity }) => severity === 'error').length - 1;
  return new AppError({
    code: 'policy-invalid',
    message: `${place}${problem?.message ?? 'This is not a policy.'}`,
    why:
      more > 0
        ? `There ${more === 1 ? 'is one more mistake' : `are ${more} more mistakes`}; \`bellglass policy check\` lists all.`
        : undefined,
    next: problem?.fix,
  });
}

/** A document from text of any known shape. Throws AppError `policy-invalid` with the place of the first mistake. */
export function documentOf({ file, name, text }: Text): PolicyDocument {
  const shape = detectShape(text);
  if (shape === null || shape === 'ours') {
    const { document, problems } = readPolicy(file, name, text);
    if (document === null) throw problemError(problems);
    return document;
  }
  const { documents, problems } = convert(name, text);
  const [only, ...others] = documents;
  if (only === undefined) throw problemError(problems);
  if (others.length > 0)
    throw refused(
      `${file} holds ${documents.length} policies: ${documents
        .slice(0, 5)
        .map((document) => document.name)
        .join(', ')}${documents.length > 5 ? ', …' : ''}.`,
      'This command looks at one.',
      `Write them out first: \`bellglass policy convert ${file} --out FOLDER\`.`,
    );
  return only;
}

export interface Given {
  readonly policy: EffectivePolicy;
  /** Null for a bare level. */
  readonly document: PolicyDocument | null;
  readonly folder: string;
}

export interface Session {
  readonly core: Core;
  readonly context: PolicyContext;
  /** Throws AppError for what is no policy. */
  read(given: string): Promise<Given>;
}

/** Opens settings and own policies, without an engine unless asked for one, and closes them again. */
export async function withPolicies<T>(
  world: World,
  engine: boolean,
  use: (session: Session) => Promise<T>,
): Promise<T> {
  const opened = await openCore(world, 'the command line looks at policies', 'cli', !engine);
  try {
    if (engine) await settledEngine(opened.core, new AbortController().signal);
    const { policies, context } = await opened.core.policies.list();
    const fallback = isLevel(context.defaultPolicy) ? context.defaultPolicy : 'untrusted';
    const { values, ceilings } = context;
    const effectiveOf = (document: PolicyDocument | null, given: string): EffectivePolicy =>
      resolvePolicy({
        values,
        ceilings,
        fallback,
        project: null,
        policy: document,
        trust: isLevel(given) ? given : undefined,
        run: { values: {}, changes: {} },
      });
    return await use({
      core: opened.core,
      context,
      async read(given) {
        if (isLevel(given)) return { policy: effectiveOf(null, given), document: null, folder: process.cwd() };
        const own = isPath(given) ? undefined : policies.find(({ name }) => name === given);
        if (own !== undefined) {
          if (own.document === null) throw problemError(own.problems);
          return { policy: effectiveOf(own.document, ''), document: own.document, folder: process.cwd() };
        }
        if (!isPath(given) && !(await exists(given)))
          throw refused(
            `There is no policy ${JSON.stringify(given.slice(0, 80))}.`,
            `It is neither a file, nor a trust level, nor a policy in ${context.folder}.`,
            'See `bellglass policy list`.',
          );
        const text = await readText(world, given);
        const document = documentOf(text);
        return { policy: effectiveOf(document, ''), document, folder: text.folder };
      },
    });
  } finally {
    await opened.close();
  }
}

/** Whether something is there that can be opened. */
export async function exists(path: string): Promise<boolean> {
  return open(path, constants.O_RDONLY | constants.O_NONBLOCK).then(
    async (handle) => {
      await handle.close();
      return true;
    },
    () => false,
  );
}
