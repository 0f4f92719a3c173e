/** What a policy is copied as, and what is known of the run it is for (POL-5). */
import type { Runtime } from '../../domain/run.ts';

export const EXPORT_FORMS = ['docker-run', 'compose', 'kubernetes', 'bellglass-run'] as const;
export type ExportForm = (typeof EXPORT_FORMS)[number];

export interface ExportContext {
  readonly runtime: Runtime;
  /** Reference of the image that the sandbox would use; a policy's own image goes before it. */
  readonly image: string;
  /** File name of the script; `script.py` and the like without one. */
  readonly script?: string;
  /** Path of the seccomp profile, which the text refers to and does not hold. */
  readonly seccompFile: string;
  /** The disk that rates apply to, `/dev/sda`; without it they cannot be carried. */
  readonly ioDevice?: string | null;
}

export interface Exported {
  readonly text: string;
  /** What this form cannot carry of this policy, one sentence each. */
  readonly cannot: readonly string[];
}

const SCRIPTS: Readonly<Record<Runtime, string>> = {
  python: 'script.py',
  node: 'script.js',
  bash: 'script.sh',
  polyglot: 'script.sh',
};

export function scriptName({ runtime, script }: ExportContext): string {
  return script ?? SCRIPTS[runtime];
}
