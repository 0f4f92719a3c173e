/** What of the file system a script sees (POL-8). */
import { everywhere, future, type FieldsOf } from '../field.ts';
import { list, mounts, text } from '../kinds.ts';
import type { Mount } from '../../domain/policy.ts';

const group = 'Files';
const path = text(/^\/[^\0\n]*$/, '/etc/hostname');
const none = everywhere<readonly string[]>([]);

export const files: FieldsOf<'files'> = {
  'files.mounts': {
    group,
    label: 'Folders',
    help: 'Folders of this machine that the script may see.',
    kind: mounts,
    defaults: everywhere<readonly Mount[]>([]),
    ...future('folders of this machine inside a sandbox'),
  },
  'files.blocked_paths': {
    group,
    label: 'Blocked paths',
    help: 'Paths of the container that the script cannot open.',
    kind: list(path, 'tighter'),
    defaults: none,
    ...future('blocked paths'),
  },
  'files.access.read': {
    group,
    label: 'Readable paths',
    help: 'Empty: what the image lets everyone read.',
    kind: list(path, 'neither'),
    defaults: none,
    ...future('path rules'),
  },
  'files.access.write': {
    group,
    label: 'Writable paths',
    help: 'Empty: the scratch only.',
    kind: list(path, 'neither'),
    defaults: none,
    ...future('path rules'),
  },
  'files.access.execute': {
    group,
    label: 'Executable paths',
    help: 'Empty: what the image lets everyone execute.',
    kind: list(path, 'neither'),
    defaults: none,
    ...future('path rules'),
  },
};
