/** An app that starts a workflow and waits to be killed: `crash-child.ts FOLDER` (see crash.engine.test.ts). */
import { imageEngine } from '../../runs/testing/image-engine.ts';
import { createWorld } from './world.ts';

const docker = await imageEngine();
const world = await createWorld(docker, process.argv[2]);
const id = await world.start(`workflows:
  long:
    steps:
      - id: first
        runtime: python
        run: |
          import bellglass
          bellglass.output({"n": 7})
      - { id: second, input: "\${{ steps.first.output.n }}", run: "sleep 60" }
      - { id: third, needs: [second], run: echo third }
`);
for await (const { steps } of world.workflows.watch(id)) {
  const [first, second] = steps;
  if (first?.state !== 'succeeded' || second?.runs[0] === undefined) continue;
  const { state } = (await world.harness.runs.get(second.runs[0])).summary;
  process.stdout.write(`${id} ${state}\n`);
  break;
}
await world.ended(id);
