/** Rules about folders of this machine and paths of the sandbox. */
import type { EffectivePolicy, Mount } from '../../../domain/policy.ts';
import type { Suggestion } from '../../../domain/run.ts';
import { plain, replace, setTo, when } from '../fix.ts';
import { place, plainSource, type Place } from '../places.ts';
import type { Hit, Rule } from '../rule.ts';

const FIELD = 'files.mounts';
const SENSITIVE = 'CIS Docker Benchmark 1.2.0, 5.5; NIST SP 800-190, 3.5.5';

function without(policy: EffectivePolicy, mount: Mount): Suggestion | null {
  const rest = policy.fields[FIELD].value.filter((other) => other !== mount);
  return setTo(FIELD, rest, `Remove ${plain(mount.source ?? mount.target)}`);
}

function readOnly(policy: EffectivePolicy, mount: Mount): Suggestion | null {
  const all = policy.fields[FIELD].value.map((other) => (other === mount ? { ...other, mode: 'ro' as const } : other));
  return setTo(FIELD, all, `Make ${plain(mount.source ?? mount.target)} read-only`);
}

function each(
  policy: EffectivePolicy,
  say: (mount: Mount, kind: Place | null) => string | null,
  fix: (policy: EffectivePolicy, mount: Mount) => Suggestion | null = without,
): Hit[] {
  return policy.fields[FIELD].value.flatMap((mount) => {
    const message = say(mount, mount.type === 'bind' ? place(mount.source ?? '') : null);
    return message === null ? [] : [{ message, fix: fix(policy, mount) }];
  });
}

const under = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);
const shows = (mount: Mount, what: string): string => `${plain(mount.source ?? '')} ${what}.`;
const removes = 'Removes the folder. Name the one folder with the data instead.';

