/** `bellglass policy export`: a policy in the words of other tools; what they cannot carry goes to stderr. */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { SandboxOptions } from '#shared/domain/sandbox.ts';
import { compile } from '#shared/policy/compile.ts';
import { exportAs } from '#shared/policy/export/export.ts';
import { EXPORT_FORMS } from '#shared/policy/export/form.ts';
import type { Runtime } from '#shared/domain/run.ts';
import { profileFile, seccompProfile } from '#core/images/seccomp/index.ts';
import { makeFolder } from '#core/storage/folder.ts';
import { silentLog } from '#core/storage/log.ts';
import { EXIT } from '../../exit-codes.ts';
import { printJson, UsageError, type Outputs } from '../../messages.ts';
import { oneLine } from '../../output.ts';
import type { World } from '../../world.ts';
import { withPolicies } from './given.ts';
import { runtimeOf } from './show.ts';

export interface ExportOptions {
  readonly json?: boolean;
  readonly as?: string;
  readonly runtime?: string;
  readonly image?: string;
  readonly script?: string;
}

/** The program's own file; with calls taken away, a file of this content in our data folder. */
async function profileOf(world: World, { seccomp, seccompRemoved }: SandboxOptions, runtime: Runtime): Promise<string> {
  if (seccompRemoved.length === 0) return join(world.paths.assets, 'seccomp', profileFile(seccomp, runtime));
  const text = await seccompProfile(world.paths, seccomp, runtime, seccompRemoved);
  const folder = join(world.paths.data, 'seccomp');
  makeFolder(folder);
  const path = join(folder, `${seccomp}-${createHash('sha256').update(text).digest('hex').slice(0, 16)}.json`);
  await writeFile(path, text, { mode: 0o600 });
  return path;
}

/** The reference under which our own image is built from the files that come with this version. */
async function ownImage({ paths, version }: World, runtime: Runtime): Promise<string> {
  const { createImages } = await import('#core/images/index.ts');
  const images = createImages({ engine: noEngine, paths, log: silentLog, version });
  try {
    return images.reference(runtime);
  } finally {
    await images.dispose();
  }
}

function noEngine(): never {
  throw new Error('a name needs no engine');
}

export function exportCommand(world: World, outputs: Outputs, given: string, options: ExportOptions): Promise<number> {
  const form = EXPORT_FORMS.find((known) => known === options.as);
  if (form === undefined)
    throw new UsageError(
      options.as === undefined ? 'The form is missing.' : `There is no form ${options.as}.`,
      `Choose one with --as: ${EXPORT_FORMS.join(', ')}.`,
    );
  const runtime = runtimeOf(options.runtime);
  return withPolicies(world, false, async (session) => {
    const { policy, folder } = await session.read(given);
    const { options: compiled } = compile(
      policy,
      policy.fields['image.runtime'].value === null ? runtime : runtimeOf(policy.fields['image.runtime'].value),
      null,
    );
    const mounts = compiled.mounts.map((mount) =>
      mount.type === 'bind' ? { ...mount, source: resolve(folder, mount.source) } : mount,
    );
    const image = options.image ?? (form === 'bellglass-run' ? '' : await ownImage(world, compiled.runtime));
    const { text, cannot } = exportAs(
      form,
      policy,
      { ...compiled, mounts },
      {
        runtime: compiled.runtime,
        image,
        seccompFile: await profileOf(world, compiled, compiled.runtime),
        ...(options.script !== undefined && { script: options.script }),
      },
    );
    if (options.json) await printJson(outputs.stdout, { text, cannot });
    else {
      await outputs.stdout.write(text);
      for (const sentence of cannot) await outputs.stderr.write(`bellglass: ${oneLine(sentence)}\n`);
    }
    return EXIT.ok;
  });
}
