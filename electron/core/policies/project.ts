/** A launch's project file: read, hashed, looked up among what the person approved (POL-3). */
import { POLICY_FILE_LIMIT } from '#shared/contract/policies.ts';
import type { Launch } from '#shared/contract/runs.ts';
import { AppError } from '#shared/lib/app-error.ts';
import { readPolicy } from '#shared/policy/document/read.ts';
import type { PlanInput } from '#shared/policy/plan/plan.ts';
import { showShort } from '#shared/script/display.ts';
import { sha256 } from './files.ts';
import { hasErrors } from './folder.ts';
import type { PolicyMemory } from './memory.ts';
import { problemError } from './write.ts';

/** Characters of the longest path that is looked up or approved. */
const PATH_LIMIT = 4096;

/** Null without a project file. Throws AppError `policy-invalid` for a broken one: what it asks for is unknown. */
export function readProject(launch: Pick<Launch, 'project'>, memory: PolicyMemory): PlanInput['project'] {
  if (launch.project === undefined) return null;
  const { path, text } = launch.project;
  checkPath(path);
  const shown = showShort(path, 200);
  if (Buffer.byteLength(text) > POLICY_FILE_LIMIT)
    throw new AppError({
      code: 'policy-invalid',
      message: `${shown}:1:1: The project file is too large.`,
      why: `It has more than ${POLICY_FILE_LIMIT / 1024} KiB.`,
      next: 'Take out what is not part of the policy, or move the script away from the file.',
    });
  const { document, problems } = readPolicy(shown, 'bellglass', text);
  if (document === null || hasErrors(problems))
    throw problemError(problems, 'The project file beside the script is broken, so what it asks for is unknown.');
  const hash = sha256(text);
  return { path, hash, document, approved: memory.isApproved(path, hash) };
}

/** Throws AppError `input-invalid` for something that no approval can be kept for. */
export function checkApproval(path: string, hash: string): void {
  checkPath(path);
  if (/^[0-9a-f]{64}$/.test(hash)) return;
  throw new AppError({
    code: 'input-invalid',
    message: 'This is not the hash of a project file.',
    why: 'It has 64 hexadecimal digits.',
    next: 'Take the hash from the plan.',
  });
}

function checkPath(path: string): void {
  if (path !== '' && path.length <= PATH_LIMIT && !path.includes('\0')) return;
  throw new AppError({
    code: 'input-invalid',
    message: `${showShort(path, 120)} is not the path of a project file.`,
    why: `A path has 1 to ${PATH_LIMIT} characters and no NUL.`,
    next: 'Take the path from the plan.',
  });
}
