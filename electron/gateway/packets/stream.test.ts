import { connect } from 'node:tls';
import { createServer } from 'node:net';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SEEN } from './marks.ts';
import { distance, readSegment, soundChecksums, writeSegment, type Segment } from './segment.ts';
import { Stream, type Verdict } from './stream.ts';

const text = (value: string): Buffer => Buffer.from(value, 'latin1');
const FIRST = 0xffff_fff0;

/** An empty segment from 10.0.0.2:40000 to 198.18.0.1:80. */
function bare(flags: number): Buffer {
  const packet = Buffer.alloc(40);
  packet[0] = 0x45;
  packet.writeUInt16BE(40, 2);
  packet[9] = 6;
  Buffer.from([10, 0, 0, 2, 198, 18, 0, 1]).copy(packet, 12);
  packet.writeUInt16BE(40_000, 20);
  packet.writeUInt16BE(80, 22);
  packet[32] = 0x50;
  packet[33] = flags;
  return packet;
}

interface Parts {
  readonly at?: number;
  readonly payload?: Buffer;
  readonly acknowledgement?: number;
  readonly flags?: number;
}

/** `at`: the payload's place in the conversation. */
function segment({ at = 0, payload = Buffer.alloc(0), acknowledgement = 1, flags = 16 }: Parts): Segment {
  const sequence = (FIRST + 1 + at) >>> 0;
  return readSegment(writeSegment(readSegment(bare(flags))!, { sequence, acknowledgement, payload }))!;
}

/** The segment as it leaves; null when it does not. */
function sent(given: Segment, verdict: Verdict): Segment | null {
  if (verdict.kind !== 'pass') return null;
  if (verdict.change === null) return given;
  const packet = writeSegment(given, verdict.change);
  expect(soundChecksums(packet)).toBe(true);
  return readSegment(packet);
}

const REQUEST = 'GET /a HTTP/1.1\r\nHost: good.test\r\n\r\n';
const EVIL = 'GET /secret HTTP/1.1\r\nHost: evil.test\r\n\r\n';

interface World {
  readonly script: Buffer;
  /** Sizes of the segments. */
  readonly cuts: readonly number[];
  /** Which segments and answers get lost on the way. */
  readonly lost: readonly boolean[];
  /** What the script makes of its bytes before they are sent again. */
  readonly again: (bytes: Buffer) => Buffer;
  /** Waits for the receipt before the next one, as senders of small segments do. */
  readonly waits: boolean;
}

/** So small that the bodies of these tests have ranges; no segment is longer. */
const SMALL = { segment: 60, least: 1, most: 50 };

/** Plays sender, filter, network and host until nothing moves any more; `unseen` segments were not looked at. */
function play({ script, cuts, lost, again, waits }: World): { got: Buffer; refused: string | null; unseen: number } {
  const stream = new Stream('good.test', 80, FIRST, SMALL);
  let unseen = 0;
  let [received, next, got, turn, mark] = [0, 0, Buffer.alloc(0), 0, 0];
  let refused: string | null = null;
  const loses = (): boolean => turn < 400 && lost[turn++ % Math.max(1, lost.length)] === true;
  const say = (at: number, payload: Buffer): void => {
    const given = segment({ at, payload });
    const { range } = stream;
    const passes = mark === SEEN.body && range !== null && given.sequence >= range.from && given.sequence <= range.to;
    if (passes) unseen++;
    const verdict: Verdict = passes ? { kind: 'pass', mark: SEEN.body, change: null } : stream.script(given, false);
    if (verdict.kind === 'refuse') refused = verdict.why;
    const arrives = sent(given, verdict);
    if (verdict.kind === 'pass') mark = verdict.mark;
    if (arrives === null || loses()) return;
    const start = distance(arrives.sequence, (FIRST + 1) >>> 0);
    if (start <= got.length && start + arrives.payload.length > got.length)
      got = Buffer.concat([got, arrives.payload.subarray(got.length - start)]);
    if (loses()) return;
    const receipt = segment({ acknowledgement: (FIRST + 1 + got.length) >>> 0 });
    const answer = mark === SEEN.both ? stream.host(receipt) : null;
    if (answer?.kind === 'pass') mark = answer.mark;
    const told = answer === null ? receipt : sent(receipt, answer);
    if (told) received = Math.max(received, distance(told.acknowledgement, (FIRST + 1) >>> 0));
  };
  for (let i = 0; i < 3000 && refused === null && received < script.length; i++) {
    const size = cuts[i % cuts.length]!;
    if (next < script.length && (received === next || (!waits && i % 5 !== 0))) {
      say(next, script.subarray(next, next + size));
      next = Math.min(script.length, next + size);
    } else say(received, again(script.subarray(received, Math.min(next, received + size))));
  }
  return { got, refused, unseen };
}

