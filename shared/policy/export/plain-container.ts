/**
 * The container that other tools make: the create document of the sandbox with the script in the place of the warden.
 * Every difference to the sandbox's own document is one of {@link DIFFERENCES}.
 */
import type { EffectivePolicy } from '../../domain/policy.ts';
import type { Runtime } from '../../domain/run.ts';
import type { SandboxOptions } from '../../domain/sandbox.ts';
import { PLUMBING } from '../compile.ts';
import type { ContainerDocument } from '../container/document.ts';
import { containerDocument } from '../container/spec.ts';
import type { ExportContext } from './form.ts';

/** Keys of the create document that differ from the sandbox's, and why. */
export const DIFFERENCES: Readonly<Record<string, string>> = {
  User: 'The script is the first process; there is no warden with a user of its own.',
  Entrypoint: 'The script is the first process; there is no warden.',
  Cmd: 'The script is the first process; there is no warden.',
  WorkingDir: 'The first process starts where the script would.',
  Env: 'The sandbox gets its variables with the script; here they stand on the container.',
  Labels: 'Labels would make it one of Bellglass’ own, which its sweep removes.',
  NetworkDisabled: 'Only the API has this switch; network `none` has the same effect.',
  'HostConfig.Ulimits':
    'A sandbox with folders starts with more open files, which its waiter takes away before the script.',
  'HostConfig.PidsLimit': 'The warden’s own slot is not needed.',
  'HostConfig.AutoRemove': 'Nobody else removes it.',
  'HostConfig.NetworkMode': 'There is no gateway whose network it could join.',
  'HostConfig.CapAdd': 'Capabilities reach only root there, which the script is not.',
  'HostConfig.MaskedPaths': 'A command line cannot name paths to hide.',
  'HostConfig.Dns': 'Without a gateway the resolver is said here.',
  'HostConfig.DnsSearch': 'Without a gateway the resolver is said here.',
  Hostname: 'Without a gateway the name is said here.',
};

const INTERPRETERS: Readonly<Record<Runtime, readonly string[]>> = {
  python: ['/usr/bin/python3', '-'],
  node: ['/usr/bin/node', '-'],
  bash: ['/bin/bash', '-s'],
  polyglot: ['/bin/bash', '-s'],
};

export interface PlainContainer {
  readonly document: ContainerDocument;
  /** The script comes by standard input, so that no folder is shared. */
  readonly byInput: boolean;
  /** Network `full`: the engine's bridge. */
  readonly bridge: boolean;
}

/** The image's temporary folder leads into the workspace, where nobody has made it here. */
const PLACES = { HOME: '/workspace', TMPDIR: '/workspace' };

export function plainContainer(
  policy: EffectivePolicy,
  options: SandboxOptions,
  context: ExportContext,
): PlainContainer {
  const { fields } = policy;
  const entrypoint = fields['run.entrypoint'].value;
  const command = fields['run.command'].value;
  const byInput = entrypoint === null && command === null;
  const words = byInput ? INTERPRETERS[context.runtime] : [...(entrypoint ?? []), ...(command ?? [])];
  const digest = fields['image.digest'].value;
  const own = fields['image.name'].value;
  const image = own === null ? context.image : `${own}${digest === null ? '' : `@${digest}`}`;
  const document = containerDocument(
    {
      name: 'script',
      image,
      command: words,
      // What only a gateway or the waiter could carry is taken away, never loosened.
      options: {
        ...options,
        network: 'none',
        capabilities: [],
        wardenUser: options.scriptUser,
        pids: options.pids - PLUMBING,
      },
      seccompProfile: context.seccompFile,
      labels: {},
      env: { ...PLACES, ...fields['run.env'].value },
      openStdin: byInput,
    },
    { kind: 'docker', ioDevice: context.ioDevice },
  );
  const bridge = fields['network.mode'].value === 'full';
  return { document: { ...document, WorkingDir: options.workingDir }, byInput, bridge };
}
