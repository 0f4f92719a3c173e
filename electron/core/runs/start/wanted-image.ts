/** Which image a policy asks for. Pure. */
import type { EffectivePolicy } from '#shared/domain/policy.ts';
import type { Runtime } from '#shared/domain/run.ts';
import type { RunImage } from '../../images/index.ts';

export function wantedImage({ fields }: EffectivePolicy, runtime: Runtime): RunImage {
  return {
    runtime,
    name: fields['image.name'].value,
    pull: fields['image.pull'].value,
    digest: fields['image.digest'].value,
  };
}
