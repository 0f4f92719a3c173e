import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import type { FuzzReport } from '#shared/policy/document/testing/fuzz.ts';

const ROUNDS = 10_000;
const SEED = 20_260_101;
const LIMIT_MS = 1000;
/** Together below the 200 MB that a file may cost; beyond it the thread is ended by the engine. */
const MEMORY = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 32, codeRangeSizeMb: 32 };

async function inThread(module: string, call: string): Promise<unknown> {
  const url = new URL(module, import.meta.url).href;
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
     import(${JSON.stringify(url)}).then((module) => parentPort.postMessage(module.${call}));`,
    { eval: true, execArgv: [], resourceLimits: MEMORY },
  );
  const [message] = await once(worker, 'message');
  return message;
}

it('takes ten thousand damaged files without a crash, a hang, 200 MB or half a policy (POL-4, POL-7)', async () => {
  const report = (await inThread(
    '../../../shared/policy/document/testing/fuzz.ts',
    `fuzz(${ROUNDS}, ${SEED}, () => performance.now())`,
  )) as FuzzReport;
  // Broken and sound files must both be among them, and a sound one can nearly always be edited.
  expect(report.good).toBeGreaterThan(ROUNDS / 20);
  expect(report.good).toBeLessThan(ROUNDS / 2);
  expect(report.edited / report.good).toBeGreaterThan(0.99);
  expect(report.slowestMs, report.slowest).toBeLessThan(LIMIT_MS);
}, 120_000);
