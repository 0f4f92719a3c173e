/** An app that has one run going and others waiting, until it is killed: `queue-child.ts FOLDER` (see survives.engine.test.ts). */
import { createHarness } from './harness.ts';
import { imageEngine } from './image-engine.ts';
import { fillQueue } from './waiting-runs.ts';

const docker = await imageEngine();
const harness = await createHarness(docker.engine, docker.capabilities, process.argv[2]);
const filled = await fillQueue(harness);
process.stdout.write(`${JSON.stringify(filled)}\n`);
setInterval(() => {}, 60_000);
