import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createTerminalFilter } from './terminal-safe.ts';

const ESC = '\u001b';
const filtered = (...pieces: string[]): string => {
  const filter = createTerminalFilter();
  return pieces.map((piece) => filter.write(piece)).join('');
};

it.each([
  ['colours', `${ESC}[1;31mred${ESC}[0m`],
  ['24-bit colours', `${ESC}[38:2::1:2:3mx${ESC}[m`],
  ['cursor moves and erasing', `${ESC}[2K${ESC}[1A${ESC}[10;5H${ESC}[J`],
  ['a progress bar', 'one\rtwo\b\b\t3\n'],
  ['the second screen', `${ESC}[?1049h${ESC}[?25l`],
  ['other scripts and emoji', 'naïve — 日本語 👩‍🔬 עברית'],
])('passes %s unchanged (RUN-5)', (_what, text) => {
  expect(filtered(text)).toBe(text);
});

it.each([
  ['clipboard, ended by BEL', `a${ESC}]52;c;ZXZpbA==\u0007b`],
  ['clipboard, ended by ST', `a${ESC}]52;c;ZXZpbA==${ESC}\\b`],
  ['clipboard in eight bits', 'a\u009d52;c;ZXZpbA==\u009cb'],
  ['title', `a${ESC}]0;you are safe\u0007b`],
  ['a notification', `a${ESC}]777;notify;x;y\u0007b`],
  ['a file written by the terminal', `a${ESC}]1337;File=name=x:AAAA\u0007b`],
  ['a palette question', `a${ESC}]4;1;?\u0007b`],
  ['device attributes', `a${ESC}[c${ESC}[>c${ESC}[=c\u009bcb`],
  ['status and cursor questions', `a${ESC}[5n${ESC}[6n${ESC}[?6nb`],
  ['window operations', `a${ESC}[21t${ESC}[8;1;1tb`],
  ['version and mode questions', `a${ESC}[>q${ESC}[?2026$pb`],
  ['printing', `a${ESC}[5i${ESC}[4ib`],
  ['mouse, focus and paste modes', `a${ESC}[?1000h${ESC}[?1004h${ESC}[?2004hb`],
  ['a DCS string', `a${ESC}P+q544e${ESC}\\b`],
  ['a Sixel picture in eight bits', 'a\u0090q#0;2;0\u009cb'],
  ['APC, PM and SOS strings', `a${ESC}_G${ESC}\\${ESC}^x${ESC}\\${ESC}Xx${ESC}\\b`],
  ['the full reset', `a${ESC}cb`],
  ['clearing what was scrolled off', `a${ESC}[3Jb`],
  ['repeating a character without end', `a${ESC}[999999999bb`],
  ['other character sets', `a${ESC}(0\u000e\u000fb`],
  ['bells and nulls', 'a\u0007\u0000\u0007b'],
  ['keypad modes', `a${ESC}=${ESC}>b`],
])('takes out %s and goes on (RUN-5)', (_what, text) => {
  expect(filtered(text)).toBe('ab');
});

it('shows what would reorder letters instead of letting it act, and leaves marks of direction alone (RUN-5)', () => {
  expect(filtered('\u202eexe.txt\u202c', ' a\u2066b\u2069')).toBe('\\u{202e}exe.txt\\u{202c} a\\u{2066}b\\u{2069}');
  expect(filtered(`${ESC}[31m\u202bx${ESC}[0m`)).toBe(`${ESC}[31m\\u{202b}x${ESC}[0m`);
  expect(filtered('\u200fעברית\u200e')).toBe('\u200fעברית\u200e');
});

it('keeps links to the web and drops links elsewhere', () => {
  expect(filtered(`${ESC}]8;id=1;https://example.org/x${ESC}\\text${ESC}]8;;\u0007`)).toBe(
    `${ESC}]8;;https://example.org/x${ESC}\\text${ESC}]8;;${ESC}\\`,
  );
  for (const link of ['file:///etc/passwd', 'javascript:x', 'ssh://h', 'https:', 'x-man-page:ls', 'https://a b']) {
    expect(filtered(`${ESC}]8;;${link}\u0007text`)).toBe('text');
  }
});

it('keeps the harmless modes of a mixed request', () => {
  expect(filtered(`${ESC}[?25;1000;1003l`)).toBe(`${ESC}[?25l`);
});

it('never lets an unended string hide the rest of the output', () => {
  expect(filtered(`${ESC}]0;${'x'.repeat(70 * 1024)}`, 'visible')).toContain('visible');
  expect(filtered(`${ESC}[${'1;'.repeat(100)}`, 'visible')).toContain('visible');
});

it('lets the cancel characters end a sequence, as a terminal does', () => {
  expect(filtered(`${ESC}]0;x\u0018after`)).toBe('after');
  expect(filtered(`${ESC}[12\u001aafter`)).toBe('after');
});

it('puts the terminal back in order at the end', () => {
  const filter = createTerminalFilter();
  filter.write(`${ESC}[31m${ESC}[?1049h${ESC}[?25l${ESC}[?7l${ESC}[2;3r${ESC}]8;;https://a.b/\u0007`);
  expect(filter.end()).toBe(`${ESC}]8;;${ESC}\\${ESC}[r${ESC}[?1049l${ESC}[?25h${ESC}[?7h${ESC}[0m`);
  expect(filter.end()).toBe('');
});

const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ESC,
        '[',
        ']',
        'P',
        '\\',
        '\u0007',
        '\u009b',
        '\u009d',
        '\u009c',
        '\u0090',
        '?',
        ';',
        '8;;',
        '52;c;',
      ),
      fc.constantFrom(
        '\u0018',
        '\u001a',
        '\u0000',
        '\n',
        'm',
        'h',
        'c',
        'n',
        't',
        '25',
        '1000',
        '>',
        '$',
        '!',
        ' ',
        '(',
      ),
      fc.string({ maxLength: 6 }),
      fc.constantFrom('https://a.b', 'file:///x', '👩‍🔬', '\u0085'),
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''));

it('gives the same whatever the borders of the pieces are', () => {
  fc.assert(
    fc.property(hostile, fc.array(fc.nat(80), { maxLength: 8 }), (text, cuts) => {
      const chars = Array.from(text);
      const places = [0, ...cuts.toSorted((a, b) => a - b), chars.length];
      const pieces = places.slice(1).map((end, index) => chars.slice(places[index], end).join(''));
      expect(filtered(...pieces)).toBe(filtered(text));
    }),
    { numRuns: 2000 },
  );
});

it('lets nothing through but what is listed, and changes nothing when run again', () => {
  const allowed = new RegExp(
    [
      String.raw`\u001b\[[0-9;:]*[ABCDEFGHJKLMPSTX@\x60adefmrsu]`,
      String.raw`\u001b\[\?[0-9;]+[hl]`,
      String.raw`\u001b\]8;;(?:https?:|mailto:)?[\u0021-\u007e]*\u001b\\`,
      String.raw`\u001b[78DEM]`,
    ].join('|'),
    'g',
  );
  fc.assert(
    fc.property(hostile, (text) => {
      const once = filtered(text);
      // oxlint-disable-next-line no-control-regex
      expect(once.replaceAll(allowed, '')).not.toMatch(/[\u0000-\u0007\u000b\u000c\u000e-\u001f\u007f-\u009f]/);
      expect(filtered(once)).toBe(once);
    }),
    { numRuns: 3000 },
  );
});