const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 12 });
const lost = fc.array(fc.boolean(), { maxLength: 9 }).filter((all) => !all.every(Boolean) || all.length === 0);
const requests = fc.array(
  fc.oneof(
    fc.constant(REQUEST),
    fc
      .integer({ min: 0, max: 400 })
      .map((size) => `POST /b HTTP/1.1\r\nHost: good.test\r\nContent-Length: ${size}\r\n\r\n${'x'.repeat(size)}`),
    fc
      .array(fc.integer({ min: 1, max: 40 }), { maxLength: 4 })
      .map(
        (sizes) =>
          `PUT /c HTTP/1.1\r\nHost: good.test\r\nTransfer-Encoding: chunked\r\n\r\n${sizes.map((size) => `${size.toString(16)}\r\n${'y'.repeat(size)}\r\n`).join('')}0\r\n\r\n`,
      ),
  ),
  { minLength: 1, maxLength: 4 },
);

it('brings what is right to the host whole, however it is cut, lost and sent again (NET-2)', () => {
  fc.assert(
    fc.property(requests, cuts, lost, fc.boolean(), (parts, sizes, gone, waits) => {
      const script = text(parts.join(''));
      const { got, refused } = play({ script, cuts: sizes, lost: gone, again: (bytes) => bytes, waits });
      expect(refused).toBeNull();
      expect(got.toString('latin1')).toBe(script.toString('latin1'));
    }),
    { numRuns: 400 },
  );
});

it('lets no byte of a request for another host pass, after how many good ones and however cut (NET-2)', () => {
  fc.assert(
    fc.property(requests, cuts, lost, fc.boolean(), (parts, sizes, gone, waits) => {
      const good = parts.join('');
      const { got, refused } = play({
        script: text(good + EVIL),
        cuts: sizes,
        lost: gone,
        again: (bytes) => bytes,
        waits,
      });
      expect(refused).toBe('The request is for evil.test.');
      expect(got.toString('latin1')).toBe(good.slice(0, got.length));
    }),
    {
      numRuns: 400,
      examples: [
        [['POST /b HTTP/1.1\r\nHost: good.test\r\nContent-Length: 1\r\n\r\nx'], [1], [false, false, true], false],
      ],
    },
  );
});

it('sends again what was looked at, not what the script made of it meanwhile (NET-2)', () => {
  fc.assert(
    fc.property(requests, cuts, lost, fc.boolean(), (parts, sizes, gone, waits) => {
      const script = text(parts.join(''));
      const again = (bytes: Buffer): Buffer => Buffer.alloc(bytes.length, '!');
      const { got } = play({ script, cuts: sizes, lost: gone, again, waits });
      // Bodies are the script's own business.
      const shape = got.toString('latin1').replaceAll(/[xy!]/g, '.');
      expect(script.toString('latin1').replaceAll(/[xy!]/g, '.').startsWith(shape)).toBe(true);
    }),
    { numRuns: 400 },
  );
});

/** What a real TLS client says first. */
async function hello(servername: string): Promise<Buffer> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as { port: number };
  const first = new Promise<Buffer>((resolve) => server.once('connection', (socket) => socket.once('data', resolve)));
  const client = connect({ host: '127.0.0.1', port, servername });
  client.on('error', () => {});
  const bytes = await first;
  client.destroy();
  server.close();
  return bytes;
}

it('holds a TLS hello until it is whole, and frees the connection of the right one (NET-2)', async () => {
  const right = await hello('good.test');
  for (const size of [1, 7, 100, right.length]) {
    const { got, refused } = play({ script: right, cuts: [size], lost: [], again: (bytes) => bytes, waits: true });
    expect([got.equals(right), refused]).toEqual([true, null]);
  }
  expect(new Stream('good.test', 80, FIRST).script(segment({ payload: right }), false)).toMatchObject({
    kind: 'pass',
    mark: SEEN.named,
  });
  const wrong = await hello('evil.test');
  for (const size of [1, 7, 100, wrong.length]) {
    const { got, refused } = play({ script: wrong, cuts: [size], lost: [], again: (bytes) => bytes, waits: true });
    expect([got.length, refused]).toEqual([0, 'The TLS hello names evil.test.']);
  }
});

