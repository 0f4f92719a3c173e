import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { holdAlone } from './one-at-a-time.ts';

it.skipIf(process.platform !== 'linux')('lets one hold a name and the next one wait for it', async () => {
  const name = `bellglass-test-${process.pid}`;
  const order: string[] = [];
  const letGo = await holdAlone(name);
  const second = holdAlone(name).then((release) => {
    order.push('second');
    return release;
  });
  for (let i = 0; i < 20; i++) await turn();
  order.push('first lets go');
  await letGo();
  await (
    await second
  )();
  expect(order).toEqual(['first lets go', 'second']);
  await (
    await holdAlone(name)
  )();
});
