/**
 * Which system calls a script gets, as data (SEC-2). `electron/core/images/seccomp/profile.ts` turns it into the files in assets/seccomp;
 * names that an engine's libseccomp does not know are skipped by it, so both architectures share one table.
 */

const words = (text: string): string[] => text.trim().split(/\s+/);

/** Calls that both profiles allow whatever their arguments: what Python, Node.js and shell programs were seen to use, and their close kin. */
export const COMMON: Readonly<Record<string, readonly string[]>> = {
  files: words(`
    access chdir chmod chown close close_range copy_file_range creat dup dup2 dup3 faccessat faccessat2 fadvise64 fallocate
    fchdir fchmod fchmodat fchmodat2 fchown fchownat fcntl fdatasync fgetxattr flistxattr flock fremovexattr fsetxattr fstat
    fstatfs fsync ftruncate futimesat getcwd getdents getdents64 getxattr lchown lgetxattr link linkat listxattr llistxattr
    lremovexattr lseek lsetxattr lstat mkdir mkdirat mknod mknodat newfstatat open openat openat2 pread64 preadv preadv2
    pwrite64 pwritev pwritev2 read readahead readlink readlinkat readv removexattr rename renameat renameat2 rmdir sendfile
    setxattr stat statfs statx symlink symlinkat sync sync_file_range syncfs truncate umask unlink unlinkat utime utimensat
    utimes write writev inotify_add_watch inotify_init inotify_init1 inotify_rm_watch ioctl`),
  memory: words(`
    brk madvise membarrier mincore mlock mlock2 mlockall mmap mprotect mremap msync munlock munlockall munmap pkey_alloc
    pkey_free pkey_mprotect`),
  processes: words(`
    arch_prctl capget capset execve exit exit_group fork vfork getcpu getegid geteuid getgid getgroups getpgid getpgrp getpid
    getppid getpriority getresgid getresuid getrlimit getrusage getsid gettid getuid kill pidfd_open pidfd_send_signal prctl
    prlimit64 rseq sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr sched_getparam
    sched_getscheduler sched_rr_get_interval sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield
    set_robust_list get_robust_list set_tid_address setfsgid setfsuid setgid setgroups setpgid setpriority setregid setresgid
    setresuid setreuid setrlimit setsid setuid tgkill tkill times uname uretprobe wait4 waitid`),
  signalsAndTime: words(`
    alarm clock_getres clock_gettime clock_nanosleep getitimer gettimeofday nanosleep pause restart_syscall rt_sigaction
    rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_tgsigqueueinfo setitimer
    sigaltstack signalfd signalfd4 time timer_create timer_delete timer_getoverrun timer_gettime timer_settime
    timerfd_create timerfd_gettime timerfd_settime`),
  waiting: words(`
    epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait eventfd eventfd2 futex futex_waitv pipe pipe2
    poll ppoll pselect6 select`),
  sockets: words(`
    accept accept4 bind connect getpeername getsockname getsockopt listen recvfrom recvmmsg recvmsg sendmmsg sendmsg sendto
    setsockopt shutdown`),
  rest: words(`getrandom sysinfo landlock_add_rule landlock_create_ruleset landlock_restrict_self`),
};

/** What `standard` allows beyond that: older ways to talk between processes, asynchronous files, program loading from memory. */
export const STANDARD_ONLY: readonly string[] = words(`
  cachestat execveat futex_requeue futex_wait futex_wake io_cancel io_destroy io_getevents io_pgetevents io_setup io_submit
  ioprio_get ioprio_set map_shadow_stack memfd_create mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedsend mq_unlink
  mseal msgctl msgget msgrcv msgsnd remap_file_pages seccomp semctl semget semop semtimedop shmat shmctl shmdt shmget splice
  tee`);

/** Refused by both with EPERM: power over the kernel, the machine or other processes. */
export const FORBIDDEN: readonly string[] = words(`
  _sysctl acct add_key adjtimex bpf chroot clock_adjtime clock_settime create_module delete_module fanotify_init fanotify_mark
  finit_module fsconfig fsmount fsopen fspick get_kernel_syms init_module ioperm iopl kcmp kexec_file_load kexec_load keyctl
  lookup_dcookie mbind get_mempolicy migrate_pages modify_ldt
  mount mount_setattr move_mount move_pages name_to_handle_at nfsservctl open_by_handle_at open_tree perf_event_open
  pidfd_getfd pivot_root process_madvise process_mrelease process_vm_readv process_vm_writev ptrace query_module quotactl
  quotactl_fd reboot request_key set_mempolicy set_mempolicy_home_node setdomainname sethostname setns settimeofday
  swapoff swapon sysfs syslog umount2 unshare uselib userfaultfd ustat vhangup vmsplice`);

/** Refused by both with ENOSYS, so that libraries take the older way round. */
export const ABSENT: readonly string[] = words(`
  clone3 io_uring_enter io_uring_register io_uring_setup listmount lsm_get_self_attr lsm_list_modules lsm_set_self_attr
  memfd_secret statmount`);

/** Flags of clone() that make a namespace (mount, cgroup, UTS, IPC, user, PID, network), then CLONE_UNTRACED, with which a child would escape an observer. */
export const CLONE_REFUSED = [
  0x0002_0000, 0x0200_0000, 0x0400_0000, 0x0800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000, 0x0080_0000,
] as const;

/** Address families that a script may open: UNIX, INET, INET6. */
export const FAMILIES = [1, 2, 10] as const;

/** Asked for with NETLINK_ROUTE by Node.js to list the network interfaces. */
export const NETLINK = 16;
export const NETLINK_ROUTE = 0;

/** Arguments of personality(): the usual one and the question "which?"; standard adds UNAME26 and 32-bit appearance. */
export const PERSONALITIES = { strict: [0, 0xffff_ffff], standard: [0, 0x8, 0x2_0000, 0x2_0008, 0xffff_ffff] } as const;

/**
 * Without one of these the sandbox itself or every program in it fails to start, or ends wrongly: measured by taking each
 * call away, with runc and crun; and what they, the warden and the waiter were seen to call.
 */
export const ESSENTIAL: readonly string[] = words(`
  arch_prctl chdir close epoll_ctl execve exit exit_group fstatfs futex getdents64 getegid geteuid getgid getpgrp getpid
  getuid mkdir mmap mprotect newfstatat openat pread64 pselect6 read rt_sigaction rt_sigprocmask rt_sigreturn select wait4
  write`);

/** Calls that depend on their arguments: families of sockets, flags of clone, personalities. */
export const CONDITIONAL: readonly string[] = ['clone', 'personality', 'socket', 'socketpair'];

/** Every call that the profiles have a word about. */
export const KNOWN_CALLS: readonly string[] = [
  ...new Set([...Object.values(COMMON).flat(), ...STANDARD_ONLY, ...FORBIDDEN, ...ABSENT, ...CONDITIONAL]),
].toSorted();
