/** An app that starts one run and waits to be killed: `crash-child.ts FOLDER` (see crash.engine.test.ts). */
import { createHarness } from './harness.ts';
import { imageEngine } from './image-engine.ts';

const docker = await imageEngine();
const harness = await createHarness(docker.engine, docker.capabilities, process.argv[2]);
process.stdout.write('ready\n');
const id = await harness.start('bash', 'for i in $(seq 600); do echo "line $i"; sleep 0.1; done');
process.stdout.write(`${id}\n`);
await harness.finished(id);
