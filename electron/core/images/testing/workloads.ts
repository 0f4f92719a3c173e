/** Real programs of each language, touching what scripts touch: they print `done` when everything worked. */

export const PYTHON = String.raw`
import asyncio, concurrent.futures, ctypes, fcntl, http.server, json, lzma, mmap, multiprocessing, os, pty, resource, select
import shutil, signal, socket, sqlite3, ssl, subprocess, tarfile, tempfile, threading, time, urllib.request, zoneinfo

def square(x):
    return x * x

def main():
    folder = tempfile.mkdtemp()
    os.chdir(folder)
    threads = [threading.Thread(target=square, args=(i,)) for i in range(3)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert subprocess.run(['sh', '-c', 'echo hi | tr a-z A-Z'], capture_output=True, text=True).stdout == 'HI\n'

    async def talk():
        process = await asyncio.create_subprocess_exec('true')
        assert await process.wait() == 0
        async def answer(reader, writer):
            writer.write(await reader.readline())
            writer.close()
        server = await asyncio.start_server(answer, '127.0.0.1', 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b'ping\n')
        assert await reader.readline() == b'ping\n'
        server.close()
    asyncio.run(talk())

    database = sqlite3.connect('x.db')
    database.execute('pragma journal_mode=wal')
    database.execute('create table t(a)')
    database.execute('insert into t values(1)')
    database.commit()
    assert database.execute('select a from t').fetchall() == [(1,)]
    database.close()

    with multiprocessing.Pool(2) as pool:
        assert pool.map(square, range(5)) == [0, 1, 4, 9, 16]
    with concurrent.futures.ProcessPoolExecutor(2) as pool:
        assert list(pool.map(square, range(3))) == [0, 1, 4]

    server = http.server.HTTPServer(('127.0.0.1', 0), http.server.SimpleHTTPRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    assert b'x.db' in urllib.request.urlopen(f'http://127.0.0.1:{server.server_port}/').read()
    server.shutdown()

    left, right = socket.socketpair()
    left.send(b'x')
    assert right.recv(1) == b'x'
    unix = socket.socket(socket.AF_UNIX)
    unix.bind('s')
    unix.listen()

    open('f', 'w').write('x' * 10000)
    os.link('f', 'g'); os.symlink('f', 'h'); os.rename('g', 'i'); os.chmod('f', 0o600); os.utime('f'); os.mkfifo('ff')
    shutil.copy('f', 'k')
    with open('f', 'r+b') as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        fcntl.lockf(file, fcntl.LOCK_EX)
        with mmap.mmap(file.fileno(), 10) as memory:
            memory.flush()
        os.fsync(file)
        os.posix_fallocate(file.fileno(), 0, 20000)
        os.pwritev(file.fileno(), [b'y'], 0)
        assert os.preadv(file.fileno(), [bytearray(1)], 0) == 1

    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    time.sleep(0.02)
    read, write = os.pipe()
    poll = select.epoll()
    poll.register(read)
    os.write(write, b'x')
    assert poll.poll(1)
    pid = os.fork()
    if pid == 0:
        os._exit(3)
    os.pidfd_open(pid)
    os.kill(pid, 0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 3
    os.sched_getaffinity(0); os.nice(1); resource.getrlimit(resource.RLIMIT_NOFILE); os.urandom(3); os.getloadavg()
    zoneinfo.ZoneInfo('Europe/Berlin'); ssl.create_default_context()
    with tarfile.open('t.tar.xz', 'w:xz') as tar:
        tar.add('f')
    import requests, yaml
    assert yaml.safe_load('a: [1, 2]') == {'a': [1, 2]}
    try:
        requests.get('http://127.0.0.1:1')
    except requests.ConnectionError:
        pass
    os.chdir('/')
    shutil.rmtree(folder)
    print('done', json.dumps({'threads': 3}))

if __name__ == '__main__':
    main()
`;

