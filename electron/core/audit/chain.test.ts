import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chain, GENESIS, verify, type Anchor } from '#shared/audit/chain.ts';
import { canonical, readLine, readPlainLine } from '#shared/audit/line.ts';
import { auditRecordSchema, type AuditRecord } from '#shared/audit/record.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function record(what: string): Omit<AuditRecord, 'seq' | 'previous' | 'hash'> {
  const at = new Date(1_700_000_000_000).toISOString();
  return { at, who: { user: 'ann', host: 'box', via: 'cli' }, action: 'policy.save', what, outcome: 'done' };
}

function write(whats: readonly string[], from: Anchor = { seq: 0, hash: GENESIS }): { lines: string[]; head: Anchor } {
  let head = from;
  const lines = whats.map((what) => {
    const whole = chain(record(what), head, sha256);
    head = { seq: whole.seq, hash: whole.hash };
    return canonical(whole);
  });
  return { lines, head };
}

const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `policy ${at + 1}`);

it('finds nothing wrong with what was written (AUD-1)', () => {
  const { lines, head } = write(names(20));
  expect(verify(textOf(lines), sha256, head)).toEqual({ ok: true, records: 20, firstBroken: null, unfinished: false });
  expect(verify('', sha256, null)).toMatchObject({ ok: true, records: 0 });
});

it('says which record is wrong and why (AUD-1)', () => {
  const { lines, head } = write(names(6));
  const changed = (change: (all: string[]) => void): ReturnType<typeof verify> => {
    const all = [...lines];
    change(all);
    return verify(textOf(all), sha256, head);
  };
  const edited = changed((all) => (all[2] = all[2]!.replace('policy 3', 'policy X')));
  expect(edited).toMatchObject({
    ok: false,
    records: 2,
    firstBroken: { seq: 3, why: expect.stringContaining('edited') },
  });
  const dropped = changed((all) => all.splice(2, 1));
  expect(dropped.firstBroken).toEqual({ seq: 3, why: expect.stringContaining('Number 3 is missing') });
  const swapped = changed((all) => all.splice(2, 2, all[3]!, all[2]!));
  expect(swapped.firstBroken?.seq).toBe(3);
  const repeated = changed((all) => all.splice(2, 0, all[1]!));
  expect(repeated.firstBroken).toEqual({ seq: 3, why: expect.stringContaining('Number 2') });
  const cut = changed((all) => all.splice(4));
  expect(cut.firstBroken).toEqual({ seq: 5, why: expect.stringContaining('6 records were written, the file has 4') });
  expect(changed((all) => all.splice(0)).firstBroken?.seq).toBe(1);
});

it('finds a tail and a whole file that were chained anew (AUD-1)', () => {
  const { lines, head } = write(names(6));
  const before = JSON.parse(lines[2]!) as AuditRecord;
  const tail = write(['policy X', 'policy 5', 'policy 6'], { seq: 3, hash: before.hash });
  expect(verify(textOf([...lines.slice(0, 3), ...tail.lines]), sha256, head).firstBroken).toEqual({
    seq: 6,
    why: expect.stringContaining('computed anew'),
  });
  const whole = write(['policy X', ...names(6).slice(1)]);
  expect(verify(textOf(whole.lines), sha256, whole.head).ok).toBe(true);
  expect(verify(textOf(whole.lines), sha256, head).ok).toBe(false);
  expect(verify(textOf(whole.lines), sha256, null).ok).toBe(false);
});

it('takes what a crash leaves for no record, and a line that is only spaced differently for an edited one (AUD-1)', () => {
  const { lines, head } = write(names(3));
  expect(verify(`${textOf(lines)}{"action":"pol`, sha256, head)).toMatchObject({ ok: true, unfinished: true });
  expect(verify(textOf(lines.map((line) => line.replace(',', ', '))), sha256, head).ok).toBe(false);
});