it('sends a hello again as it was, after the connection was cleared (NET-2)', async () => {
  const right = await hello('good.test');
  const stream = new Stream('good.test', 80, FIRST);
  stream.script(segment({ payload: right }), false);
  const given = segment({ payload: await hello('evil.test') });
  const arrives = sent(given, stream.script(given, false));
  expect(arrives?.payload.subarray(0, right.length).equals(right)).toBe(true);
});

it.each([
  [
    'urgent data',
    segment({ payload: text(REQUEST), flags: 16 + 32 }),
    'It sent urgent data, which cannot be looked at.',
  ],
  [
    'an end before the name',
    segment({ payload: text('GET / HT'), flags: 17 }),
    'The connection ended before it said for which host it is.',
  ],
])('refuses %s (NET-2)', (_, given, why) => {
  expect(new Stream('good.test', 80, FIRST).script(given, false)).toEqual({ kind: 'refuse', why });
});

it('drops what comes before its time, and what begins nowhere (NET-2)', () => {
  const stream = new Stream('good.test', 80, FIRST);
  expect(stream.script(segment({ at: 5, payload: text(REQUEST) }), false)).toEqual({ kind: 'drop' });
  expect(stream.script(segment({ at: -5, payload: text(REQUEST) }), false)).toEqual({ kind: 'drop' });
});

const UPGRADE = 'GET /ws HTTP/1.1\r\nHost: good.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

it('looks at the host’s answer to the wish for a WebSocket, and frees the connection only then (NET-2)', () => {
  const stream = new Stream('good.test', 80, FIRST);
  expect(stream.script(segment({ payload: text(UPGRADE), acknowledgement: 900 }), false)).toMatchObject({
    mark: SEEN.both,
  });
  const says = (at: number, said: string): Verdict =>
    stream.host(readSegment(writeSegment(segment({}), { sequence: 900 + at, payload: text(said) }))!);
  expect(says(4, '/1.1 101 Switching')).toEqual({ kind: 'drop' });
  expect(says(0, 'HTTP')).toMatchObject({ mark: SEEN.both });
  expect(says(4, '/1.1 101 Switching')).toMatchObject({ kind: 'pass', mark: SEEN.free });
});

it('goes on looking when the host does not switch, and refuses who does not wait (NET-2)', () => {
  const answered = new Stream('good.test', 80, FIRST);
  answered.script(segment({ payload: text(UPGRADE), acknowledgement: 900 }), false);
  const no = readSegment(writeSegment(segment({}), { sequence: 900, payload: text('HTTP/1.1 404 Not Found\r\n') }))!;
  expect(answered.host(no)).toMatchObject({ mark: SEEN.looking });
  const at = UPGRADE.length;
  expect(answered.script(segment({ at, payload: text(EVIL) }), false)).toMatchObject({ kind: 'refuse' });
  const hasty = new Stream('good.test', 80, FIRST);
  hasty.script(segment({ payload: text(UPGRADE), acknowledgement: 900 }), false);
  expect(hasty.script(segment({ at, payload: text(EVIL) }), false)).toMatchObject({ kind: 'refuse' });
});

it('takes the wish away where it would hide another request: later ones, and other protocols (NET-2)', () => {
  for (const before of [REQUEST, '']) {
    const wish = before === '' ? UPGRADE.replace('websocket', 'h2c') : UPGRADE;
    const stream = new Stream('good.test', 80, FIRST);
    const given = segment({ payload: text(before + wish) });
    const verdict = stream.script(given, false);
    expect(verdict).toMatchObject({ mark: SEEN.looking });
    expect(sent(given, verdict)!.payload.toString()).toContain('\r\nIgnored: ');
  }
});

