/** Changing policy files: whole, one process after the other, and never over a change that the person has not seen (POL-4). */
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { POLICY_FILE_LIMIT } from '#shared/contract/policies.ts';
import type { Problem } from '#shared/domain/policy-document.ts';
import { AppError } from '#shared/lib/app-error.ts';
import { readPolicy } from '#shared/policy/document/read.ts';
import { nameProblem } from '#shared/policy/names.ts';
import { withLock } from '../settings/lock.ts';
import { EXTENSION, look } from './files.ts';
import { hasErrors, type PolicyEntry, type PolicyFolder } from './folder.ts';

function refuse(message: string, why: string, next: string): AppError {
  return new AppError({ code: 'input-invalid', message, why, next });
}

/** The first error as a person reads it: place, what, and what mends it. */
export function problemError(problems: readonly Problem[], why?: string): AppError {
  const problem = problems.find(({ severity }) => severity === 'error');
  const place = problem === undefined ? '' : `${problem.file}:${problem.line}:${problem.column}: `;
  return new AppError({
    code: 'policy-invalid',
    message: `${place}${problem?.message ?? 'This is not a policy.'}`,
    why,
    next: problem?.fix,
  });
}

/** Throws AppError `policy-invalid` unless the text is a policy without errors. */
export function checkText(path: string, name: string, text: string): void {
  const bytes = Buffer.byteLength(text);
  if (bytes > POLICY_FILE_LIMIT)
    throw new AppError({
      code: 'policy-invalid',
      message: `${path}:1:1: The file would have ${bytes} bytes.`,
      why: `A policy has at most ${POLICY_FILE_LIMIT / 1024} KiB.`,
      next: 'Take out what is not part of the policy.',
    });
  if (!text.isWellFormed())
    throw new AppError({
      code: 'policy-invalid',
      message: `${path}:1:1: The text has half a character.`,
      why: 'It cannot be written as UTF-8.',
      next: 'Delete the broken character.',
    });
  const { document, problems } = readPolicy(path, name, text);
  if (document === null || hasErrors(problems)) throw problemError(problems);
}

function checkName(name: string): void {
  const bad = nameProblem(name);
  if (bad !== null) throw refuse(bad.message, bad.why, bad.next);
}

export interface PolicyWriter {
  /** Throws AppError `policy-invalid`, `input-invalid` (changed meanwhile, exists, bad name) or `storage`. */
  save(name: string, text: string, revision: string | null): Promise<PolicyEntry>;
  rename(name: string, to: string, revision: string): Promise<PolicyEntry>;
  remove(name: string, revision: string): Promise<void>;
}

export function createPolicyWriter(policies: PolicyFolder): PolicyWriter {
  const { folder } = policies;

  async function alone<T>(work: () => Promise<T>): Promise<T> {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      return await withLock(`${folder}.lock`, work, 'The policies are');
    } catch (failure) {
      if (failure instanceof AppError) throw failure;
      throw new AppError(
        {
          code: 'storage',
          message: 'The policy cannot be written.',
          why: failure instanceof Error ? failure.message : String(failure),
          next: `Check that ${folder} is a folder that you may write, and that its disk has free space.`,
        },
        { cause: failure },
      );
    }
  }

  /** The entry as it is now. Throws when it has gone or is not the one that the person saw. */
  async function same(name: string, revision: string): Promise<PolicyEntry> {
    const entry = await policies.find(name);
    if (entry === null)
      throw refuse(
        `${JSON.stringify(name.slice(0, 80))} was deleted meanwhile.`,
        'Its file is no longer there.',
        'Save it as a new policy, or let it go.',
      );
    if (entry.revision !== revision)
      throw refuse(
        `${name} was changed meanwhile.`,
        'Another program wrote its file after you opened it.',
        'Open it again and compare; then make your change.',
      );
    return entry;
  }

  /** Case makes no difference on some systems, so it makes none in names. `except` is a name that goes away. */
  async function free(name: string, except: string | null): Promise<void> {
    const wanted = `${name}${EXTENSION}`.toLowerCase();
    const taken = (await readdir(folder)).find(
      (file) => file.toLowerCase() === wanted && file !== `${except}${EXTENSION}`,
    );
    if (taken !== undefined)
      throw refuse(
        `There is a policy ${taken.slice(0, -EXTENSION.length)} already.`,
        'Two names that differ only in case would be one file on some systems.',
        'Choose another name.',
      );
  }

  async function fresh(name: string): Promise<PolicyEntry> {
    const entry = await policies.find(name);
    if (entry !== null) return entry;
    throw refuse(`${name} was deleted meanwhile.`, 'Its file is no longer there.', 'Save it again.');
  }

  return {
    async save(name, text, revision) {
      checkName(name);
      checkText(policies.pathOf(name), name, text);
      return await alone(async () => {
        let target = policies.pathOf(name);
        if (revision === null) await free(name, null);
        else {
          await same(name, revision);
          const found = await look(folder, `${name}${EXTENSION}`);
          if (found?.problem) throw problemError([found.problem]);
          target = found?.target ?? target;
        }
        await writeFileAtomic(target, text, revision === null ? { mode: 0o600 } : {});
        return await fresh(name);
      });
    },
    async rename(name, to, revision) {
      checkName(to);
      return await alone(async () => {
        await same(name, revision);
        await free(to, name);
        await rename(policies.pathOf(name), policies.pathOf(to));
        policies.renamed(name, to);
        return await fresh(to);
      });
    },
    async remove(name, revision) {
      await alone(async () => {
        await same(name, revision);
        await rm(join(folder, `${name}${EXTENSION}`));
        policies.removed(name);
      });
    },
  };
}
