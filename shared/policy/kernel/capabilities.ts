/** Kernel capabilities (capabilities(7)): their names, and which of them no policy may grant (POL-1). */
import { closest } from '../../lib/closest.ts';
import { invalid } from '../kinds.ts';

const words = (text: string): string[] => text.trim().split(/\s+/);

/** In the order of their numbers: `CHOWN` is 0. */
export const CAPABILITIES: readonly string[] = words(`
  CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE
  NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN
  SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE
  MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE`);

/** With these a script could take user id 0 or one of ours, which no script ever gets. */
const NEVER: readonly string[] = ['SETUID', 'SETGID'];

/** Capabilities whose purpose our call filter refuses: they are granted and do next to nothing. */
export const FILTERED: readonly string[] = words(
  'NET_ADMIN NET_RAW SYS_MODULE SYS_CHROOT SYS_BOOT SYS_TIME SYSLOG PERFMON BPF AUDIT_READ AUDIT_WRITE AUDIT_CONTROL',
);

/** The number of a capability by the name that {@link parseCapability} gives. */
export function capabilityNumber(name: string): number {
  return CAPABILITIES.indexOf(name);
}

/** Any case, with or without `CAP_`. Throws AppError `policy-invalid` for an unknown name or one that no policy may grant. */
export function parseCapability(text: string): string {
  const name = text.trim().toUpperCase().replace(/^CAP_/, '');
  if (NEVER.includes(name))
    throw invalid(
      `The capability ${name} is never granted.`,
      'With it a script could take user id 0 or an id of Bellglass, which no script ever gets.',
      'Choose another user with `security.user` instead.',
    );
  if (CAPABILITIES.includes(name)) return name;
  const shown = JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
  const near = closest(
    name,
    CAPABILITIES.map((one) => one.toLowerCase()),
  )?.toUpperCase();
  throw invalid(
    `There is no kernel capability ${shown}.`,
    'The name is not one of the list of Linux.',
    near === undefined ? 'Look it up with `man 7 capabilities`.' : `Did you mean \`${near}\`?`,
  );
}