export const files: readonly Rule[] = [
  {
    rule: 'bind-of-home',
    severity: 'danger',
    field: FIELD,
    reason: 'A home folder holds keys, browser profiles and mail besides what the script is meant to see.',
    reference: `${SENSITIVE}; MITRE ATT&CK T1552.001, credentials in files`,
    mends: removes,
    check: (policy) => each(policy, (mount, kind) => (kind === 'home' ? shows(mount, 'is a home folder') : null)),
  },
  {
    rule: 'bind-of-credentials',
    severity: 'danger',
    field: FIELD,
    reason: 'Keys and sessions that a script reads are its own from then on.',
    reference: 'MITRE ATT&CK T1552.001, T1552.004 and T1555.003',
    mends: removes,
    check: (policy) =>
      each(policy, (mount, kind) => (kind === 'credentials' ? shows(mount, 'holds keys or sessions') : null)),
  },
  {
    rule: 'bind-of-disk',
    severity: 'danger',
    field: FIELD,
    reason: 'A whole disk or all homes is everything that the machine has.',
    reference: SENSITIVE,
    mends: removes,
    check: (policy) =>
      each(policy, (mount, kind) => (kind === 'disk' ? shows(mount, 'is a whole disk, or all homes') : null)),
  },
  {
    rule: 'bind-of-system',
    severity: 'danger',
    field: FIELD,
    reason: 'Folders of the system tell how to attack it, and writing to them changes it.',
    reference: SENSITIVE,
    mends: removes,
    check: (policy) =>
      each(policy, (mount, kind) => (kind === 'system' ? shows(mount, 'is a folder of the system') : null)),
  },
  {
    rule: 'writable-home',
    severity: 'danger',
    field: FIELD,
    reason: 'Who writes to a home folder writes to what runs at the next login.',
    reference: 'MITRE ATT&CK T1546.004, Unix shell configuration; NIST SP 800-190, 3.5.5',
    mends: 'Makes the folder read-only.',
    check: (policy) =>
      each(
        policy,
        (mount, kind) =>
          mount.mode === 'rw' && kind !== null && kind !== 'project'
            ? shows(mount, `may be written to, and is more than data (${kind})`)
            : null,
        readOnly,
      ),
  },
  {
    rule: 'writable-project',
    severity: 'danger',
    field: FIELD,
    reason:
      'A script that may write to its own project can change its policy file, its hooks and its scripts for the next run.',
    reference: 'POL-3; CVE-2022-24765 shows what a planted file in a project does',
    mends: 'Makes the folder read-only.',
    check: (policy) =>
      each(
        policy,
        (mount, kind) => (mount.mode === 'rw' && kind === 'project' ? shows(mount, 'is the project itself') : null),
        readOnly,
      ),
  },
  {
    rule: 'writable-folder',
    severity: 'warning',
    field: FIELD,
    reason: 'What a script writes to a folder of this machine stays, and no size limit holds it.',
    reference: 'NIST SP 800-190, 3.5.5, host OS file system tampering',
    mends: 'Makes the folder read-only; results can leave by `/workspace/output` instead.',
    check: (policy) =>
      each(
        policy,
        (mount, kind) =>
          mount.mode === 'rw' && mount.type === 'bind' && kind === null ? shows(mount, 'may be written to') : null,
        readOnly,
      ),
  },
  {
    rule: 'writable-volume',
    severity: 'warning',
    field: FIELD,
    reason: 'A volume outlives the run: what one script leaves there, the next one finds.',
    reference: 'RUN-10: a sandbox leaves nothing behind',
    mends: 'Makes the volume read-only.',
    check: (policy) =>
      each(
        policy,
        (mount) =>
          mount.mode === 'rw' && mount.type === 'volume' ? `The volume ${shows(mount, 'may be written to')}` : null,
        readOnly,
      ),
  },
  {
    rule: 'mount-over-programs',
    severity: 'warning',
    field: FIELD,
    reason: 'A folder over those of the image replaces the programs, libraries or settings that were checked.',
    reference: 'CWE-426, untrusted search path',
    mends: 'Removes the folder. Choose a target of its own, such as `/data`.',
    check: (policy) =>
      each(policy, ({ target }) => {
        const path = plainSource(target);
        const over = ['/bin', '/etc', '/lib', '/lib64', '/opt', '/proc', '/sbin', '/sys', '/usr', '/var', '/dev'].find(
          (folder) => under(path, folder),
        );
        return over === undefined && path !== '/' ? null : `${plain(target)} lies over ${over ?? '/'} of the image.`;
      }),
  },
  {
    rule: 'write-and-execute',
    severity: 'warning',
    field: 'files.access.execute',
    reason: 'Where a script may both write and execute, it runs programs that it brought along.',
    reference: 'Linux kernel documentation, Landlock; the rule of W^X, applied to files',
    mends: 'Takes the path from those that may be executed.',
    check(policy) {
      const write = policy.fields['files.access.write'].value;
      return policy.fields['files.access.execute'].value.flatMap((path): Hit[] => {
        const by = write.find((folder) => under(path, folder) || under(folder, path) || folder === '/' || path === '/');
        if (by === undefined) return [];
        const message = `${plain(path)} may be executed, and ${plain(by)} written.`;
        return [{ message, fix: replace(policy, 'files.access.execute', path) }];
      });
    },
  },
  {
    rule: 'path-twice',
    severity: 'info',
    field: 'files.blocked_paths',
    reason: 'A path inside a blocked folder is blocked already; who frees it later finds it still closed.',
    reference: 'POL-8: blocked paths are masked whole',
    mends: 'Removes the inner path.',
    check(policy) {
      const all = policy.fields['files.blocked_paths'].value;
      return all.flatMap((path): Hit[] => {
        const by = all.find((folder) => folder !== path && under(path, folder));
        if (by === undefined) return [];
        return [{ message: `${plain(path)} lies in ${plain(by)}.`, fix: replace(policy, 'files.blocked_paths', path) }];
      });
    },
  },
  {
    rule: 'allowed-path-is-blocked',
    severity: 'warning',
    field: 'files.access.read',
    reason: 'A mask is stronger than an allowance, so the path reads as empty.',
    reference: 'POL-8: blocked paths are masked whole',
    mends: 'Removes the path from the readable ones.',
    check(policy) {
      const blocked = policy.fields['files.blocked_paths'].value;
      return policy.fields['files.access.read'].value.flatMap((path): Hit[] => {
        const by = blocked.find((folder) => under(path, folder));
        if (by === undefined) return [];
        const message = `${plain(path)} is readable by rule and blocked by ${plain(by)}.`;
        return [{ message, fix: replace(policy, 'files.access.read', path) }];
      });
    },
  },
  {
    rule: 'many-folders',
    severity: 'info',
    field: FIELD,
    reason: 'Nobody reviews a long list of folders with care.',
    reference: 'NIST SP 800-190, 4.4.3, insecure container runtime configurations',
    mends: 'None: which folders are needed is for a person to say.',
    check: ({ fields }) =>
      when(
        fields[FIELD].value.length > 8,
        () => `${fields[FIELD].value.length} folders are shown to the script.`,
        () => null,
      ),
  },
];
