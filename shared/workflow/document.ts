/** A workflow file as it was read: what it asks for, nothing decided yet (WF-1). */
import type { Json } from '../domain/exchange.ts';
import type { TrustLevel } from '../domain/policy.ts';
import type { Runtime } from '../domain/run.ts';
import type { Layer } from '../policy/merge/overlay.ts';

/** What a step, or a whole workflow, asks to run under. */
export interface Wish {
  /** Name of an own policy or of a level; null when none is named. */
  readonly policy: string | null;
  readonly trust: TrustLevel | null;
  /** Values of its tier that say what it may do. */
  readonly layer: Layer;
  readonly env: Readonly<Record<string, string>>;
}

/** Texts in `input`, `variables`, `env` and `command` may hold `${{ }}`; nothing else does. */
export interface StepDocument extends Wish {
  readonly id: string;
  readonly title: string;
  /** 1-based place of the step. */
  readonly line: number;
  readonly column: number;
  /** From `needs`; null when the step says nothing. */
  readonly needs: readonly string[] | null;
  /** Steps that expressions refer to, in order of the text, each once. */
  readonly refers: readonly string[];
  readonly runtime: Runtime;
  /** The script itself, or null. */
  readonly run: string | null;
  /** Path of the script in the folder of the file, or null. */
  readonly script: string | null;
  readonly entrypoint: readonly string[] | null;
  readonly command: readonly string[] | null;
  readonly workingDir: string | null;
  /** Undefined: what the whole workflow was given. */
  readonly input: Json | undefined;
  readonly variables: Readonly<Record<string, Json>>;
  readonly secrets: readonly string[];
  /** Steps whose files it gets, in `/workspace/input/ID`. */
  readonly filesFrom: readonly string[];
  /** A CEL expression. */
  readonly condition: string | null;
  readonly continueOnError: boolean;
}

export interface WorkflowDocument extends Wish {
  readonly name: string;
  readonly description: string;
  readonly line: number;
  readonly column: number;
  /** Plain values, each overridden by one given at start. */
  readonly variables: Readonly<Record<string, Json>>;
  readonly steps: readonly StepDocument[];
}
