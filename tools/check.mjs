/** `npm run check`: types, lint with the boundaries, format, unused code. Every gate runs, so that one look shows everything. */
import { run } from './setup/child.mjs';
import { main, setup } from './setup/index.mjs';
import { withNode } from './setup/node.mjs';
import { inRoot } from './setup/place.mjs';
import { duration } from './setup/report.mjs';

/** @type {{ name: string, says: string, program: string[], args: string[] }[]} */
const GATES = [
  { name: 'types', says: 'tsc', program: ['typescript', 'bin', 'tsc'], args: ['--build'] },
  { name: 'lint', says: 'oxlint', program: ['oxlint', 'bin', 'oxlint'], args: ['--format=unix'] },
  { name: 'format', says: 'oxfmt', program: ['oxfmt', 'bin', 'oxfmt'], args: ['--list-different', '.'] },
  { name: 'unused', says: 'knip', program: ['knip', 'bin', 'knip.js'], args: ['--no-progress'] },
];

await main(async () => {
  const { node } = await setup([]);
  let failed = 0;
  for (const { name, says, program, args } of GATES) {
    const start = performance.now();
    const { code, output } = await run(node, [inRoot('node_modules', ...program), ...args], { env: withNode(node) });
    const time = duration(performance.now() - start);
    console.log(`${code === 0 ? '✓' : '✗'} ${name.padEnd(7)} ${says.padEnd(7)} ${time}`);
    if (code === 0) continue;
    failed++;
    console.log(`${output.trim().replaceAll(/^/gm, '    ')}\n`);
  }
  console.log(failed === 0 ? 'check passed' : `check failed: ${failed} of ${GATES.length} gates`);
  return failed === 0 ? 0 : 1;
});
