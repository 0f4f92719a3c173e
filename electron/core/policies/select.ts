/** Which own policy a launch is under, and the words when there is none of that name (POL-3). */
import type { Launch } from '#shared/contract/runs.ts';
import type { PolicyDocument } from '#shared/domain/policy-document.ts';
import { TRUST_LEVELS } from '#shared/domain/policy.ts';
import type { Runtime } from '#shared/domain/run.ts';
import { AppError } from '#shared/lib/app-error.ts';
import { choose } from '#shared/policy/merge/choose.ts';
import { closest } from '#shared/lib/closest.ts';
import type { PlanSettings } from '#shared/policy/plan/plan.ts';
import { hasErrors, type PolicyEntry, type PolicyFolder } from './folder.ts';

export interface SelectedPolicy {
  readonly document: PolicyDocument;
  /** SHA-256 of the text that `document` was read from. */
  readonly revision: string;
  /** What the person should know before the run, one sentence; null when there is nothing. */
  readonly warning: string | null;
}

/** Null for a bare level. Throws AppError `plan-refused` for a name without a usable policy: nothing else takes its place. */
export async function selectPolicy(
  policies: PolicyFolder,
  settings: PlanSettings,
  launch: Pick<Launch, 'policy' | 'trust'>,
  runtime: Runtime,
): Promise<SelectedPolicy | null> {
  const { policy: name, from } = choose(launch, runtime, settings);
  if (name === null) return null;
  const entry = await policies.find(name);
  if (entry === null) throw await unknown(policies, name, from);
  if (entry.document === null || entry.inForce === null) throw neverGood(entry);
  return {
    document: entry.document,
    revision: entry.inForce,
    warning: hasErrors(entry.problems) ? `The file of ${name} is broken; its last good version is in force.` : null,
  };
}

async function unknown(policies: PolicyFolder, name: string, from: string): Promise<AppError> {
  await policies.ready();
  const shown = JSON.stringify(name.slice(0, 80));
  const known = [...policies.entries().map((entry) => entry.name), ...TRUST_LEVELS];
  const near = closest(name, known);
  const choice = near === null ? `Choose one of ${known.slice(0, 12).join(', ')}.` : `Did you mean \`${near}\`?`;
  return new AppError({
    code: 'plan-refused',
    message: `There is no policy ${shown}.`,
    why:
      from === 'this run'
        ? `No file of that name is in ${policies.folder}.`
        : `The setting \`${from}\` names it, but no file of that name is in ${policies.folder}; nothing looser takes its place.`,
    next: from === 'this run' ? choice : `${choice} Change the setting \`${from}\`, or put the file back.`,
  });
}

function neverGood({ problems, path }: PolicyEntry): AppError {
  const problem = problems.find(({ severity }) => severity === 'error');
  const place = `${path}:${problem?.line ?? 1}:${problem?.column ?? 1}`;
  return new AppError({
    code: 'plan-refused',
    message: `${place}: ${problem?.message ?? 'This is not a policy.'}`,
    why: 'The file was never seen without errors, so there is no version that could be used instead.',
    next: problem?.fix,
  });
}
