/** What is in each image, as shown to people; the engine tests look inside and compare (IMG-1). */
import type { Runtime } from '#shared/domain/run.ts';

const COMMON = [
  'Debian 12 (bookworm)',
  'Bash 5.2',
  'coreutils',
  'grep',
  'sed',
  'gawk',
  'tar',
  'gzip',
  'jq 1.6',
  'curl 7.88',
  'ca-certificates',
  'tzdata',
];
const PYTHON = ['Python 3.11', 'requests 2.28', 'PyYAML 6.0'];
const NODE = ['Node.js 18'];

export const CONTENTS: Readonly<Record<Runtime, readonly string[]>> = {
  bash: COMMON,
  python: [...PYTHON, ...COMMON],
  node: [...NODE, ...COMMON],
  polyglot: [...PYTHON, ...NODE, ...COMMON],
};

/** The value of the label `app.bellglass.hardening`: what the build took away. */
export const HARDENING = 'no-package-manager,no-setuid,no-writable-path,non-root';
