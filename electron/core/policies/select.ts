/** Which policy a launch is under (POL-3). */
import type { Launch } from '#shared/contract/runs.ts';
import type { PolicyDocument } from '#shared/domain/policy-document.ts';
import { TRUST_LEVELS } from '#shared/domain/policy.ts';
import { AppError } from '#shared/lib/app-error.ts';
import { isLevel } from '#shared/policy/resolve.ts';

/** The launch's own policy; null for a bare level. Throws AppError `plan-refused` for a name that is not there. */
export function selectPolicy(launch: Launch): PolicyDocument | null {
  if (launch.policy === undefined || isLevel(launch.policy)) return null;
  throw new AppError({
    code: 'plan-refused',
    message: `There is no policy ${JSON.stringify(launch.policy.slice(0, 80))}.`,
    why: 'Bellglass knows the four trust levels; it does not have own policies yet.',
    next: `Choose one of ${TRUST_LEVELS.join(', ')}, and change single values with \`--set\`.`,
  });
}
