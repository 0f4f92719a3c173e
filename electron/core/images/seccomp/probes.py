"""Tries every call that the profiles must refuse, each in a process of its own, and prints one JSON object:
name -> {"result": number, "errno": number} or {"signal": number} or {"absent": "why"}. The arguments are harmless: where a call
would do something, they are wrong in a way that only the kernel's own code notices."""
import ctypes, json, mmap, os, platform, signal, struct

X86 = platform.machine() == "x86_64"
libc = ctypes.CDLL(None, use_errno=True)
NOWHERE = b"/nonexistent"
BAD = -1


def call(x86, arm, *args):
    number = x86 if X86 else arm
    if number is None:
        return {"absent": "architecture"}
    ctypes.set_errno(0)
    longs = [ctypes.c_long(a) if isinstance(a, int) else a for a in args]
    result = libc.syscall(ctypes.c_long(number), *longs)
    return {"result": result, "errno": ctypes.get_errno() if result < 0 else 0}


def buffer(size=256, text=b""):
    return ctypes.create_string_buffer(text, size)


def child(x86, arm, *args):
    """A call that returns twice."""
    answer = call(x86, arm, *args)
    if answer.get("result") == 0:
        os._exit(0)
    return answer


def clone(flags):
    return lambda: child(56, 220, flags | signal.SIGCHLD, 0, 0, 0, 0)


def clone3():
    return child(435, 435, buffer(88, struct.pack("<11Q", 0, 0, 0, 0, signal.SIGCHLD, *[0] * 6)), 88)


def sock(family, kind, protocol=0):
    return lambda: call(41, 198, family, kind, protocol)


def by_interrupt():
    if not X86:
        return {"absent": "architecture"}
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")
    start = ctypes.addressof(ctypes.c_char.from_buffer(page))
    return {"result": ctypes.CFUNCTYPE(ctypes.c_int)(start)(), "errno": 0}


def simple(x86, arm, *args):
    return lambda: call(x86, arm, *args)


