import { expect, it } from 'vitest';
import { Inspector, type Answer, type InspectorDeps, type Refused } from './inspector.ts';
import { SEEN } from './marks.ts';
import { readSegment, soundChecksums, writeSegment } from './segment.ts';

const SYN = 2;
const ACK = 16;

interface Sent {
  readonly flags?: number;
  readonly from?: number;
  readonly at?: number;
  readonly said?: string | Buffer;
  readonly to?: readonly number[];
}

function packet({ flags = ACK, from = 40_000, at = 0, said = '', to = [198, 18, 0, 1] }: Sent): Buffer {
  const bare = Buffer.alloc(40);
  bare[0] = 0x45;
  bare.writeUInt16BE(40, 2);
  bare[9] = 6;
  Buffer.from([10, 0, 0, 2, ...to]).copy(bare, 12);
  bare.writeUInt16BE(from, 20);
  bare.writeUInt16BE(80, 22);
  bare[32] = 0x50;
  bare[33] = flags;
  return writeSegment(readSegment(bare)!, { sequence: 1000 + at, payload: Buffer.from(said) });
}

function inspect(open: InspectorDeps['open'] = () => 'called') {
  const [forgotten, bodies]: [number[], string[]] = [[], []];
  const refused: Refused[] = [];
  const ended: number[] = [];
  const inspector = new Inspector({
    nameOf: (address) => (address === '198.18.0.1' ? 'good.test' : null),
    open,
    end: ({ from }) => ended.push(from),
    forget: ({ from }) => forgotten.push(from),
    setBody: (change, { from: port }, { from, to }) => bodies.push(`${change} ${port} ${from}-${to}`),
    onRefused: (one) => refused.push(one),
    now: () => 0,
  });
  const look = (sent: Sent, stale = false): Answer => {
    const answer = inspector.look({ outgoing: true, packet: packet(sent), large: false, stale });
    if (answer instanceof Promise) throw new Error('not decided yet');
    return answer;
  };
  return { inspector, look, refused, ended, forgotten, bodies };
}

const GOOD = 'GET / HTTP/1.1\r\nHost: good.test\r\n\r\n';
const EVIL = 'GET / HTTP/1.1\r\nHost: evil.test\r\n\r\n';

it('lets calls go that core allows, and tells of no others as allowed (NET-2)', async () => {
  expect(inspect().look({ flags: SYN })).toEqual({ mark: SEEN.called, packet: null });
  expect(inspect().look({ flags: SYN, to: [198, 18, 0, 9] })).toEqual({ mark: SEEN.denied, packet: null });
  expect(inspect(() => 'refused').look({ flags: SYN })).toEqual({ mark: SEEN.refused, packet: null });
  const later = inspect(() => Promise.resolve('denied')).inspector;
  expect(
    await later.look({ outgoing: true, packet: packet({ flags: SYN }), large: false, stale: false }),
  ).toMatchObject({
    mark: SEEN.denied,
  });
});

it('drops what a call carries, and what is no segment (NET-2)', () => {
  expect(inspect().look({ flags: SYN, said: EVIL })).toBeNull();
  expect(inspect().inspector.look({ outgoing: true, packet: Buffer.alloc(30), large: false, stale: false })).toBeNull();
});

it('refuses what belongs to no call that it saw (NET-2)', () => {
  expect(inspect().look({ at: 1, said: GOOD })).toEqual({ mark: SEEN.refused, packet: null });
});

it('ends a connection for another host once, and refuses all that follows (NET-2)', () => {
  const { look, refused, ended } = inspect();
  look({ flags: SYN });
  expect(look({ at: 1, said: GOOD })?.mark).toBe(SEEN.looking);
  expect(look({ at: 1 + GOOD.length, said: EVIL })).toEqual({ mark: SEEN.refused, packet: null });
  expect(look({ at: 1 + GOOD.length, said: EVIL })).toEqual({ mark: SEEN.refused, packet: null });
  expect(look({ at: 1, said: GOOD })).toEqual({ mark: SEEN.refused, packet: null });
  expect(refused.map(({ why }) => why)).toEqual(['The request is for evil.test.']);
  expect(ended).toEqual([40_000]);
});

