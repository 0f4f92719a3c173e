/** The create document in the types of the engine's client; what it says is decided in `shared/policy/container` alone. */
import type { ContainerCreateOptions } from 'dockerode';
import { containerDocument, type SpecTarget } from '#shared/policy/container/spec.ts';
import type { CreateContainer } from '../port.ts';

export { cpuLimit, liveLimits, type SpecTarget } from '#shared/policy/container/spec.ts';

/** Everything the engine is told when it creates a sandbox. */
export function containerSpec(create: CreateContainer, target: SpecTarget): ContainerCreateOptions {
  // The client's types want arrays that may be changed.
  return containerDocument(create, target) as unknown as ContainerCreateOptions;
}
