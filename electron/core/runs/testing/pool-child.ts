/** An app with warm sandboxes that waits to be killed: `pool-child.ts FOLDER`; says `waiting`, then the id of a run that took one (see pool.engine.test.ts). */
import { setTimeout as sleep } from 'node:timers/promises';
import { createHarness } from './harness.ts';
import { imageEngine } from './image-engine.ts';

const docker = await imageEngine();
const harness = await createHarness(docker.engine, docker.capabilities, process.argv[2]);
harness.knobs.warmPool = true;
for (let i = 0; i < 3; i++) await harness.run('bash', 'true');
while (harness.pool.status().waiting < 2) await sleep(20);
process.stdout.write('waiting\n');
const id = await harness.start('bash', 'for i in $(seq 600); do echo "line $i"; sleep 0.1; done');
await harness.printed(id, 'line 1\n');
process.stdout.write(`${id} ${(await harness.runs.get(id)).container?.warm}\n`);
await harness.finished(id);
