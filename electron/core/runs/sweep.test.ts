import { describe, expect, it } from 'vitest';
import { LABEL } from '#shared/domain/labels.ts';
import type { ContainerInfo, Engine, NetworkInfo } from '../engine/port.ts';
import { silentLog } from '../storage/log.ts';
import { sweep } from './sweep.ts';

const MINUTE = 60_000;

function container(id: string, owner: string, run: string): ContainerInfo {
  return {
    id,
    name: id,
    image: '',
    state: 'exited',
    created: 0,
    labels: { [LABEL.app]: '1', [LABEL.instance]: 'i', [LABEL.owner]: owner, [LABEL.run]: run },
  };
}

function engineWith(
  containers: ContainerInfo[],
  finishedAt: number,
  refuses = '',
  networks: NetworkInfo[] = [],
): { engine: Engine; removed: string[]; asked: Record<string, string>[] } {
  const removed: string[] = [];
  const asked: Record<string, string>[] = [];
  const part: Partial<Engine> = {
    containers: async (labels) => {
      asked.push({ ...labels });
      return containers;
    },
    container: async (id) => ({
      ...containers.find((one) => one.id === id)!,
      pid: 0,
      exitCode: 0,
      oomKilled: false,
      finishedAt,
      raw: null,
    }),
    networks: async () => networks,
    removeNetwork: async (id) => {
      if (id === refuses) return false;
      removed.push(id);
      return true;
    },
    removeContainer: async (id) => {
      if (id === refuses) throw new Error('busy');
      removed.push(id);
    },
  };
  return { engine: part as Engine, removed, asked };
}

const options = {
  instance: 'i',
  owner: 'me',
  ownerAlive: (owner: string) => owner !== 'dead',
  isLive: (run: string) => run === 'going',
  isKept: (id: string) => id === 'kept',
  isHeld: ({ id, labels }: ContainerInfo) => labels[LABEL.pool] === 'waits' || id === 'claimed',
  now: () => 20 * MINUTE,
  age: 10 * MINUTE,
  log: silentLog,
};

describe('sweep (RUN-10)', () => {
  it('removes the networks of dead processes unless something uses them, and no other (NET-2)', async () => {
    const network = (id: string, owner: string): NetworkInfo => ({
      id,
      name: id,
      labels: { [LABEL.owner]: owner },
      created: 0,
      ipv6: false,
      hostAddresses: [],
      ranges: [],
    });
    const networks = [
      network('left', 'dead'),
      network('busy', 'dead'),
      network('own', 'me'),
      network('other', 'alive'),
    ];
    const { engine, removed } = engineWith([], 0, 'busy', networks);
    expect(await sweep(engine, options)).toBe(1);
    expect(removed).toEqual(['left']);
  });

  it('removes what a dead process left at once, and never what a living one has', async () => {
    const { engine, removed, asked } = engineWith(
      [container('a', 'dead', 'x'), container('b', 'other', 'y')],
      20 * MINUTE,
    );
    expect(await sweep(engine, options)).toBe(1);
    expect(removed).toEqual(['a']);
    expect(asked).toEqual([{ [LABEL.app]: '1', [LABEL.instance]: 'i' }]);
  });

  it('leaves a live run alone and an own leftover until it is old enough', async () => {
    const mine = [container('live', 'me', 'going'), container('left', 'me', 'over')];
    const young = engineWith(mine, 15 * MINUTE);
    expect(await sweep(young.engine, options)).toBe(0);
    const old = engineWith(mine, 5 * MINUTE);
    expect(await sweep(old.engine, options)).toBe(1);
    expect(old.removed).toEqual(['left']);
  });

  it('leaves what waits for a run and what was claimed by one, and removes what nobody knows any more (RUN-11)', async () => {
    const pooled = (id: string, owner: string, ticket: string): ContainerInfo => ({
      ...container(id, owner, ''),
      labels: {
        [LABEL.app]: '1',
        [LABEL.instance]: 'i',
        [LABEL.owner]: owner,
        [LABEL.kind]: 'pool',
        [LABEL.pool]: ticket,
      },
    });
    const mine = [
      pooled('waiting', 'me', 'waits'),
      pooled('claimed', 'me', 'taken'),
      pooled('forgotten', 'me', 'gone'),
    ];
    const others = [pooled('theirs', 'other', 'waits'), pooled('crashed', 'dead', 'waits')];
    const { engine, removed } = engineWith([...mine, ...others], 5 * MINUTE);
    expect(await sweep(engine, options)).toBe(2);
    expect(removed).toEqual(['forgotten', 'crashed']);
  });

  it('goes on after one that cannot be removed', async () => {
    const { engine, removed } = engineWith([container('a', 'dead', 'x'), container('b', 'dead', 'y')], 0, 'a');
    expect(await sweep(engine, options)).toBe(1);
    expect(removed).toEqual(['b']);
  });

  it('leaves what a person wanted to keep, whoever made it, for as long as it is kept (RUN-14)', async () => {
    const all = [container('kept', 'dead', 'r1'), container('left', 'dead', 'r2')];
    const { engine, removed } = engineWith(all, 0);
    await sweep(engine, { ...options, now: () => 100 * MINUTE, age: 0, log: silentLog });
    expect(removed).toEqual(['left']);
    await sweep(engine, { ...options, isKept: () => false, now: () => 100 * MINUTE, age: 0, log: silentLog });
    expect(removed).toEqual(['left', 'kept', 'left']);
  });
});
