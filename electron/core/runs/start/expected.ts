/** What a plan says about the sandbox that its run would need (RUN-11). */
import { wishOf, type SandboxWish } from '../../sandbox/pool/index.ts';
import type { ExecutionDeps } from '../execution.ts';
import type { Planned } from '../planner.ts';

/** Null where nothing should be made beforehand: a refused plan, an image of another maker, or one that is not there yet. */
export async function expectedWish(
  { plan, policy, compiled, launch, env }: Planned,
  { engine, seccompProfile }: Pick<ExecutionDeps, 'engine' | 'seccompProfile'>,
): Promise<SandboxWish | null> {
  if (plan.refusal !== null || policy.fields['image.name'].value !== null) return null;
  const { reference } = plan.image;
  const image = await engine().image(reference);
  if (image === null) return null;
  const { seccomp, seccompRemoved } = compiled.options;
  return wishOf({
    policy,
    compiled,
    launch,
    env,
    image: { id: image.id, reference },
    seccompProfile: await seccompProfile(seccomp, launch.runtime, seccompRemoved),
  });
}
