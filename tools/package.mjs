/** `npm run package [-- OPTIONS]`: installers for this system by electron-builder, which fetches Electron itself. */
import { bundles } from './setup/bundles.mjs';
import { handOver } from './setup/child.mjs';
import { main, setup } from './setup/index.mjs';
import { withNode } from './setup/node.mjs';
import { inRoot, ROOT } from './setup/place.mjs';

await main(async () => {
  const { node, report } = await setup(['app']);
  await bundles(report, node, ['desktop', 'preload']);
  const builder = inRoot('node_modules', 'electron-builder', 'cli.js');
  return handOver(node, [builder, ...process.argv.slice(2)], { cwd: ROOT, env: withNode(node) });
});
