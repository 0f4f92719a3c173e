/** System packages on Debian and its children; elsewhere, or without root, the exact command for the person. */
import { run } from './child.mjs';
import { timed } from './report.mjs';
import { agrees, hasApt, isRoot } from './system.mjs';

/**
 * Installs packages when we may, else says how. Never fails: what then is missing, the app or the tests name themselves.
 * @param {import('./report.mjs').Report} report
 * @param {{ why: string, names: string[], elsewhere: string }} wanted `elsewhere`: what to do on a system without apt
 * @returns {Promise<boolean>} whether they are installed now
 */
export async function aptInstall(report, { why, names, elsewhere }) {
  if (!hasApt()) {
    report.line(`• ${why} ${elsewhere}`);
    return false;
  }
  const command = `apt-get update && apt-get install --no-install-recommends ${names.join(' ')}`;
  if (!isRoot) {
    report.line(`• ${why} To install it: sudo sh -c '${command}'`);
    return false;
  }
  if (!(await agrees(`${why} Install ${names.join(', ')} with apt-get now?`))) {
    report.line(`  left out; later: ${command}`);
    return false;
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // It ends by itself between two packages; killing it leaves one half installed.
  const options = { env, graceMs: Infinity };
  return timed(report, `${why} Installing ${names.join(', ')}`, async () => {
    // An earlier apt-get may have been interrupted half-way.
    await run('dpkg', ['--configure', '-a'], options);
    await run('apt-get', ['update', '-q'], options);
    const { code, output } = await run(
      'apt-get',
      ['install', '-y', '-q', '--no-install-recommends', ...names],
      options,
    );
    if (code !== 0)
      report.line(`  apt-get could not: ${output.trim().split('\n').slice(-3).join(' ')}\n  To see why: ${command}`);
    return code === 0;
  });
}
