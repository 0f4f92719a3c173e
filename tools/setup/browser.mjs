/** A Chromium for the tests in a browser: the system's own, as no other can be downloaded everywhere. */
import { aptInstall } from './apt.mjs';
import { hasProgram } from './system.mjs';

/** @param {import('./report.mjs').Report} report */
export async function browser(report) {
  if (process.platform !== 'linux' || hasProgram('chromium') || hasProgram('google-chrome')) return;
  await aptInstall(report, {
    why: 'The tests drive the app in Chromium.',
    names: ['chromium', 'fonts-dejavu-core'],
    elsewhere: 'Install chromium with the package manager of this system, then repeat.',
  });
}
