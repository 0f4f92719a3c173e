import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LABEL } from '#shared/domain/labels.ts';
import type { NetworkEvent } from '#shared/domain/network.ts';
import { createHarness, type Finished, type Harness } from '../runs/testing/harness.ts';
import { ENGINES, type Used } from './testing/engines.ts';
import { METADATA, OUTSIDE, PRIVATE, RESOLVER } from './testing/internet-plan.ts';
import { startInternet, type Internet } from './testing/internet.ts';

const ATTACKS = readFileSync(join(import.meta.dirname, 'testing/attacks.py'), 'utf8');
const ROOM = { 'resources.open_files': '256', 'resources.memory': '256 MiB', 'resources.cpu': '100 %' };
const CARRIERS = ['kernel', 'relay'] as const;
type Carrier = (typeof CARRIERS)[number];
const DNS = { 'network.dns': RESOLVER };
const HOST_PORT = 8081;
/** After so long the attacks themselves give up waiting. */
const PATIENCE_MS = 5000;

interface Attempt {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly ms: number;
}

const attempts = ({ output }: Finished): Map<string, Attempt> =>
  new Map(
    output
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Attempt)
      .map((attempt) => [attempt.name, attempt]),
  );

const reached = (all: Map<string, Attempt>): string[] =>
  [...all.values()].filter(({ ok }) => ok).map(({ name }) => name);

const eventsOf = ({ events }: Finished): NetworkEvent[] => events.filter((event) => event.type === 'network');

/** Works without rules about hosts, so it must work under `full`. */
const WORKS_IN_FULL = [
  'an allowed name',
  'an allowed name over TLS',
  'a name under a wildcard',
  'a name with an underscore',
  'an unlisted name',
  'the parent of a wildcard',
  'a name that ends like a wildcard',
  'another site by Host',
  'another site by Host after an empty line',
  'another site in pieces',
  'another site in a second request',
  'another site after an answer',
  'another site after a switch that was declined',
  'another site behind a body',
  'another site behind a large body',
  'another site after a large body',
  'another site behind urgent data in a large body',
  'another site on a port that was free',
  'another site on a port whose body the host cut',
  'another site on a port whose body the script cut',
  'another site behind chunks',
  'another site byte by byte',
  'another site behind urgent data',
  'another site with the call',
  'garbage before the request',
  'another site by TLS name in pieces',
  'another site by TLS name',
  'no TLS name',
  'an unlisted port of an allowed name',
  'an address',
  'an address over TLS',
  'a datagram',
  'another resolver',
  'another resolver over TCP',
  'a private address',
  'a name for a private address',
  'a listed address',
];

/** What the policy of the test lists. */
const LISTED = [
  'an allowed name',
  'an allowed name over TLS',
  'a name under a wildcard',
  'a name with an underscore',
  'a listed address',
];
const ALLOW = 'good.test,*.wild.test,_srv.test,rebind.test,inner.test,198.51.100.10:8443';

