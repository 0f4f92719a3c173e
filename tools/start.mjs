/** `npm start [-- FILE]`: the app in a window, or in the browser where no window can be had. */
import { resolve } from 'node:path';
import { bundles } from './setup/bundles.mjs';
import { handOver } from './setup/child.mjs';
import { desktopOrWhyNot } from './setup/electron.mjs';
import { main, setup } from './setup/index.mjs';
import { withNode } from './setup/node.mjs';
import { inRoot, ROOT } from './setup/place.mjs';

await main(async () => {
  const started = process.argv.slice(2).filter((argument) => argument !== '--');
  const options = started.filter((argument) => argument.startsWith('-'));
  const file = started.find((argument) => !argument.startsWith('-'));
  const { node, report } = await setup(['engine', 'app']);
  const open = file === undefined ? undefined : resolve(process.env['INIT_CWD'] ?? process.cwd(), file);
  const desktop = await desktopOrWhyNot(report, node);
  if (desktop.binary !== null) {
    await bundles(report, node, ['desktop', 'preload']);
    return handOver(desktop.binary, [ROOT, ...options, ...(open === undefined ? [] : ['--', open])]);
  }
  const args = [inRoot('electron', 'hosts', 'cli', 'main.ts'), 'serve', '--host-why', desktop.why, ...options];
  return handOver(node, [...args, ...(open === undefined ? [] : ['--open', open])], { env: withNode(node) });
});
