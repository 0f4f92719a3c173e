/** Builds what the browser and Electron load, when its sources changed since. */
import { existsSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { run } from './child.mjs';
import { withNode } from './node.mjs';
import { inRoot } from './place.mjs';
import { SetupError, timed } from './report.mjs';
import { clearStamp, fingerprint, readStamp, writeStamp } from './stamp.mjs';

const COMMON = ['shared', 'vite.config.ts', 'package-lock.json'];

/** Each bundle is a mode of vite.config.ts. */
const BUNDLES = {
  renderer: { title: 'Building the app for the browser', sources: ['renderer'], result: 'dist/renderer/index.html' },
  desktop: { title: 'Building the desktop shell', sources: ['electron'], result: 'dist/desktop/main.js' },
  preload: { title: 'Building the preload script', sources: ['electron/preload'], result: 'dist/preload/preload.cjs' },
};

/** @param {string} output */
const withoutTrace = (output) =>
  stripVTControlCharacters(output)
    .replaceAll(/^ {4}at .*\n/gm, '')
    .trim();

/**
 * @param {import('./report.mjs').Report} report @param {string} node
 * @param {(keyof typeof BUNDLES)[]} names
 */
export async function bundles(report, node, names) {
  for (const name of names) {
    const { title, sources, result } = BUNDLES[name];
    const stamp = `bundle-${name}`;
    const inputs = fingerprint([...sources, ...COMMON].map((path) => inRoot(path)));
    if (readStamp(stamp) === inputs && existsSync(inRoot(result))) continue;
    await timed(report, title, async () => {
      clearStamp(stamp);
      const args = [inRoot('node_modules', 'vite', 'bin', 'vite.js'), 'build', '--mode', name, '--logLevel', 'warn'];
      const { code, output } = await run(node, args, {
        env: { ...withNode(node), NODE_ENV: 'production' },
      });
      if (code !== 0)
        throw new SetupError(
          `The ${name} bundle could not be built.\n${withoutTrace(output)}`,
          'Mend the source named above, then repeat.',
        );
    });
    writeStamp(stamp, inputs);
  }
}
