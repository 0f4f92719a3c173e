import type { Runtime } from '#shared/domain/run.ts';

/** Runtimes as people call them. */
export const RUNTIME_WORDS: Record<Runtime, string> = {
  python: 'Python',
  node: 'Node.js',
  bash: 'Bash',
  polyglot: 'Polyglot',
};
