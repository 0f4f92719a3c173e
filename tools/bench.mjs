/** `npm run bench [-- --json] [NAME…]`: the measurements, each interleaved with its peer. */
import { handOver } from './setup/child.mjs';
import { main, setup } from './setup/index.mjs';
import { LEAN, withNode } from './setup/node.mjs';
import { inRoot } from './setup/place.mjs';

await main(async () => {
  const { node } = await setup(['engine', 'app']);
  return handOver(node, [...LEAN, inRoot('bench', 'main.ts'), ...process.argv.slice(2)], { env: withNode(node) });
});
