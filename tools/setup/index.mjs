/** Makes a clone ready: packages, Node, a container engine, the built app. Does nothing, fast, when all that is there. */
import { bundles } from './bundles.mjs';
import { browser } from './browser.mjs';
import { Interrupted } from './child.mjs';
import { engine, testEngines } from './engine.mjs';
import { locked } from './lock.mjs';
import { nodePath } from './node.mjs';
import { packages } from './packages.mjs';
import { reportTo, SetupError } from './report.mjs';

/**
 * What a command needs: `packages` always; `engine` a container engine; `app` the renderer's bundle;
 * `tests` both test engines and a browser.
 * @typedef {'engine' | 'app' | 'tests'} Need
 */

/**
 * @param {Need[]} needs
 * @param {{ report?: import('./report.mjs').Report }} [options]
 * @returns {Promise<{ node: string, report: import('./report.mjs').Report }>} the Node to run Bellglass with
 */
export async function setup(needs, { report = reportTo(process.stderr) } = {}) {
  return locked(report, async () => {
    await packages(report);
    const node = nodePath();
    if (needs.includes('engine')) await engine(report);
    if (needs.includes('tests')) {
      await testEngines(report);
      await browser(report);
    }
    if (needs.includes('app')) await bundles(report, node, ['renderer']);
    return { node, report };
  });
}

/**
 * Runs a tool to its exit code and ends the process with it; a failed setup is told in two lines.
 * @param {() => Promise<number>} tool
 */
export async function main(tool) {
  try {
    process.exitCode = await tool();
  } catch (error) {
    if (error instanceof Interrupted) {
      process.exitCode = error.code;
    } else if (error instanceof SetupError) {
      process.stderr.write(`${error.message}\n${error.next}\n`);
      process.exitCode = 1;
    } else throw error;
  }
}
