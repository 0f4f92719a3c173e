/** Entry of the `bellglass` command: gives the commands the real world and ends with their exit code. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createCore } from '#core/create-core.ts';
import { resolvePaths } from '#core/storage/paths.ts';
import { EXIT } from './exit-codes.ts';
import { runCli } from './program.ts';
import { onStopSignals } from './signals.ts';

const root = resolve(import.meta.dirname, '../../..');
const { version } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as { version: string };

const code = await runCli(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  paths: resolvePaths(process.env, root),
  version,
  onSignal: (listener) => onStopSignals(listener, () => process.exit(EXIT.cancelled)),
  createCore,
  now: () => performance.now(),
});
process.exit(code);
