// A Node.js that was started before its script is known: it stops here, before it looks for the script, reads one payload
// (see `waiter`, whose words it speaks) and goes on as if nothing had been. Loaded by NODE_OPTIONS.
'use strict';

(() => {
  const { isMainThread } = require('worker_threads');
  // A worker loads again what its process was told to load.
  if (!isMainThread || process.env.BELLGLASS_WAITER === undefined) return;
  const fs = require('fs');
  let held = Buffer.alloc(0);

  const say = (to, text) => fs.writeSync(to, text);
  const fail = (code, why) => {
    say(2, `bellglass: ${why}\n`);
    process.reallyExit(code);
  };
  const read = (length) => {
    const all = Buffer.allocUnsafeSlow(length);
    let at = held.copy(all, 0, 0, length);
    held = held.subarray(at);
    while (at < length) {
      const got = fs.readSync(0, all, at, Math.min(length - at, 65536), null);
      if (got === 0) fail(125, 'the payload ended early');
      at += got;
    }
    return all;
  };
  const number = () => read(4).readUInt32BE();
  const put = (path, mode, size) => {
    const file = fs.openSync(path, 'w', 0o666);
    for (let left = size; left > 0; ) {
      const part = read(Math.min(left, 65536));
      left -= part.length;
      for (let at = 0; at < part.length; ) at += fs.writeSync(file, part, at);
    }
    fs.closeSync(file);
    fs.chmodSync(path, mode);
  };
  const payload = () => {
    const env = [];
    const argv = [];
    let folder = '/';
    let total = Number.parseInt(read(8).toString('latin1'), 16);
    if (total <= 1048576) held = read(total);
    while (total > 0) {
      const kind = String.fromCharCode(read(1)[0]);
      const length = number();
      total -= 5 + length;
      if (kind === 'F') {
        const mode = number();
        const path = read(number());
        put(path, mode, length - 8 - path.length);
      } else if (kind === 'D') {
        const mode = number();
        const path = read(length - 4);
        try {
          fs.mkdirSync(path, mode);
        } catch (problem) {
          if (problem.code !== 'EEXIST') throw problem;
        }
        fs.chmodSync(path, mode);
      } else if (kind === 'S') {
        const path = read(number());
        fs.symlinkSync(read(length - 4 - path.length), path);
      } else if (kind === 'M') {
        const mode = number();
        const path = read(length - 4);
        try {
          fs.chmodSync(path, mode);
        } catch {}
      } else if (kind === 'E') {
        const text = read(length).toString('utf8');
        env.push([text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]);
      } else if (kind === 'A') argv.push(read(length).toString('utf8'));
      else if (kind === 'W') folder = read(length).toString('utf8');
      else fail(126, 'a started interpreter cannot do what the policy asks for');
    }
    return { env, argv, folder };
  };
  // What Node.js, V8 or the C library looks at while it starts, and never again.
  const decides = (name) => /^(NODE_|UV_|LC_|LD_|MALLOC_|GLIBC_|ICU_|SSL_|OPENSSL_)|^(HOME|LANG|LANGUAGE|TZ|TZDIR)$/.test(name);
  const deciding = (entries) => JSON.stringify(entries.filter(([name]) => decides(name)).sort());

  try {
    const prepares = process.env.BELLGLASS_WAITER === 'prepare';
    delete process.env.BELLGLASS_WAITER;
    delete process.env.NODE_OPTIONS;
    process.umask(0o022);
    say(1, `ready ${process.pid}\n`);
    if (prepares) {
      payload();
      say(1, 'prepared\n');
    }
    const { env, argv, folder } = payload();
    try {
      process.chdir(folder);
    } catch {
      fail(126, `no such working folder: ${folder}`);
    }
    if (deciding(env) !== deciding(Object.entries(process.env))) fail(126, 'the environment asks for another Node.js');
    for (const name of Object.keys(process.env)) delete process.env[name];
    for (const [name, text] of env) process.env[name] = text;
    process._preload_modules.length = 0;
    delete require.cache[__filename];
  } catch (problem) {
    fail(125, problem.message);
  }
})();
