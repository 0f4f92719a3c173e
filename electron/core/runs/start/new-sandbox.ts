/** A sandbox made for one run: its network, its mounts, then the container. */
import { LABEL } from '#shared/domain/labels.ts';
import type { Engine } from '../../engine/port.ts';
import type { NetworkOfRun } from '../../network/network-of-run.ts';
import type { SandboxWish } from '../../sandbox/pool/index.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { ExecutionDeps, ExecutionInput } from '../execution.ts';
import type { RunRecord } from '../run-record.ts';

export interface NewSandbox {
  readonly record: RunRecord;
  readonly deps: Pick<ExecutionDeps, 'mounts' | 'pool' | 'labels'>;
  readonly input: Pick<ExecutionInput, 'launch' | 'compiled'>;
  readonly network: NetworkOfRun;
  readonly engine: Engine;
  readonly signal: AbortSignal;
}

/** Its network's rules may not be in force yet. Rejects as the network, the mounts and `Sandbox.create` do. */
export async function newSandbox(wish: SandboxWish, given: NewSandbox): Promise<Sandbox> {
  const { record, deps, input, engine, signal } = given;
  const { compiled, launch } = input;
  const network = await given.network.open(engine, signal);
  signal.throwIfAborted();
  const mounts = await deps.mounts.open(compiled.options, launch.folder);
  for (const note of mounts.notes) record.addNote(note);
  const request = {
    runId: record.id,
    image: wish.reference,
    options: { ...compiled.options, network, mounts: mounts.mounts },
    seccompProfile: wish.seccompProfile,
    labels: { ...deps.labels, [LABEL.created]: String(Date.now()) },
    tty: wish.tty,
    mounts,
  };
  return await deps.pool.create(engine, request, signal).finally(() => void mounts.dispose());
}
