/** `bellglass policy convert`: documents of other tools as policies of ours; what became of each line goes to stderr. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PolicyDocument } from '#shared/domain/policy-document.ts';
import { convert, detectShape } from '#shared/policy/convert/convert.ts';
import type { Conversion } from '#shared/policy/convert/conversion.ts';
import { writePolicy } from '#shared/policy/document/write.ts';
import { AppError } from '#shared/lib/app-error.ts';
import { EXIT } from '../../exit-codes.ts';
import { printJson, type Outputs } from '../../messages.ts';
import { oneLine } from '../../output.ts';
import type { World } from '../../world.ts';
import { problemError, readText, refused } from './given.ts';

export interface ConvertOptions {
  readonly json?: boolean;
  readonly out?: string;
}

async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o600 });
  } catch (failure) {
    const { code, message } = failure as NodeJS.ErrnoException;
    if (code === 'EEXIST')
      throw refused(`${path} is there already.`, 'Nothing is overwritten.', 'Choose another place, or remove it.');
    throw new AppError({
      code: 'storage',
      message: `${path} cannot be written.`,
      why: message,
      next: 'Choose another place.',
    });
  }
}

/** One document is the file; several are files of a folder. */
async function write(out: string, documents: readonly PolicyDocument[]): Promise<string[]> {
  const [only, ...others] = documents;
  if (only !== undefined && others.length === 0) {
    await writeNew(out, writePolicy(only));
    return [out];
  }
  await mkdir(out, { recursive: true }).catch((failure: Error) => {
    throw refused(
      `${out} cannot be made a folder.`,
      `There are ${documents.length} policies to write: ${failure.message}`,
      'Choose another place.',
    );
  });
  const paths: string[] = [];
  for (const document of documents) {
    const path = join(out, `${document.name}.yaml`);
    await writeNew(path, writePolicy(document));
    paths.push(path);
  }
  return paths;
}

async function report(outputs: Outputs, file: string, { report: lines, settings }: Conversion): Promise<void> {
  for (const { at, from, to, result, why } of lines) {
    const place = at === undefined ? '' : `:${at.line}:${at.column}`;
    await outputs.stderr.write(
      `${oneLine(`${file}${place}: ${result}: ${from}${to === '' ? '' : ` -> ${to}`}${why === '' ? '' : `; ${why}`}`)}\n`,
    );
  }
  for (const { key, value, why } of settings)
    await outputs.stderr.write(`${oneLine(`${file}: not set by itself: settings ${key}: ${value}; ${why}`)}\n`);
}

export async function convertCommand(
  world: World,
  outputs: Outputs,
  file: string,
  options: ConvertOptions,
): Promise<number> {
  const { name, text } = await readText(world, file);
  if (detectShape(text) === 'ours')
    throw refused(
      `${file} is a policy of Bellglass already.`,
      'There is nothing to convert.',
      `Look at it with \`bellglass policy show ${file}\`.`,
    );
  const conversion = convert(name, text);
  const { documents, settings, problems } = conversion;
  if (problems.length > 0) throw problemError(problems.map((problem) => ({ ...problem, file })));
  const written = options.out === undefined ? [] : await write(options.out, documents);
  if (options.json) {
    await printJson(outputs.stdout, {
      documents: documents.map((document) => ({ name: document.name, yaml: writePolicy(document) })),
      settings,
      report: conversion.report,
      written,
    });
    return EXIT.ok;
  }
  if (options.out === undefined) {
    const several = documents.length > 1;
    for (const document of documents)
      await outputs.stdout.write(`${several ? `# ${document.name}.yaml\n---\n` : ''}${writePolicy(document)}`);
  }
  await report(outputs, file, conversion);
  for (const path of written) await outputs.stderr.write(`${oneLine(path)}: written\n`);
  return EXIT.ok;
}