describe.each(ENGINES)('a script that wants out on %s (NET-1, NET-2)', (_name, start, skipped) => {
  if (skipped !== null) {
    it.skip(`SKIPPED: ${skipped}`, () => {});
    return;
  }
  let used: Used;
  let internet: Internet;
  let harness: Harness;
  let relaying: Harness;
  let host: Server;
  let full: Finished;
  /** The same run, with named hosts carried by the kernel and by the gateway's agent. */
  let restricted: Record<Carrier, Finished>;
  let askedBetween: string[];

  beforeAll(async () => {
    used = await start();
    internet = await startInternet();
    host = createServer((socket) => socket.on('error', () => {}).end('host\n'));
    await new Promise<void>((ready) => host.listen(HOST_PORT, '0.0.0.0', ready));
    harness = await createHarness(used.engine, used.capabilities);
    relaying = await createHarness(used.engine, used.capabilities, undefined, [], undefined, false, false);
    full = await harness.run('python', ATTACKS, { set: { ...ROOM, ...DNS, 'network.mode': 'full' } });
    const before = (await internet.asked()).length;
    const set = { ...ROOM, ...DNS, 'network.mode': 'restricted', 'network.allow': ALLOW };
    restricted = {
      kernel: await harness.run('python', ATTACKS, { set }),
      relay: await relaying.run('python', ATTACKS, { set }),
    };
    askedBetween = (await internet.asked()).slice(before);
  });

  afterAll(async () => {
    await harness?.dispose();
    await relaying?.dispose();
    await internet?.dispose();
    host?.close();
    await used?.dispose();
  });

  it('reaches everything but metadata, the machine of the engine and forbidden sockets under full (NET-1)', () => {
    expect(reached(attempts(full))).toEqual(WORKS_IN_FULL);
  });

  it('finds the metadata service and the machine of the engine alive, so that refused is not absent (NET-1)', async () => {
    expect(await (await fetch(`http://${METADATA}/`)).text()).toContain('site');
    expect(await (await fetch(`http://${PRIVATE}/`)).text()).toContain('site');
    const allow = `${METADATA}:80,${OUTSIDE}:${HOST_PORT}`;
    const listed = await harness.run('python', ATTACKS, {
      set: { ...ROOM, ...DNS, 'network.mode': 'full', 'network.allow': allow },
    });
    expect(reached(attempts(listed))).toEqual(expect.arrayContaining(['the metadata service', "the engine's machine"]));
    expect(reached(attempts(listed))).not.toContain('the router');
  });

  it.each(CARRIERS)('reaches what is listed and nothing else under restricted, by %s (NET-2)', (carrier) => {
    expect(reached(attempts(restricted[carrier]))).toEqual(LISTED);
  });

  it.each(CARRIERS)('is carried by the %s where it should be (NET-2)', async (carrier) => {
    const by = carrier === 'kernel' ? harness : relaying;
    const id = await by.start('python', 'print("up", flush=True); import time; time.sleep(20)', {
      set: { ...ROOM, ...DNS, 'network.mode': 'restricted', 'network.allow': ALLOW },
    });
    await by.printed(id, 'up');
    const [gateway] = await used.engine.containers({ [LABEL.run]: id, [LABEL.kind]: 'gateway' });
    const { pid } = (await used.engine.container(gateway!.id))!;
    const queues = readFileSync(`/proc/${pid}/net/netfilter/nfnetlink_queue`, 'utf8');
    expect(queues !== '').toBe(carrier === 'kernel');
    await by.runs.stop(id);
  });

  it.each(CARRIERS)('fails at once, never after a wait, by %s (NET-2)', (carrier) => {
    const slow = [...attempts(restricted[carrier]).values()].filter(
      ({ name, ms }) => ms >= PATIENCE_MS && name !== 'another site in pieces',
    );
    expect(slow).toEqual([]);
  });

  it('asks no resolver about a name that is not listed (NET-2)', () => {
    expect(askedBetween.some((name) => name === 'good.test')).toBe(true);
    const leaked = askedBetween.filter((name) => /evil|stolen|^wild\.test/.test(name));
    expect(leaked).toEqual([]);
  });

  it.each(CARRIERS)(
    'tells of every attempt with its rule, and counts the refused ones, by %s (NET-3, AUD-3)',
    (carrier) => {
      const events = eventsOf(restricted[carrier]);
      const find = (kind: string, name: string | null, port: number | null, verdict: string) =>
        events.find(
          (event) => event.kind === kind && event.name === name && event.port === port && event.verdict === verdict,
        );
      expect(find('lookup', 'good.test', null, 'allowed')?.rule).toBe('network.allow: good.test');
      expect(find('connect', 'good.test', 443, 'allowed')?.address).toBe('198.51.100.10');
      const close = find('close', 'good.test', 80, 'allowed');
      expect(close?.bytesIn).toBeGreaterThan(50);
      expect(close?.bytesOut).toBeGreaterThan(50);
      expect(close?.duration).toBeGreaterThan(0);
      expect(find('lookup', 'evil.test', null, 'denied')?.rule).toBe('network.mode: restricted');
      expect(find('close', 'good.test', 443, 'denied')).toMatchObject({
        rule: 'network.mode: restricted',
        why: 'The TLS hello names evil.test.',
      });
      expect(find('connect', 'good.test', 22, 'denied')?.why).toContain('Port 22/tcp');
      expect(find('lookup', 'rebind.test', null, 'denied')?.why).toContain('metadata');
      const byAddress = (address: string, port: number) =>
        events.find((event) => event.kind === 'connect' && event.address === address && event.port === port);
      expect(byAddress(METADATA, 80)?.why).toContain('metadata');
      expect(byAddress(OUTSIDE, HOST_PORT)?.why).toContain("engine's machine");
      expect(byAddress('198.51.100.10', 5000)).toMatchObject({ verdict: 'denied', protocol: 'udp' });
      expect(byAddress('198.51.100.10', 8443)).toMatchObject({
        verdict: 'allowed',
        rule: 'network.allow: 198.51.100.10:8443',
      });
      const denied = events.filter(({ verdict }) => verdict === 'denied').reduce((sum, { count }) => sum + count, 0);
      expect(restricted[carrier].detail.violations.find(({ kind }) => kind === 'network')?.count).toBe(denied);
    },
  );

  it('leaves nothing behind on the engine (RUN-10)', async () => {
    await expect.poll(() => harness.left(), { timeout: 20_000 }).toEqual([]);
  });
});