PROBES = {
    "io_uring_setup": simple(425, 425, 1, buffer()),
    "io_uring_enter": simple(426, 426, BAD, 0, 0, 0, 0, 0),
    "io_uring_register": simple(427, 427, BAD, 0, 0, 0),
    "socket AF_NETLINK route": sock(16, 3, 0),
    "socket AF_NETLINK audit": sock(16, 3, 9),
    "socket AF_NETLINK generic": sock(16, 3, 16),
    "socket AF_PACKET": sock(17, 3),
    "socket AF_ALG": sock(38, 5),
    "socket AF_VSOCK": sock(40, 1),
    "socket AF_KEY": sock(15, 3, 2),
    "socket AF_CAN": sock(29, 3, 1),
    "socket AF_TIPC": sock(30, 2),
    "socket AF_BLUETOOTH": sock(31, 3, 1),
    "socket AF_XDP": sock(44, 3),
    "ptrace": simple(101, 117, 0, 0, 0, 0),
    "process_vm_readv": simple(310, 270, os.getpid(), 0, 0, 0, 0, 0),
    "process_vm_writev": simple(311, 271, os.getpid(), 0, 0, 0, 0, 0),
    "pidfd_getfd": simple(438, 438, BAD, 0, 0),
    "process_madvise": simple(440, 440, BAD, 0, 0, 0, 0),
    "process_mrelease": simple(448, 448, BAD, 0),
    "kcmp": simple(312, 272, os.getpid(), os.getpid(), 0, 0, 0),
    "unshare user": simple(272, 97, 0x10000000),
    "unshare mount": simple(272, 97, 0x00020000),
    "unshare time": simple(272, 97, 0x00000080),
    "setns": simple(308, 268, BAD, 0),
    "clone CLONE_NEWUSER": clone(0x10000000),
    "clone CLONE_NEWNS": clone(0x00020000),
    "clone CLONE_NEWPID": clone(0x20000000),
    "clone CLONE_NEWNET": clone(0x40000000),
    "clone CLONE_NEWIPC": clone(0x08000000),
    "clone CLONE_NEWUTS": clone(0x04000000),
    "clone CLONE_NEWCGROUP": clone(0x02000000),
    "clone CLONE_UNTRACED": clone(0x00800000),
    "clone3": clone3,
    "mount": simple(165, 40, b"none", NOWHERE, b"tmpfs", 0, 0),
    "umount2": simple(166, 39, NOWHERE, 0),
    "chroot": simple(161, 51, NOWHERE),
    "pivot_root": simple(155, 41, NOWHERE, NOWHERE),
    "fsopen": simple(430, 430, 0, 0),
    "fsconfig": simple(431, 431, BAD, 0, 0, 0, 0),
    "fsmount": simple(432, 432, BAD, 0, 0),
    "fspick": simple(433, 433, BAD, NOWHERE, 0),
    "move_mount": simple(429, 429, BAD, NOWHERE, BAD, NOWHERE, 0),
    "open_tree": simple(428, 428, BAD, NOWHERE, 0),
    "mount_setattr": simple(442, 442, BAD, NOWHERE, 0, 0, 0),
    "listmount": simple(458, 458, 0, 0, 0, 0),
    "statmount": simple(457, 457, 0, 0, 0, 0),
    "bpf": simple(321, 280, 0, buffer(), 64),
    "keyctl": simple(250, 219, 0, -3, 1),
    "add_key": simple(248, 217, 0, 0, 0, 0, 0),
    "request_key": simple(249, 218, 0, 0, 0, 0),
    "userfaultfd": simple(323, 282, 1),
    "perf_event_open": simple(298, 241, 0, 0, -1, -1, 0),
    "memfd_secret": simple(447, 447, 0),
    "vmsplice": simple(278, 75, BAD, 0, 0, 0),
    "modify_ldt": simple(154, None, 0, buffer(), 16),
    "iopl": simple(172, None, 0),
    "ioperm": simple(173, None, 0x80, 1, 0),
    "init_module": simple(175, 105, 0, 0, 0),
    "finit_module": simple(313, 273, BAD, 0, 0),
    "delete_module": simple(176, 106, 0, 0),
    "kexec_load": simple(246, 104, 0, 1_000_000, 0, 0),
    "kexec_file_load": simple(320, 294, BAD, BAD, 0, 0, 0xFFFF),
    "reboot": simple(169, 142, 0, 0, 0, 0),
    "swapon": simple(167, 224, NOWHERE, 0),
    "swapoff": simple(168, 225, NOWHERE),
    "acct": simple(163, 89, NOWHERE),
    "quotactl": simple(179, 60, -1, NOWHERE, 0, 0),
    "syslog": simple(103, 116, 10, 0, 0),
    "sethostname": simple(170, 161, 0, -1),
    "setdomainname": simple(171, 162, 0, -1),
    "settimeofday": simple(164, 170, 1, 0),
    "clock_settime": simple(227, 112, 999, 0),
    "adjtimex": simple(159, 171, buffer()),
    "fanotify_init": simple(300, 262, 0, 0),
    "name_to_handle_at": simple(303, 264, BAD, NOWHERE, 0, 0, 0),
    "open_by_handle_at": simple(304, 265, BAD, buffer(), 0),
    "mbind": simple(237, 235, 0, 0, 99, 0, 0, 0),
    "get_mempolicy": simple(239, 236, 0, 0, 0, 0, 0),
    "set_mempolicy": simple(238, 237, 99, 0, 0),
    "migrate_pages": simple(256, 238, 0, 0, 1, 1),
    "move_pages": simple(279, 239, 0, 0, 0, 0, 0, 0),
    "32-bit call": by_interrupt,
}


def attempt(probe):
    """Runs in a child, so that a killed one is seen and nothing that succeeds changes the next attempt."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(write, json.dumps(probe()).encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as stream:
        text = stream.read()
    _, status = os.waitpid(pid, 0)
    return {"signal": os.WTERMSIG(status)} if os.WIFSIGNALED(status) else json.loads(text)


print(json.dumps({name: attempt(probe) for name, probe in PROBES.items()}))
