/**
 * `npm start [-- [--browser] [--port N] [--json] FILE]`: the app in a window, or in the browser where no window can be had
 * or the browser is asked for. FILE is opened in the launch sheet.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { bundles } from './setup/bundles.mjs';
import { handOver } from './setup/child.mjs';
import { desktopOrWhyNot } from './setup/electron.mjs';
import { main, setup } from './setup/index.mjs';
import { LEAN, withNode } from './setup/node.mjs';
import { inRoot, ROOT } from './setup/place.mjs';
import { SetupError } from './setup/report.mjs';

function read() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { browser: { type: 'boolean' }, port: { type: 'string' }, json: { type: 'boolean' } },
    });
  } catch (error) {
    const { message } = /** @type {Error} */ (error);
    throw new SetupError(message, 'Usage: npm start [-- [--browser] [--port N] [--json] FILE]');
  }
}

await main(async () => {
  const { values, positionals } = read();
  const [file] = positionals;
  const open = file === undefined ? null : resolve(process.env['INIT_CWD'] ?? process.cwd(), file);
  const { node, report } = await setup(['engine', 'app']);
  const wantsBrowser = values.browser === true || values.port !== undefined || values.json === true;
  const desktop = wantsBrowser
    ? { binary: null, why: 'The browser was asked for.' }
    : await desktopOrWhyNot(report, node);
  if (desktop.binary !== null) {
    await bundles(report, node, ['desktop', 'preload']);
    return handOver(desktop.binary, [ROOT, ...(open === null ? [] : ['--', open])]);
  }
  const args = [...LEAN, inRoot('electron', 'hosts', 'cli', 'main.ts'), 'serve', '--host-why', desktop.why];
  if (values.port !== undefined) args.push('--port', values.port);
  if (values.json === true) args.push('--json');
  if (open !== null) args.push('--open', open);
  return handOver(node, args, { env: withNode(node) });
});
