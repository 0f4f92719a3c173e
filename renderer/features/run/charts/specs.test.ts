import { expect, it } from 'vitest';
import type { Limits } from '../model/limits.ts';
import { Readings } from '../model/readings.ts';
import { chartsOf, limitLines } from './specs.ts';

const limits = (network: Limits['network'], download: number | null, upload: number | null): Limits =>
  ({ network, download, upload, memory: 1, cpu: 1, processes: 1 }) as Partial<Limits> as Limits;
const network = (given: Limits) => chartsOf(given, new Readings()).find(({ id }) => id === 'network');
const MIB = 1024 ** 2;

it('draws both directions with the policy’s caps, and says which line is whose (RUN-6, NET-2)', () => {
  const chart = network(limits('restricted', 5 * MIB, MIB))!;
  expect(chart.series.map(({ metric, limit }) => [metric, limit])).toEqual([
    ['networkIn', 5 * MIB],
    ['networkOut', MIB],
  ]);
  expect(limitLines(chart)).toEqual([
    { value: 5 * MIB, label: '↓ 5 MiB/s' },
    { value: MIB, label: '↑ 1 MiB/s' },
  ]);
});

it('draws one line for equal caps, none without caps, and no chart without a network', () => {
  expect(limitLines(network(limits('full', MIB, MIB))!)).toEqual([{ value: MIB, label: '↓↑ 1 MiB/s' }]);
  expect(limitLines(network(limits('full', null, null))!)).toEqual([]);
  expect(network(limits('none', MIB, MIB))).toBeUndefined();
});
