# Tries what each question asks for, in a child process, and prints one line of JSON: whether each attempt worked, or null.
import ctypes, json, os, platform, shutil, signal, socket, stat, sys, time

NUMBERS = {  # x86_64, aarch64
    'getpid': (39, 172), 'getcwd': (79, 17), 'dup': (32, 23), 'close': (3, 57), 'read': (0, 63), 'pipe2': (293, 59),
    'epoll_create1': (291, 20), 'eventfd2': (290, 19), 'sysinfo': (99, 179), 'getrandom': (318, 278), 'splice': (275, 76),
    'tee': (276, 77), 'memfd_create': (319, 279), 'shmget': (29, 194), 'io_setup': (206, 0), 'ptrace': (101, 117),
    'mount': (165, 40), 'umount2': (166, 39), 'bpf': (321, 280), 'keyctl': (250, 219), 'userfaultfd': (323, 282),
    'perf_event_open': (298, 241), 'unshare': (272, 97), 'setns': (308, 268), 'io_uring_setup': (425, 425),
    'vmsplice': (278, 75), 'chroot': (161, 51), 'kexec_load': (246, 104), 'process_vm_readv': (310, 270),
}
libc = ctypes.CDLL(None, use_errno=True)


def syscall(name):
    number = NUMBERS[name][1 if platform.machine() == 'aarch64' else 0]
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(number), ctypes.c_long(-1), *[ctypes.c_long(0)] * 5)
    return result >= 0 or ctypes.get_errno() not in (1, 38)


def memory(size):
    block = bytearray(size)
    for at in range(0, size, 4096):
        block[at] = 1
    return True


def cpu(percent):
    try:
        base = '/sys/fs/cgroup/cpu/'
        quota, period = (int(open(base + name).read()) for name in ('cpu.cfs_quota_us', 'cpu.cfs_period_us'))
    except OSError:
        quota, period = (int(word) for word in open('/sys/fs/cgroup/cpu.max').read().split())
    return percent <= quota * 100 / period


def processes(count):
    # This child and its parent are two of them.
    children = []
    try:
        for _ in range(count - 2):
            child = os.fork()
            if child == 0:
                time.sleep(60)
                os._exit(0)
            children.append(child)
        return True
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def open_files(count):
    held = []
    while True:
        now = len(os.listdir('/proc/self/fd')) - 1
        if now >= count:
            return True
        held.append(os.open('/dev/null', os.O_RDONLY))
        if count - now > 40:
            held.extend(os.open('/dev/null', os.O_RDONLY) for _ in range(count - now - 20))


def read(path):
    if os.path.isdir(path):
        return len(os.listdir(path)) > 0
    with open(path, 'rb') as file:
        return file.read(1) != b''


def write(path, size):
    with open(path, 'wb', buffering=0) as file:
        try:
            while size > 0:
                size -= file.write(b'x' * min(size, 1 << 20))
        finally:
            if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                os.unlink(path)
    return True


def execute(path):
    if not os.path.exists(path):
        shutil.copy('/usr/bin/true', path)
        os.chmod(path, 0o755)
    os.execv(path, [path])


def capability(number):
    for line in open('/proc/self/status'):
        if line.startswith('CapEff:'):
            return bool(int(line.split()[1], 16) >> number & 1)


def listen(port):
    with socket.socket() as server:
        server.bind(('127.0.0.1', port))
        server.listen()
        return True


def connect(host, port):
    with socket.create_connection((host, port), timeout=3):
        return True


def lookup(name):
    return bool(socket.getaddrinfo(name, 443))


TRIES = {
    'syscall': syscall, 'memory': memory, 'cpu': cpu, 'processes': processes, 'open-files': open_files, 'read': read,
    'write': write, 'execute': execute, 'capability': capability, 'listen': listen, 'connect': connect, 'lookup': lookup,
    'env': lambda name: name in os.environ,
}


def attempt(kind, args):
    child = os.fork()
    if child == 0:
        signal.alarm(20)
        try:
            worked = TRIES[kind](*args)
        except FileNotFoundError if kind in ('read', 'execute') else ():
            os._exit(2)
        except BaseException as error:
            print(kind, args, repr(error), file=sys.stderr)
            worked = False
        sys.stderr.flush()
        os._exit(0 if worked else 1)
    status = os.waitpid(child, 0)[1]
    # Nothing there to try with: neither allowed nor refused.
    return None if status == 2 << 8 else status == 0


print(json.dumps([attempt(kind, args) for kind, args in json.load(open('questions.json'))]))