it('never throws and never clears more than it saw, whatever is said (NET-2)', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.uint8Array({ maxLength: 80 }),
          fc.constantFrom(
            ...[REQUEST, EVIL, UPGRADE, 'GET ', '\r\n', '\x16\x03\x01'].map((word) => new Uint8Array(text(word))),
          ),
        ),
        { maxLength: 12 },
      ),
      (parts) => {
        const stream = new Stream('good.test', 80, FIRST);
        let at = 0;
        for (const part of parts) {
          const given = segment({ at, payload: Buffer.from(part) });
          const arrives = sent(given, stream.script(given, false));
          at += part.length;
          expect(arrives?.payload.toString('latin1') ?? '').not.toContain('evil.test');
          if (arrives)
            expect(distance(arrives.sequence, (FIRST + 1) >>> 0) + arrives.payload.length).toBeLessThanOrEqual(at);
        }
      },
    ),
    { numRuns: 500 },
  );
});

it('leaves most of a large body unseen, and nothing behind it (NET-2)', () => {
  const body = 'x'.repeat(3000);
  const upload = `POST /b HTTP/1.1\r\nHost: good.test\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const world = { cuts: [60], lost: [], again: (bytes: Buffer) => bytes, waits: true };
  const good = play({ ...world, script: text(upload + REQUEST) });
  expect(good.unseen).toBeGreaterThan(20);
  expect(good.got.toString()).toBe(upload + REQUEST);
  const evil = play({ ...world, script: text(upload + EVIL) });
  expect([evil.refused, evil.got.length]).toEqual(['The request is for evil.test.', upload.length]);
});

it('opens ranges that end a segment before the body does, and never round the end of the numbers (NET-2)', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      fc.integer({ min: 0, max: 2 ** 34 }),
      fc.array(fc.integer({ min: 0, max: 2 ** 31 }), { maxLength: 20 }),
      (first, size, steps) => {
        const stream = new Stream('good.test', 80, first);
        const head = text(`PUT / HTTP/1.1\r\nHost: good.test\r\nContent-Length: ${size}\r\n\r\n`);
        let at = 0;
        const say = (payload: Buffer): Verdict =>
          stream.script({ ...segment({}), sequence: (first + 1 + at) >>> 0, payload }, true);
        let verdict = say(head);
        at = head.length;
        const end = head.length + size;
        for (const step of steps) {
          const { range } = stream;
          expect(verdict).toMatchObject({ mark: range === null ? SEEN.looking : SEEN.body });
          if (range === null) return;
          expect(range.from).toBeLessThan(range.to);
          const reach = at + distance(range.to, (first + 1 + at) >>> 0);
          expect(reach + 65_535).toBeLessThanOrEqual(end);
          // What comes next to be looked at begins behind the range, and a segment further at most.
          at = reach + 1 + (step % 65_000);
          verdict = say(Buffer.from('x'));
          at++;
        }
      },
    ),
    { numRuns: 500 },
  );
});

it('takes no gap that reaches to the next header, or is in no body whose range it gave (NET-2)', () => {
  const head = text('PUT / HTTP/1.1\r\nHost: good.test\r\nContent-Length: 1000000\r\n\r\n');
  const stream = new Stream('good.test', 80, FIRST);
  stream.script(segment({ payload: head }), false);
  expect(stream.script(segment({ at: head.length + 1_000_000, payload: text(REQUEST) }), false).kind).toBe('drop');
  const small = new Stream('good.test', 80, FIRST);
  small.script(segment({ payload: text(head.toString().replace('1000000', '100')) }), false);
  expect(small.script(segment({ at: head.length + 10, payload: text('x') }), false).kind).toBe('drop');
});

it('goes on when more was said than there are sequence numbers, and still looks (NET-2)', () => {
  const size = 5_000_000_000;
  const stream = new Stream('good.test', 80, FIRST, { segment: 0xffff, least: Number.POSITIVE_INFINITY, most: 0 });
  let at = 0;
  const bare = segment({});
  const say = (payload: Buffer): Verdict => stream.script({ ...bare, sequence: (FIRST + 1 + at) >>> 0, payload }, true);
  const head = text(`PUT / HTTP/1.1\r\nHost: good.test\r\nContent-Length: ${size}\r\n\r\n`);
  say(head);
  at = head.length;
  const part = Buffer.alloc(50_000);
  for (; at < head.length + size; at += part.length) if (say(part).kind !== 'pass') break;
  expect(at).toBe(head.length + size);
  expect(say(text(REQUEST))).toMatchObject({ kind: 'pass', mark: SEEN.looking });
  at += REQUEST.length;
  expect(say(text(EVIL))).toMatchObject({ kind: 'refuse' });
});
