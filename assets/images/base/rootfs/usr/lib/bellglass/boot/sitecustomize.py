# A Python that was started before its script is known: it stops here, at the last step of its own start, reads one payload
# (see `waiter`, whose words it speaks) and goes on as if nothing had been. Nothing of this file is left when the script begins.
# Found by PYTHONPATH; needs no module that a bare Python has not loaded by now.


def wait():
    import os
    import posix
    import sys

    held = b''

    def fail(code, why):
        posix.write(2, b'bellglass: ' + str(why).encode('utf-8', 'replace') + b'\n')
        posix._exit(code)

    def read(length):
        nonlocal held
        parts = []
        if held:
            parts.append(held[:length])
            held = held[length:]
            length -= len(parts[0])
        while length > 0:
            part = posix.read(0, min(length, 65536))
            if not part:
                fail(125, 'the payload ended early')
            parts.append(part)
            length -= len(part)
        return b''.join(parts)

    def number():
        return int.from_bytes(read(4), 'big')

    def put(path, mode, length):
        file = posix.open(path, posix.O_WRONLY | posix.O_CREAT | posix.O_TRUNC | posix.O_CLOEXEC, 0o666)
        while length > 0:
            part = read(min(length, 65536))
            length -= len(part)
            while part:
                part = part[posix.write(file, part):]
        posix.close(file)
        posix.chmod(path, mode)

    def payload():
        nonlocal held
        env, argv, folder = [], [], None
        total = int(read(8), 16)
        if total <= 1048576:
            held = read(total)
        while total > 0:
            kind = read(1)
            length = number()
            total -= 5 + length
            if kind == b'F':
                mode, size = number(), number()
                put(read(size), mode, length - 8 - size)
            elif kind == b'D':
                mode, path = number(), read(length - 4)
                try:
                    posix.mkdir(path, mode)
                except FileExistsError:
                    pass
                posix.chmod(path, mode)
            elif kind == b'S':
                path = read(number())
                posix.symlink(read(length - 4 - len(path)), path)
            elif kind == b'M':
                mode = number()
                try:
                    posix.chmod(read(length - 4), mode)
                except OSError:
                    pass
            elif kind == b'E':
                name, _, text = read(length).partition(b'=')
                env.append((name, text))
            elif kind == b'A':
                argv.append(read(length))
            elif kind == b'W':
                folder = read(length)
            else:
                fail(126, 'a started interpreter cannot do what the policy asks for')
        return env, argv, folder

    # What Python or its C library looks at while it starts, and never again.
    def decides(name):
        return name.startswith((b'PYTHON', b'LC_', b'LD_', b'MALLOC_', b'GLIBC_', b'GCONV_')) or name in (
            b'HOME', b'LANG', b'LANGUAGE', b'LOCPATH', b'NLSPATH', b'TZ', b'TZDIR')

    own = __file__.rpartition('/')[0]
    try:
        before = posix.environ
        prepares = before.pop(b'BELLGLASS_WAITER', b'') == b'prepare'
        before.pop(b'PYTHONPATH', None)
        # The dictionary is only what Python knows of it.
        posix.unsetenv(b'BELLGLASS_WAITER')
        posix.unsetenv(b'PYTHONPATH')
        posix.umask(0o022)
        posix.write(1, b'ready %d\n' % posix.getpid())
        if prepares:
            payload()
            posix.write(1, b'prepared\n')
        env, argv, folder = payload()
        try:
            posix.chdir(folder)
        except OSError:
            fail(126, 'no such working folder: ' + os.fsdecode(folder))
        same = {name: text for name, text in env if decides(name)} == {name: before[name] for name in before if decides(name)}
        if not same or [os.fsencode(one) for one in sys.orig_argv] != argv:
            posix.execve(argv[0], argv, dict(env))
        os.environ.clear()
        before.clear()
        for name, text in env:
            os.environ[os.fsdecode(name)] = os.fsdecode(text)
            before[name] = text
        sys.path.remove(own)
        sys.path_importer_cache.pop(own, None)
        del sys.modules['sitecustomize']
    except BaseException as problem:
        fail(125, problem)


wait()
del wait
try:
    # The one that this Python would have loaded.
    import sitecustomize
except ImportError:
    pass
