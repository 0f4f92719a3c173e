// Prints 64 MiB as fast as it can. Written synchronously, so that a slow reader slows it down.
const fs = require('fs');

const WANTED = 64 * 1024 * 1024;
const started = Date.now();
let printed = 0;
let line = 0;
while (printed < WANTED) {
  let block = '';
  for (let i = 0; i < 100; i += 1) {
    line += 1;
    block += `line ${String(line).padStart(7)}  ` + 'abcdefghijklmnopqrstuvwxyz '.repeat(5) + '\n';
  }
  printed += writeAll(block);
}
process.stderr.write(`Printed ${line} lines, ${Math.round(printed / 1048576)} MiB, in ${((Date.now() - started) / 1000).toFixed(1)} s\n`);

function writeAll(text) {
  const bytes = Buffer.from(text);
  let done = 0;
  while (done < bytes.length) {
    try {
      done += fs.writeSync(1, bytes, done);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
  return done;
}
