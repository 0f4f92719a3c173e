/** Volumes that outlive a run: Bellglass's own only, made when they are first asked for. No policy can name anybody else's. */
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '#shared/lib/app-error.ts';
import { LABEL } from '#shared/domain/labels.ts';
import type { CreateContainer, Engine } from '../../engine/port.ts';

/** What the engine calls the volume that a policy calls `name`. */
export function volumeName(name: string): string {
  return `bellglass-${name}`;
}

const PLACE = '/volume';
const TIMEOUT_MS = 20_000;
/** Volumes that are being made by this process, so that two runs do not meet half-way. */
const making = new Map<string, Promise<void>>();

/**
 * Makes sure that every volume of `create` is ours, and writable for whatever uid its scripts have. Throws AppError
 * `plan-refused` for one that is not ours: it might be a folder of the engine's machine.
 */
export async function readyVolumes(engine: Engine, create: Omit<CreateContainer, 'command'>): Promise<void> {
  for (const { type, source } of create.options.mounts) {
    if (type !== 'volume') continue;
    const key = `${engine.address} ${source}`;
    const made = making.get(key) ?? ready(engine, source, create).finally(() => making.delete(key));
    making.set(key, made);
    await made;
  }
}

async function ready(engine: Engine, name: string, create: Omit<CreateContainer, 'command'>): Promise<void> {
  const found = await engine.volume(name);
  if (found === null) {
    await engine.createVolume(name, { [LABEL.app]: '1', [LABEL.kind]: 'volume', [LABEL.created]: String(Date.now()) });
    await open(engine, name, create).catch(async (failure: unknown) => {
      await engine.removeVolume(name).catch(() => {});
      throw failure;
    });
    return;
  }
  if (found.labels[LABEL.app] !== '1' || found.driver !== 'local' || Object.keys(found.options).length > 0)
    throw new AppError({
      code: 'plan-refused',
      message: `The volume \`${name}\` was not made by Bellglass.`,
      why: 'It might be a folder of the machine that the engine runs on.',
      next: 'Choose another name, or remove that volume.',
    });
}

/** A new volume belongs to root. Its owner, without any capability, network or script, lets every uid write to it, once. */
async function open(engine: Engine, name: string, create: Omit<CreateContainer, 'command'>): Promise<void> {
  const id = await engine.createContainer({
    ...create,
    name: `${create.name}-${name}`,
    command: ['/usr/bin/perl', '-e', `chmod 01777, '${PLACE}' or exit 1`],
    labels: { ...create.labels, [LABEL.kind]: 'volume' },
    openStdin: false,
    options: {
      ...create.options,
      wardenUser: '0:0',
      capabilities: [],
      blockedPaths: [],
      access: null,
      canaries: false,
      mounts: [{ type: 'volume', source: name, target: PLACE, readOnly: false, bytes: 0 }],
    },
  });
  try {
    await engine.startContainer(id);
    for (let waited = 0; waited < TIMEOUT_MS; waited += 20) {
      const now = await engine.container(id);
      if (now?.state === 'exited' && now.exitCode === 0) return;
      if (now === null || now.state === 'exited' || now.state === 'dead') break;
      await sleep(20);
    }
    throw new AppError({
      code: 'container-start',
      message: `The volume \`${name}\` could not be made writable.`,
      why: 'The container that sets its mode did not end well.',
      next: 'Run it again.',
    });
  } finally {
    await engine.removeContainer(id).catch(() => {});
  }
}
