/** What of the file system a script sees (POL-8). */
import type { Capabilities } from '../../domain/engine.ts';
import type { Mount } from '../../domain/policy.ts';
import { enforced, everywhere, notHere, partly, type EnforcementFact, type FieldsOf } from '../field.ts';
import { list, mounts, text } from '../kinds.ts';
import { checkBlocked } from '../paths.ts';

const group = 'Files';
const FORM = /^\/\P{Cc}*$/u;
const path = text(FORM, '/etc/hostname');
const none = everywhere<readonly string[]>([]);

function mountsEnforced(engine: Capabilities, value?: readonly Mount[]): EnforcementFact {
  if (!engine.local && (value === undefined || value.some(({ type }) => type === 'bind')))
    return partly(
      `This engine does not share our files: folders are copied in, read-only, when the run starts.${engine.kind === 'podman' ? ' Podman lets the script add files beside the copied ones.' : ''}`,
      'Use an engine on this machine.',
    );
  if (value?.some(({ type, mode }) => type !== 'tmpfs' && mode === 'rw'))
    return partly('A folder or volume that may be written to has no size limit.');
  return enforced();
}

function landlock(engine: Capabilities, value?: readonly string[]): EnforcementFact {
  return engine.landlock || value?.length === 0
    ? enforced()
    : notHere('The kernel of this engine has no Landlock that is good enough.', 'Use an engine on Linux 6.2 or later.');
}

export const files: FieldsOf<'files'> = {
  'files.mounts': {
    group,
    label: 'Folders',
    help: 'Folders of this machine that the script may see, below those that the settings allow. The script reads and writes with its own id (1000), as the modes of the files say. What is mounted as tmpfs, or copied in, takes its part of a quarter of the scratch. A volume is one that Bellglass made itself, kept on the engine from run to run.',
    kind: mounts,
    defaults: everywhere<readonly Mount[]>([]),
    enforcement: mountsEnforced,
  },
  'files.blocked_paths': {
    group,
    label: 'Blocked paths',
    help: 'Paths of the container that are hidden: a file is empty there, a folder too. What is not there is no error.',
    kind: list(text(FORM, '/etc/hostname', checkBlocked), 'tighter'),
    defaults: none,
    enforcement: enforced,
  },
  'files.access.read': {
    group,
    label: 'Readable paths',
    help: 'Empty: what the image lets everyone read. Otherwise these only, and what a program needs to start: `/usr`, `/proc`, `/dev`, the workspace, and the settings of the loader and of TLS in `/etc`.',
    kind: list(path, 'neither'),
    defaults: none,
    enforcement: landlock,
  },
  'files.access.write': {
    group,
    label: 'Writable paths',
    help: 'Empty: the whole scratch, and folders mounted for writing. Otherwise these only (folders below `/workspace` are made), and devices such as `/dev/null`; `/tmp` needs to be listed too.',
    kind: list(path, 'neither'),
    defaults: none,
    enforcement: landlock,
  },
  'files.access.execute': {
    group,
    label: 'Executable paths',
    help: 'Empty: what the image lets everyone execute. Otherwise these only, and the program that runs the script.',
    kind: list(path, 'neither'),
    defaults: none,
    enforcement: (engine, value) =>
      engine.landlock && value?.length !== 0
        ? partly('A program that may be read can still be started through the loader of programs.')
        : landlock(engine, value),
  },
};
