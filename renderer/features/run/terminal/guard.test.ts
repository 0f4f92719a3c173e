import xterm from '@xterm/xterm';
import { expect, it } from 'vitest';
import { guard, linkAllowed } from './guard.ts';

/** Writes to a terminal with the guard alone, and tells what it shows, answers and announces. */
async function written(text: string, guarded = true) {
  const terminal = new xterm.Terminal({ cols: 80, rows: 5, allowProposedApi: true });
  const answers: string[] = [];
  const titles: string[] = [];
  terminal.onData((data) => answers.push(data));
  terminal.onBinary((data) => answers.push(data));
  terminal.onTitleChange((title) => titles.push(title));
  if (guarded) guard(terminal.parser, false);
  await new Promise<void>((done) => terminal.write(text, done));
  const shown = terminal.buffer.active.getLine(0)?.translateToString(true) ?? '';
  terminal.dispose();
  return { answers, titles, shown };
}

const ASKING = {
  'primary device attributes': '\u001b[c',
  'secondary device attributes': '\u001b[>c',
  'tertiary device attributes': '\u001b[=c',
  'cursor position': '\u001b[6n',
  'status report': '\u001b[5n',
  'private cursor position': '\u001b[?6n',
  DECRQSS: '\u001bP$qm\u001b\\',
  'termcap query': '\u001bP+q544e\u001b\\',
  'mode report': '\u001b[?25$p',
  'ANSI mode report': '\u001b[4$p',
  'window size': '\u001b[18t',
  'window title report': '\u001b[21t',
  version: '\u001b[>q',
  'keyboard protocol': '\u001b[?u',
  identify: '\u001bZ',
  'background colour': '\u001b]11;?\u0007',
  'foreground colour': '\u001b]10;?\u001b\\',
  'palette colour': '\u001b]4;1;?\u0007',
  'terminal parameters': '\u001b[x',
  'C1 device attributes': '\u009bc',
};

for (const [name, sequence] of Object.entries(ASKING)) {
  it(`answers nothing into the script's stdin: ${name} (RUN-5)`, async () => {
    const { answers, shown } = await written(`a${sequence}b`);
    expect(answers).toEqual([]);
    expect(shown).toBe('ab');
  });
}

it('the queries of this list are real: without the guard the terminal answers (RUN-5)', async () => {
  const { answers } = await written(['\u001b[c', '\u001b[6n', '\u001bP$qm\u001b\\', '\u001b[?25$p'].join(''), false);
  expect(answers.length).toBe(4);
});

it('lets no script change the title (RUN-5)', async () => {
  const sequence = '\u001b]0;owned\u0007\u001b]2;owned\u001b\\ok';
  expect((await written(sequence, false)).titles).toEqual(['owned', 'owned']);
  expect(await written(sequence)).toMatchObject({ titles: [], shown: 'ok' });
});

it('keeps colours and cursor movement (RUN-5)', async () => {
  expect((await written('\u001b[31mred\u001b[0m\u001b[2Dxy')).shown).toBe('rxy');
});

it('allows links to http and https only, without a user part (RUN-5)', () => {
  expect(linkAllowed('https://example.org/a')).toBe(true);
  expect(linkAllowed('http://192.0.2.1/')).toBe(true);
  for (const odd of [
    'file:///etc/passwd',
    'javascript:alert(1)',
    'vscode://x',
    'mailto:a@b.c',
    'https://a@b.example/',
    'x',
  ])
    expect(linkAllowed(odd), odd).toBe(false);
  expect(linkAllowed(`https://example.org/${'a'.repeat(3000)}`)).toBe(false);
});