export const NODE = String.raw`
const fs = require('node:fs'), cp = require('node:child_process'), os = require('node:os'), crypto = require('node:crypto');
const http = require('node:http'), dgram = require('node:dgram'), dns = require('node:dns/promises'), assert = require('node:assert');
const { Worker } = require('node:worker_threads'), { promisify } = require('node:util'), zlib = require('node:zlib');
const { once } = require('node:events');
(async () => {
  const d = fs.mkdtempSync(process.env.TMPDIR + '/x');
  fs.writeFileSync(d + '/a', 'hi');
  assert.equal(await fs.promises.readFile(d + '/a', 'utf8'), 'hi');
  fs.copyFileSync(d + '/a', d + '/b'); await fs.promises.cp(d + '/a', d + '/c'); fs.symlinkSync('a', d + '/l');
  fs.linkSync(d + '/a', d + '/m'); fs.renameSync(d + '/m', d + '/n'); fs.utimesSync(d + '/a', 1, 1); fs.chmodSync(d + '/a', 0o600);
  assert.equal(fs.realpathSync(d + '/l'), fs.realpathSync(d + '/a'));
  const watcher = fs.watch(d); const change = once(watcher, 'change'); fs.writeFileSync(d + '/z', ''); await change; watcher.close();
  const [answer] = await once(new Worker('require("worker_threads").parentPort.postMessage(7)', { eval: true }), 'message');
  assert.equal(answer, 7);
  assert.equal(cp.execSync('echo hi').toString(), 'hi\n');
  fs.writeFileSync(d + '/k.js', 'process.send(1)');
  await once(cp.fork(d + '/k.js'), 'message');
  const cat = cp.spawn('cat'); cat.stdin.end('x'); await once(cat.stdout, 'data');
  assert.equal(crypto.randomBytes(4).length, 4);
  assert.equal((await promisify(crypto.scrypt)('a', 'b', 8)).length, 8);
  await promisify(crypto.generateKeyPair)('ec', { namedCurve: 'P-256' });
  assert.ok(os.networkInterfaces().lo); assert.ok(os.cpus().length); assert.equal(os.userInfo().username, 'script'); os.getPriority();
  const server = http.createServer((_, reply) => reply.end('ok')).listen(0, '127.0.0.1'); await once(server, 'listening');
  assert.equal(await (await fetch('http://127.0.0.1:' + server.address().port)).text(), 'ok');
  server.closeAllConnections(); server.close();
  const udp = dgram.createSocket('udp4'); udp.bind(0, '127.0.0.1'); await once(udp, 'listening'); udp.close();
  await dns.lookup('localhost'); await promisify(zlib.gzip)('x');
  fs.rmSync(d, { recursive: true });
  console.log('done');
})();
`;

export const BASH = String.raw`
set -euo pipefail
cd "$(mktemp -d)"
[ "$(cat <(echo a) <(echo b) | sort -r | gawk '{ printf $1 }')" = ba ]
grep -q two << END
one
two
END
(sleep 0.01) & wait $!
caught=; trap 'caught=yes' USR1; kill -USR1 $$; [ "$caught" = yes ]
coproc cat; echo hi >&"${'$'}{COPROC[1]}"; read -r answer <&"${'$'}{COPROC[0]}"; [ "$answer" = hi ]
seq 1000 | tee list | wc -l | grep -q 1000
sed -i s/1/x/ list; tar czf t.tgz list; tar xzf t.tgz; gzip -k list
jq -n '{a: 1}' | jq -e '.a == 1'
find . -type f -print0 | xargs -0 ls -la > /dev/null
cp -a list copy; mv copy moved; ln -s moved link; touch new; stat new > /dev/null; mkfifo pipe; chmod 600 list
dd if=/dev/zero of=big bs=64k count=4 2> /dev/null; split -b 64k big; sync big; truncate -s 5 big
sha256sum list > sums; sha256sum -c sums > /dev/null
timeout 1 true; nice true; flock list true; setsid true; date > /dev/null; df . > /dev/null; shuf -i 1-3 > /dev/null
curl -s http://127.0.0.1:1 && exit 1
printf '%(%Y)T\n' > /dev/null
echo done
`;
