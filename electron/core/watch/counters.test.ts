import { describe, expect, it } from 'vitest';
import { parseCounters } from './counters.ts';
import { cgroupPaths, noRoutePackets } from './host-reader.ts';
import { raisePeaks, NO_PEAKS, toSample } from './rates.ts';

const V1 = {
  'memory.usage_in_bytes': '20000000\n',
  'memory.stat': 'cache 1\nrss 2\ninactive_file 5\ntotal_inactive_file 4000000\n',
  'memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 2\n',
  'cpuacct.usage': '1500000000\n',
  'cpu.stat': 'nr_periods 40\nnr_throttled 10\nthrottled_time 5\n',
  'pids.current': '4\n',
  'pids.events': 'max 7\n',
  'blkio.throttle.io_service_bytes':
    '254:0 Read 4096\n254:0 Write 100\n254:0 Sync 0\n254:0 Total 4196\n8:0 Read 4\nTotal 4200\n',
};

const V2 = {
  'memory.current': '20000000\n',
  'memory.stat': 'anon 1\ninactive_file 4000000\n',
  'memory.events': 'low 0\nmax 3\noom 1\noom_kill 2\n',
  'cpu.stat': 'usage_usec 1500000\nuser_usec 1\nnr_periods 40\nnr_throttled 10\n',
  'pids.current': '4\n',
  'pids.events': 'max 7\n',
  'io.stat': '254:0 rbytes=4096 wbytes=100 rios=1\n8:0 rbytes=4 wbytes=0\n',
};

const EXPECTED = {
  at: 5,
  memory: 16_000_000,
  cpuTime: 1500,
  periods: 40,
  throttled: 10,
  processes: 4,
  forksRefused: 7,
  oomKills: 2,
  diskRead: 4100,
  diskWrite: 100,
};

describe('cgroup counters (RUN-6)', () => {
  it('reads both cgroup versions alike', () => {
    expect(parseCounters(V1, 5)).toEqual(EXPECTED);
    expect(parseCounters(V2, 5)).toEqual(EXPECTED);
  });

  it('reads the warden’s one-line form alike', () => {
    const flat = Object.fromEntries(Object.entries(V1).map(([name, text]) => [name, text.replaceAll('\n', ';')]));
    expect(parseCounters(flat, 5)).toEqual(EXPECTED);
  });

  it('is null when the sandbox has ended, and leaves out what a kernel does not tell', () => {
    expect(parseCounters({}, 0)).toBeNull();
    const few = parseCounters({ 'memory.current': '1', 'cpu.stat': 'usage_usec 1', 'pids.current': '1' }, 0);
    expect(few).toMatchObject({ memory: 1, oomKills: undefined, diskRead: undefined });
  });

  it('does not take a longer key for a shorter one', () => {
    const counters = parseCounters({ ...V1, 'memory.oom_control': 'under_oom_kill 9\noom_kill 1\n' }, 0);
    expect(counters?.oomKills).toBe(1);
  });

  it('finds the folders of version 1, version 2 and the hybrid', () => {
    const v1 = cgroupPaths('5:memory:/docker/a\n4:cpu,cpuacct:/docker/a\n3:pids:/docker/a\n2:blkio:/docker/a\n0::/\n');
    expect(v1.get('memory.stat')).toBe('/sys/fs/cgroup/memory/docker/a/memory.stat');
    expect(v1.get('cpuacct.usage')).toBe('/sys/fs/cgroup/cpuacct/docker/a/cpuacct.usage');
    expect(v1.has('memory.current')).toBe(false);
    const v2 = cgroupPaths('0::/system.slice/docker-a.scope\n');
    expect(v2.get('memory.current')).toBe('/sys/fs/cgroup/system.slice/docker-a.scope/memory.current');
  });

  it('counts packets without a route in both families', () => {
    expect(
      noRoutePackets('Ip: Forwarding OutNoRoutes X\nIp: 1 3 9\nIcmp: a\n', 'Ip6InReceives 1\nIp6OutNoRoutes  2\n'),
    ).toBe(5);
    expect(noRoutePackets('', '')).toBe(0);
  });
});

describe('samples', () => {
  const base = { at: 0, memory: 1, cpuTime: 100, processes: 1, periods: 0, throttled: 0, diskRead: 0, diskWrite: 0 };

  it('turns totals into shares and rates, the warden not counted', () => {
    const now = {
      ...base,
      at: 1100,
      memory: 9,
      cpuTime: 350,
      processes: 4,
      periods: 20,
      throttled: 5,
      diskRead: 1000,
      diskWrite: 0,
    };
    const sample = toSample(base, { ...base, at: 100 }, now, { openFiles: 7 }, 1000);
    expect(sample).toEqual({
      at: 1000,
      memory: 9,
      cpu: 25,
      cpuTime: 250,
      throttled: 0.25,
      processes: 3,
      openFiles: 7,
      diskRead: 1000,
      diskWrite: 0,
      scratch: undefined,
    });
  });

  it('keeps the highest of everything', () => {
    const low = toSample(base, base, { ...base, at: 100, memory: 5 }, {}, 100);
    const high = toSample(base, base, { ...base, at: 200, memory: 50 }, { scratch: 3 }, 200);
    const peaks = [high, low].reduce(raisePeaks, NO_PEAKS);
    expect(peaks).toMatchObject({ memory: 50, scratch: 3 });
  });
});