it('begins anew with a new call from the same port (NET-2)', () => {
  const { look } = inspect();
  look({ flags: SYN });
  look({ at: 1, said: GOOD });
  look({ flags: SYN, at: 50_000 });
  expect(look({ at: 50_001, said: EVIL })).toEqual({ mark: SEEN.refused, packet: null });
});

it('forgets the oldest connections when they take too much memory, and closes those (NET-2)', () => {
  const { look } = inspect();
  const large = `GET / HTTP/1.1\r\nHost: good.test\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`;
  for (let from = 1; from <= 2000; from++) {
    look({ flags: SYN, from });
    expect(look({ from, at: 1, said: large })?.mark).toBe(SEEN.looking);
  }
  expect(look({ from: 1, at: 1 + large.length, said: GOOD })).toEqual({ mark: SEEN.refused, packet: null });
  expect(look({ from: 2000, at: 1 + large.length, said: GOOD })?.mark).toBe(SEEN.looking);
});

it('makes the kernel forget an earlier connection of the same port, and lets the call come again (NET-2)', () => {
  const { look, forgotten } = inspect();
  look({ flags: SYN });
  expect(look({ flags: SYN, at: 50_000 }, true)).toBeNull();
  expect(forgotten).toEqual([40_000]);
  // The same call, which the host has answered meanwhile.
  expect(look({ flags: SYN }, true)?.mark).toBe(SEEN.called);
  expect(forgotten).toEqual([40_000]);
});

const upload = (size: number): string => `PUT / HTTP/1.1\r\nHost: good.test\r\nContent-Length: ${size}\r\n\r\n`;

it('tells the filter of a body before it answers, and takes it back at its end (NET-2)', () => {
  const { look, bodies } = inspect();
  const head = upload(1_000_000);
  look({ flags: SYN });
  expect(look({ at: 1, said: head })?.mark).toBe(SEEN.body);
  const from = 1001 + head.length;
  const range = `40000 ${from}-${from + 1_000_000 - 65_535}`;
  expect(bodies).toEqual([`add ${range}`]);
  expect(look({ at: 1 + head.length + 990_000, said: 'x'.repeat(9_999) })?.mark).toBe(SEEN.looking);
  expect(bodies).toEqual([`add ${range}`, `remove ${range}`]);
  expect(look({ at: 1 + head.length + 999_999, said: `x${EVIL}` })).toEqual({ mark: SEEN.refused, packet: null });
});

it.each([
  ['a new call of the same port', (to: ReturnType<typeof inspect>) => to.look({ flags: SYN, at: 90_000 })],
  ['the end of the connection', (to: ReturnType<typeof inspect>) => to.inspector.forget(40_000, '198.18.0.1', 80)],
  ['another filter', (to: ReturnType<typeof inspect>) => to.inspector.renew()],
  ['a refusal', (to: ReturnType<typeof inspect>) => to.look({ at: 500, said: 'x', flags: ACK | 32 })],
])('takes a body back with %s (NET-2)', (_, happens) => {
  const all = inspect();
  all.look({ flags: SYN });
  all.look({ at: 1, said: upload(1_000_000) });
  happens(all);
  expect(all.bodies.map((one) => one.split(' ')[0])).toEqual(['add', 'remove']);
});

it('keeps a bounded number of bodies in the filter (NET-2)', () => {
  const { look, bodies } = inspect();
  for (let from = 1; from <= 200; from++) {
    look({ flags: SYN, from });
    look({ from, at: 1, said: upload(1_000_000) });
  }
  const count = (change: string): number => bodies.filter((one) => one.startsWith(change)).length;
  expect([count('add'), count('remove')]).toEqual([200, 200 - 64]);
});

it('takes the wish for Multipath TCP out of a call, and nothing else (NET-2)', () => {
  const call = packet({ flags: SYN });
  const options = Buffer.from([2, 4, 5, 180, 30, 4, 0x11, 0, 1, 3, 3, 7]);
  const wishing = Buffer.concat([call, options]);
  wishing[32] = (wishing.length - 20) << 2;
  wishing.writeUInt16BE(wishing.length, 2);
  const { inspector } = inspect();
  const answer = inspector.look({ outgoing: true, packet: wishing, large: false, stale: false }) as Answer;
  const sent = answer!.packet!;
  expect(soundChecksums(sent)).toBe(true);
  expect([...sent.subarray(40)]).toEqual([2, 4, 5, 180, 1, 1, 1, 1, 1, 3, 3, 7]);
});
