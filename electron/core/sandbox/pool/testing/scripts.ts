/** Scripts that look at everything in which one interpreter could differ from another (RUN-11). */
import type { Launch } from '#shared/contract/runs.ts';
import { toBase64, utf8 } from '#shared/script/bytes.ts';

export interface Look {
  readonly name: string;
  readonly script: string;
  readonly more?: Partial<Launch>;
}

const look = (name: string, script: string, more: Partial<Launch> = {}): Look => ({ name, script, more });

export const PYTHON: readonly Look[] = [
  look('arguments', 'import sys; print(sys.argv, sys.orig_argv, open("/proc/self/cmdline").read())'),
  look(
    'names of the main module',
    'print({k: v for k, v in globals().items() if k not in ("__loader__", "__builtins__")})',
  ),
  look(
    'the main module itself',
    'import sys, __main__; print(__main__.__dict__ is globals(), __name__, __builtins__, type(__loader__))',
  ),
  look('loaded modules', 'import sys; print(list(sys.modules))'),
  look('search path', 'import sys; print(sys.path, list(sys.path_importer_cache), sys.meta_path, sys.path_hooks)'),
  look(
    'flags',
    'import sys; print(sys.flags, sys.warnoptions, sys._xoptions, sys.executable, sys.prefix, sys.implementation)',
  ),
  look(
    'site',
    'import site, sitecustomize; print(site.ENABLE_USER_SITE, site.PREFIXES, site.getusersitepackages(), sitecustomize.__file__)',
  ),
  look(
    'a traceback',
    'def inner():\n    raise ValueError("no")\ntry:\n    inner()\nexcept ValueError as cause:\n    raise KeyError("outer") from cause',
  ),
  look('a syntax error', 'x = 1\nif x\n    print(x)\n'),
  look(
    'frames',
    'import sys, inspect, traceback; print(sys._getframe().f_back, len(inspect.stack())); traceback.print_stack(file=sys.stdout)',
  ),
  look('depth', 'def deeper(n):\n    try: return deeper(n + 1)\n    except RecursionError: return n\nprint(deeper(0))'),
  look('sys.exit with a text', 'import sys; sys.exit("the reason")'),
  look('sys.exit with a number', 'import sys, atexit; atexit.register(print, "last"); sys.exit(3)'),
  look('os._exit', 'import os, sys; print("first"); os._exit(7)'),
  look('death by signal', 'import os, signal; print("first"); os.kill(os.getpid(), signal.SIGTERM)'),
  look('an interrupt', 'import os, signal\ntry: os.kill(os.getpid(), signal.SIGINT)\nfinally: print("finally")'),
  look(
    'signal handlers',
    'import signal; print([(s.name, signal.getsignal(s)) for s in sorted(signal.valid_signals()) if isinstance(s, signal.Signals) and s.name != "SIGINT"], signal.pthread_sigmask(0, []))',
  ),
  look(
    'input',
    'import sys; print(repr(input()), repr(sys.stdin.readline()), repr(sys.stdin.buffer.read()), sys.stdin)',
    { stdin: 'one\ntwo\nthrée' },
  ),
  look('no input', 'print(repr(open(0).read())); input()'),
  look(
    'encodings',
    'import sys, locale; print([(s.encoding, s.errors, s.line_buffering, s.write_through, s.mode) for s in (sys.stdin, sys.stdout, sys.stderr)], sys.getfilesystemencoding(), locale.getpreferredencoding(), "é…😀")',
  ),
  look(
    'locale',
    'import locale, time; print(locale.setlocale(locale.LC_ALL), locale.setlocale(locale.LC_ALL, ""), locale.localeconv(), time.tzname)',
  ),
  look(
    'environment',
    'import os, posix\nskip = "BELLGLASS_RUN_ID"\nprint(sorted((k, v) for k, v in os.environ.items() if k != skip), sorted(posix.environ), os.getenv("MINE"), len(os.environ[skip]))\nos.system("env | grep -v RUN_ID | sort")',
    { env: { MINE: 'a=b é', EMPTY: '' }, secrets: { TOKEN: 'hidden' } },
  ),
  look(
    'an environment that decides',
    'import sys, os; print(sys.flags.optimize, os.environ["PYTHONOPTIMIZE"], hash("x"))',
    { env: { PYTHONOPTIMIZE: '1', PYTHONHASHSEED: '7' } },
  ),
  look(
    'warnings',
    'import warnings, sys; warnings.warn("careful"); warnings.warn("old", DeprecationWarning); print(warnings.filters, file=sys.stderr)',
  ),
  look(
    'order at the end',
    'import atexit, threading, time\natexit.register(print, "atexit")\nthreading.Thread(target=lambda: (time.sleep(0.2), print("thread"))).start()\nprint("main ends")',
  ),
  look(
    'threads',
    'import threading; print(threading.main_thread() is threading.current_thread(), threading.active_count(), threading.get_native_id() == __import__("os").getpid(), threading.stack_size())',
  ),
  look(
    'multiprocessing',
    'import multiprocessing as m\ndef work(x): return x * x, __name__\nif __name__ == "__main__":\n    for how in ("fork", "spawn"):\n        q = m.get_context(how).Process(target=work, args=(2,)); q.start(); q.join(); print(how, q.exitcode)',
  ),
  look(
    'a child of its own',
    'import subprocess, sys; print(subprocess.run([sys.executable, "-c", "import sys, os; print(sys.path, sys.flags, sorted(k for k in os.environ if k[:6] in (\'PYTHON\', \'BELLGL\')))"], capture_output=True, text=True))',
  ),
  look(
    'imports of its folder',
    'import helper, package.inner; print(helper.__file__, helper.x, package.inner.__name__, helper.__spec__.origin)',
    {
      files: [
        { path: 'helper.py', content: toBase64(utf8('x = 42\n')) },
        { path: 'package/inner.py', content: toBase64(utf8('')) },
      ],
    },
  ),
  look(
    'packages',
    'import bellglass, requests, yaml, json, decimal; print(bellglass.input(), requests.__version__, yaml.__version__)',
    { input: { a: 1 } },
  ),
  look(
    'folders and files',
    'import os; print(os.getcwd(), oct(os.umask(0)), sorted(os.listdir("/workspace")), [(f, oct(os.stat(f).st_mode)) for f in sorted(os.listdir("."))], os.path.exists("/tmp"))',
  ),
  look(
    'open files',
    'import os\nprint([(f, os.readlink(f"/proc/self/fd/{f}")[:5], os.get_inheritable(int(f))) for f in sorted(os.listdir("/proc/self/fd")) if int(f) < 3], len(os.listdir("/proc/self/fd")))',
  ),
  look(
    'the process',
    'import os\nkeep = ("Name", "Umask", "State", "PPid", "Uid", "Gid", "Groups", "Threads", "SigBlk", "SigIgn", "SigCgt", "CapEff", "CapBnd", "NoNewPrivs", "Seccomp")\nprint([l for l in open("/proc/self/status") if l.split(":")[0] in keep], os.getpriority(0, 0), os.getsid(0) == os.getpid(), os.getpgrp() == os.getpid())',
  ),
  look(
    'limits',
    'import resource; print([(n, resource.getrlimit(getattr(resource, n))) for n in dir(resource) if n.startswith("RLIMIT")])',
  ),
  look(
    'collector and limits',
    'import gc, sys; print(gc.isenabled(), gc.get_threshold(), gc.get_debug(), sys.getrecursionlimit(), sys.getswitchinterval(), sys.gettrace(), sys.getprofile(), sys.excepthook, sys.displayhook, sys.get_asyncgen_hooks())',
  ),
  look('asyncio', 'import asyncio\nasync def f():\n    await asyncio.sleep(0.01); return 5\nprint(asyncio.run(f()))'),
  look(
    'pickles of the main module',
    'import pickle\nclass A: x = 1\nprint(pickle.dumps(A()), pickle.loads(pickle.dumps(A())).x)',
  ),
  look(
    'source lines',
    'import inspect, linecache\ndef f(): return 1\nprint(inspect.getsource(f), linecache.getline(__file__, 1))',
  ),
  look('an encoding line', '# -*- coding: latin-1 -*-\nprint(ascii("\\xe9"), __file__)'),
  look(
    'its own file',
    'import sys; print(open(__file__).read() == open(sys.argv[0]).read(), open("script.py").read())',
  ),
];

