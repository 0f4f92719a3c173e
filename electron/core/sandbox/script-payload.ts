/** From a launch under its policy to the message that its waiter reads. Pure. */
import type { EffectivePolicy } from '#shared/domain/policy.ts';
import type { Compiled } from '#shared/domain/sandbox.ts';
import type { NormalLaunch } from '#shared/script/validate.ts';
import { dataEnvironment, dataFiles, dataFolders } from '../exchange/given.ts';
import { canaryModes } from './canaries.ts';
import { scriptCommand } from './command.ts';
import { scriptFiles } from './open-files.ts';
import { pathRules, ruledFolders } from './path-rules.ts';
import { baseEnvironment, encodePayload, foldersTo, WORKSPACE } from './payload.ts';

export interface ScriptOf {
  readonly runId: string;
  readonly launch: NormalLaunch;
  readonly compiled: Compiled;
  readonly policy: EffectivePolicy;
  /** Environment that the plan adds (smaller thread pools and the like). */
  readonly env: Readonly<Record<string, string>>;
  /** What an image of another maker sets; its PATH wins over ours, the rest lies below. */
  readonly imageEnv: Readonly<Record<string, string>>;
}

/** The run's command: the interpreter and its arguments, or what the policy puts in their place. */
export function scriptArguments({
  launch,
  compiled,
  policy: { fields },
}: Pick<ScriptOf, 'launch' | 'compiled' | 'policy'>): string[] {
  return scriptCommand(launch.interpreter, launch.entry, launch.args, {
    entrypoint: fields['run.entrypoint'].value,
    command: fields['run.command'].value,
    otherImage: fields['image.name'].value !== null,
    workingDir: compiled.options.workingDir,
  });
}

/** Throws RangeError when the launch is larger than a payload can be (4 GiB). */
export function scriptPayload({ runId, launch, compiled, policy, env, imageEnv }: ScriptOf): Uint8Array {
  const { fields } = policy;
  const { access, canaries, workingDir } = compiled.options;
  const argv = scriptArguments({ launch, compiled, policy });
  const paths = launch.files.map(({ path }) => path);
  return encodePayload({
    folders: [...dataFolders(launch), ...foldersTo(workingDir), ...ruledFolders(access, paths)],
    openFiles: scriptFiles(compiled.options),
    rules: pathRules(access, argv[0] ?? ''),
    // The warden passes through to the file of events; nobody else of another user id is there.
    modes: [...(canaries ? canaryModes() : []), { path: WORKSPACE, mode: 0o711 }],
    files: [
      ...launch.files.map((file) => ({ path: file.path, content: file.bytes, executable: file.executable })),
      ...dataFiles(launch),
    ],
    env: {
      ...imageEnv,
      ...baseEnvironment(fields['run.tty'].value),
      ...dataEnvironment(runId),
      ...(imageEnv['PATH'] ? { PATH: imageEnv['PATH'] } : {}),
      ...env,
      ...fields['run.env'].value,
      ...launch.env,
      ...launch.secrets,
    },
    argv,
    workingDir,
  });
}
