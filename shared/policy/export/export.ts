/** Copy as: a policy in the words of other tools, with what each of them cannot carry (POL-5). Pure. */
import type { EffectivePolicy } from '../../domain/policy.ts';
import type { SandboxOptions } from '../../domain/sandbox.ts';
import { bellglassRun } from './bellglass-run.ts';
import { compose } from './compose.ts';
import { dockerRun } from './docker-run.ts';
import type { Exported, ExportContext, ExportForm } from './form.ts';
import { kubernetes } from './kubernetes.ts';

/** Limits and hardening of a policy in one form. `options` are what the policy compiles to; both must belong together. */
export function exportAs(
  form: ExportForm,
  policy: EffectivePolicy,
  options: SandboxOptions,
  context: ExportContext,
): Exported {
  switch (form) {
    case 'docker-run':
      return dockerRun(policy, options, context);
    case 'compose':
      return compose(policy, options, context);
    case 'kubernetes':
      return kubernetes(policy, options, context);
    case 'bellglass-run':
      return bellglassRun(policy, context);
  }
}
