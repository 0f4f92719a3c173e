/** Everything that Podman's compatible API does differently and that is not plain data (see container-spec for that). */
import { createHash } from 'node:crypto';
import { chmod, mkdir, lstat, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LiveLimits } from '#shared/domain/sandbox.ts';
import { AppError } from '#shared/lib/app-error.ts';
import { cpuLimit } from './container-spec.ts';

/** Podman's own API; its compatible one has no update. Any 4.x and 5.x service answers to it. */
export function updatePath(id: string): string {
  return `/v4.0.0/libpod/containers/${id}/update`;
}

/** The update document of Podman's own API: the resources section of an OCI runtime spec. */
export function updateBody(limits: LiveLimits): object {
  const { CpuPeriod, CpuQuota } = cpuLimit(limits.cpu);
  return {
    memory: { limit: limits.memory, swap: limits.memory },
    cpu: { quota: CpuQuota, period: CpuPeriod },
    pids: { limit: limits.pids },
  };
}

/**
 * Podman reads a seccomp profile from a path on its own machine, so it is kept in a folder that only we may write.
 * The name is the content's hash and the content is compared: a stale or foreign file is never used.
 */
export async function seccompFile(folder: string, profile: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const owner = await lstat(folder);
  if (!owner.isDirectory() || (process.getuid && owner.uid !== process.getuid())) {
    throw new AppError({
      code: 'container-create',
      message: 'The folder for seccomp profiles belongs to somebody else.',
      why: `${folder} is not ours, so its content cannot be trusted.`,
      next: 'Remove that folder and try again.',
    });
  }
  await chmod(folder, 0o700);
  const path = join(folder, `${createHash('sha256').update(profile).digest('hex')}.json`);
  const present = await readFile(path, 'utf8').catch(() => null);
  if (present === profile) return path;
  const draft = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await writeFile(draft, profile, { mode: 0o600 });
  await rename(draft, path);
  return path;
}
