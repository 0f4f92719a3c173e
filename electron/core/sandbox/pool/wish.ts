/** From a run under its policy to what it needs of a sandbox. Pure. */
import type { EffectivePolicy } from '#shared/domain/policy.ts';
import type { Compiled } from '#shared/domain/sandbox.ts';
import type { SandboxWish } from './key.ts';

export interface WishOf {
  readonly policy: EffectivePolicy;
  readonly compiled: Compiled;
  readonly image: { readonly id: string; readonly reference: string };
  readonly seccompProfile: string;
}

export function wishOf({ policy: { fields }, compiled, image, seccompProfile }: WishOf): SandboxWish {
  return {
    reference: image.reference,
    imageId: image.id,
    options: compiled.options,
    seccompProfile,
    network: compiled.network.mode,
    tty: fields['run.tty'].value,
    warm: fields['run.warm'].value,
    fetched: fields['image.pull'].value === 'always',
  };
}