export const NODE: readonly Look[] = [
  look(
    'arguments',
    'console.log(process.argv, process.execArgv, process.argv0, process.title, require("fs").readFileSync("/proc/self/cmdline", "latin1"))',
  ),
  look(
    'the module',
    'console.log(__filename, __dirname, require.main === module, module.id, module.parent, module.paths, module.children, Object.keys(require.cache))',
  ),
  look(
    'what a module hides',
    'console.log(process._preload_modules, module.constructor._preloadModules.name, process.release, process.features)',
  ),
  look('globals', 'console.log(Reflect.ownKeys(globalThis))'),
  look(
    'environment',
    'delete process.env.BELLGLASS_RUN_ID; console.log(Object.entries(process.env).sort(), process.env.NODE_OPTIONS, require("child_process").execSync("env | grep -v RUN_ID | sort").toString())',
    {
      env: { MINE: 'a=b é', EMPTY: '' },
      secrets: { TOKEN: 'hidden' },
    },
  ),
  look(
    'an environment that decides',
    'console.log(process.env.NODE_PATH, module.paths, require("module").globalPaths)',
    { env: { NODE_PATH: '/workspace/mine' } },
  ),
  look('exit code', 'process.on("exit", (code) => console.log("exit", code)); process.exitCode = 3'),
  look('process.exit', 'setTimeout(() => console.log("never"), 1000); console.log("first"); process.exit(4)'),
  look('an uncaught error', 'function inner() { throw new TypeError("no") }\ninner()'),
  look('a syntax error', 'const x = ;\n'),
  look('an unhandled rejection', 'Promise.reject(new Error("no")); setTimeout(() => {}, 100)'),
  look('death by signal', 'console.log("first"); process.kill(process.pid, "SIGTERM"); setTimeout(() => {}, 1000)'),
  look(
    'a handled signal',
    'process.on("SIGUSR2", (s) => { console.log(s); process.exit(0) }); process.kill(process.pid, "SIGUSR2"); setTimeout(() => {}, 1000)',
  ),
  look(
    'input',
    'let all = ""; process.stdin.on("data", (d) => all += d).on("end", () => console.log(JSON.stringify(all)))',
    { stdin: 'one\nthrée' },
  ),
  look('input, at once', 'console.log(JSON.stringify(require("fs").readFileSync(0, "utf8")))', { stdin: 'one\ntwo' }),
  look('no input', 'process.stdin.on("end", () => console.log("end")).resume()'),
  look(
    'a worker',
    'const { Worker, isMainThread, parentPort } = require("worker_threads"); if (isMainThread) new Worker(__filename).on("message", (m) => console.log(m)).on("exit", (c) => console.log(c)); else parentPort.postMessage([process.argv, process.execArgv, process.env.NODE_OPTIONS])',
  ),
  look(
    'a child of its own',
    'console.log(require("child_process").execFileSync(process.execPath, ["-p", "JSON.stringify([process.argv, process.execArgv, process.env.NODE_OPTIONS, process._preload_modules])"]).toString())',
  ),
  look(
    'a module beside it',
    'console.log(require("./helper").x, require.resolve("./helper")); import("./other.mjs").then((m) => console.log(m.default))',
    {
      files: [
        { path: 'helper.js', content: toBase64(utf8('exports.x = 42')) },
        { path: 'other.mjs', content: toBase64(utf8('export default import.meta.url')) },
      ],
    },
  ),
  look('the helper', 'const b = require("bellglass"); console.log(b.input())', { input: { a: 1 } }),
  look(
    'folders and files',
    'const fs = require("fs"); console.log(process.cwd(), process.umask().toString(8), fs.readdirSync(".").sort(), fs.statSync(__filename).mode.toString(8))',
  ),
  look(
    'open files',
    'const fs = require("fs"); console.log(["0", "1", "2"].map((f) => fs.readlinkSync("/proc/self/fd/" + f).slice(0, 5)))',
  ),
  look(
    'order of work',
    'setImmediate(() => console.log(5)); setTimeout(() => console.log(4), 0); Promise.resolve().then(() => console.log(3)); process.nextTick(() => console.log(2)); console.log(1); process.on("exit", () => console.log(6))',
  ),
  look(
    'listeners',
    'console.log(process.eventNames(), process.listenerCount("exit"), process.listenerCount("uncaughtException"))',
  ),
  look(
    'the process',
    'console.log(require("fs").readFileSync("/proc/self/status", "utf8").split("\\n").filter((l) => /^(Name|Umask|PPid|Uid|Gid|SigBlk|SigIgn|CapEff|NoNewPrivs|Seccomp):/.test(l)), process.getuid(), process.resourceUsage !== undefined)',
  ),
  look('frames', 'console.log(new Error("here").stack)'),
];