describe('canonical', () => {
  it('gives one text for one value, whatever order its keys were set in', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).toReversed());
        expect(canonical(turned)).toBe(canonical(value));
        expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

const texts = fc.oneof(
  { weight: 12, arbitrary: fc.stringMatching(/^[\w .:(){}é中-]{0,12}$/) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  fc.constantFrom('', '"', '\\', '"hash":"', '\u2028', '\u007f', '\u0001', '\ud800', '🙂', '\ufffd'),
);
const records = fc.record(
  {
    at: fc
      .date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString()),
    who: fc.record({ user: texts, host: texts, via: texts, token: texts }, { requiredKeys: ['user', 'host', 'via'] }),
    action: texts,
    what: texts,
    outcome: texts,
    policy: texts,
    script: texts,
    image: texts,
  },
  { requiredKeys: ['at', 'who', 'action', 'what', 'outcome'] },
);

it('reads a line the short way only when the long way reads the same (AUD-1)', () => {
  let short = 0;
  fc.assert(
    fc.property(
      records,
      fc.nat(),
      fc.option(fc.tuple(fc.nat(), fc.constantFrom('"', '\\', ' ', '0', 'Z', '9', '{', '\u0000', '')), { nil: null }),
      (entry, seq, edit) => {
        const whole = canonical(chain(entry, { seq, hash: GENESIS }, sha256));
        const at = edit === null ? 0 : edit[0] % whole.length;
        const line = edit === null ? whole : whole.slice(0, at) + edit[1] + whole.slice(at + 1);
        const plain = readPlainLine(line);
        if (plain === null) return;
        short += 1;
        const record = auditRecordSchema.parse(JSON.parse(line));
        expect(canonical(record)).toBe(line);
        const { hash, ...rest } = record;
        expect(plain).toEqual({ seq: record.seq, hash, previous: record.previous, hashed: canonical(rest) });
      },
    ),
    { numRuns: 3000 },
  );
  expect(short).toBeGreaterThan(100);
});

it('reads the long way what the short way leaves (AUD-1)', () => {
  const line = canonical(chain(record('a "quoted" name'), { seq: 0, hash: GENESIS }, sha256));
  expect(readPlainLine(line)).toBeNull();
  expect(readLine(line)).toMatchObject({ seq: 1, previous: GENESIS });
  expect(verify(`${line}\n`, sha256, { seq: 1, hash: readLine(line)?.hash ?? '' }).ok).toBe(true);
  // The hash at another place of the line: the same record, but not the bytes that were written.
  const { hash, ...rest } = JSON.parse(line) as AuditRecord;
  const moved = canonical(rest).replace('{', `{"hash":"${hash}",`);
  expect(verify(`${moved}\n`, sha256, { seq: 1, hash }).firstBroken?.why).toContain('edited');
});

it('finds each of 1,000 random changes of the file (AUD-1)', () => {
  const { lines, head } = write(names(30));
  const text = textOf(lines);
  const at = fc.nat(text.length - 1);
  const whole = fc.nat(29);
  const change = fc.oneof(
    fc.tuple(at, fc.integer({ min: 32, max: 126 })).map(([where, code]) => {
      return text.slice(0, where) + String.fromCharCode(code) + text.slice(where + 1);
    }),
    at.map((where) => text.slice(0, where) + text.slice(where + 1)),
    fc.tuple(at, fc.string({ minLength: 1 })).map(([where, more]) => text.slice(0, where) + more + text.slice(where)),
    at.map((where) => text.slice(0, where)),
    whole.map((drop) => textOf(lines.filter((_, index) => index !== drop))),
    fc.tuple(whole, whole).map(([from, to]) => {
      const moved = [...lines];
      moved.splice(to, 0, ...moved.splice(from, 1));
      return textOf(moved);
    }),
    whole.map((from) =>
      textOf([
        ...lines.slice(0, from),
        ...write(names(30 - from), {
          seq: from,
          hash: from === 0 ? GENESIS : (JSON.parse(lines[from - 1]!) as AuditRecord).hash,
        }).lines,
      ]),
    ),
  );
  fc.assert(
    fc.property(
      change.filter((changed) => changed !== text),
      (changed) => {
        const { ok, unfinished, records } = verify(changed, sha256, head);
        // What is added after the last record without an end of line is no record, and adds none.
        if (ok)
          expect({ unfinished, records, start: changed.startsWith(text) }).toEqual({
            unfinished: true,
            records: 30,
            start: true,
          });
      },
    ),
    { numRuns: 1000 },
  );
});
