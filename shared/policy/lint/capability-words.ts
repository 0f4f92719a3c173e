/** What each Linux capability gives a script, in one clause. Source: Linux manual, capabilities(7). */

/** The holder can become root of the machine, or nearly. */
export const ROOT_LIKE: Readonly<Record<string, string>> = {
  BPF: 'loads programs into the kernel',
  DAC_READ_SEARCH: 'opens every file by its handle, past every permission',
  MAC_ADMIN: 'changes the rules of AppArmor and SELinux',
  MAC_OVERRIDE: 'passes the rules of AppArmor and SELinux',
  MKNOD: 'makes device files',
  PERFMON: 'watches the kernel and other programs',
  SYS_ADMIN: 'mounts, makes namespaces and does most of what root does',
  SYS_BOOT: 'restarts the machine and loads another kernel',
  SYS_MODULE: 'loads kernel modules',
  SYS_PTRACE: 'reads and changes other processes',
  SYS_RAWIO: 'reads and writes memory and devices of the machine',
};

/** The holder gets more than any script needs. */
export const POWERFUL: Readonly<Record<string, string>> = {
  AUDIT_CONTROL: 'turns the audit of the kernel off',
  AUDIT_READ: 'reads the audit of the kernel',
  AUDIT_WRITE: 'writes to the audit of the kernel',
  BLOCK_SUSPEND: 'keeps the machine awake',
  CHECKPOINT_RESTORE: 'freezes and restores processes',
  CHOWN: 'gives files to other users',
  DAC_OVERRIDE: 'reads and writes past the permissions of files',
  FOWNER: 'changes files of other users',
  FSETID: 'keeps set-user-id bits on files that it changes',
  IPC_LOCK: 'locks memory so that it cannot be reclaimed',
  IPC_OWNER: 'passes the permissions of shared memory',
  KILL: 'ends processes of other users',
  LEASE: 'takes leases on files of others',
  LINUX_IMMUTABLE: 'makes files that cannot be changed',
  NET_ADMIN: 'changes interfaces, routes and packet filters',
  NET_BIND_SERVICE: 'listens on ports below 1024',
  NET_BROADCAST: 'sends broadcasts and listens to multicasts',
  NET_RAW: 'makes raw packets and listens to the network',
  SETFCAP: 'gives capabilities to files',
  SETPCAP: 'hands capabilities on',
  SYS_CHROOT: 'changes its root folder',
  SYS_NICE: 'raises its priority over others',
  SYS_PACCT: 'turns process accounting on and off',
  SYS_RESOURCE: 'passes limits and quotas',
  SYS_TIME: 'sets the clock of the machine',
  SYS_TTY_CONFIG: 'changes terminals of the machine',
  SYSLOG: 'reads the log of the kernel',
  WAKE_ALARM: 'wakes the machine',
};
