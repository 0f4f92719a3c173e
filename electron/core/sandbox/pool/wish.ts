/** From a run under its policy to what it needs of a sandbox. Pure. */
import { bootOf } from '../boot.ts';
import type { ScriptOf } from '../script-payload.ts';
import type { SandboxWish } from './key.ts';

export interface WishOf extends Pick<ScriptOf, 'policy' | 'compiled' | 'launch' | 'env'> {
  readonly image: { readonly id: string; readonly reference: string };
  readonly seccompProfile: string;
}

export function wishOf({ policy, compiled, launch, env, image, seccompProfile }: WishOf): SandboxWish {
  const { fields } = policy;
  return {
    reference: image.reference,
    imageId: image.id,
    options: compiled.options,
    seccompProfile,
    network: compiled.network.mode,
    tty: fields['run.tty'].value,
    warm: fields['run.warm'].value,
    booted: bootOf({ policy, compiled, launch, env }),
    fetched: fields['image.pull'].value === 'always',
  };
}
