/** A run of this process with everything that belongs to it: record, output, execution. */
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { OutputState } from './output-viewer.ts';
import type { NormalLaunch } from '#shared/script/validate.ts';
import type { Compiled } from '#shared/domain/sandbox.ts';
import { formatBytes } from '#shared/lib/units.ts';
import { Execution, type ExecutionDeps, type ExecutionInput } from './execution.ts';
import { OutputIntake } from './output-intake.ts';
import { OutputSpool } from './output-spool.ts';
import type { RunRecord } from './run-record.ts';

export interface LiveRunInput {
  readonly record: RunRecord;
  readonly launch: NormalLaunch;
  readonly compiled: Compiled;
  readonly env: Readonly<Record<string, string>>;
  readonly spoolPath: string;
  /** Epoch milliseconds, for the times beside the output. */
  readonly wallNow: () => number;
  /** Not shown and not kept (the self-check). */
  readonly hidden: boolean;
}

export class LiveRun {
  readonly record: RunRecord;
  readonly execution: Execution;
  readonly hidden: boolean;
  readonly intake: OutputIntake;
  readonly #spool: OutputSpool;
  readonly #spoolPath: string;
  readonly #given: { -readonly [K in keyof ExecutionInput]: ExecutionInput[K] };
  readonly #outputListeners = new Set<() => void>();
  #outputEnded = false;
  #takesInput: boolean;

  private constructor(input: LiveRunInput, deps: ExecutionDeps, spool: OutputSpool) {
    this.record = input.record;
    this.hidden = input.hidden;
    this.#takesInput = input.launch.stdin === undefined;
    this.#spool = spool;
    this.#spoolPath = input.spoolPath;
    this.intake = new OutputIntake({
      spool,
      limit: input.record.policy.fields['resources.output'].value,
      now: input.wallNow,
      onFirstByte: () => this.execution.firstByte(),
      onChange: () => this.#tell(),
    });
    this.#given = {
      launch: input.launch,
      compiled: input.compiled,
      env: input.env,
      files: input.hidden ? null : dirname(input.spoolPath),
      given: () => this.rest(),
    };
    this.execution = new Execution(input.record, deps, this.#given, this.intake);
  }

  static async open(input: LiveRunInput, deps: ExecutionDeps): Promise<LiveRun> {
    return new LiveRun(input, deps, await OutputSpool.open(input.spoolPath));
  }

  /** Runs to the verdict and closes the output; never rejects. */
  async run(): Promise<void> {
    await this.execution.run();
    await this.intake.flush();
    this.#outputEnded = true;
    this.#tell();
  }

  /** Bytes of what it holds in memory for its script. */
  get weight(): number {
    const { files, stdin } = this.#given.launch;
    return files.reduce((sum, file) => sum + file.bytes.length, stdin?.length ?? 0);
  }

  /** Lets go of what it was given: while it waits, until `wake` brings that back, and for good once its script has it. */
  rest(): void {
    this.#given.launch = { ...this.#given.launch, files: [], stdin: null };
  }

  wake({ files, stdin }: Pick<NormalLaunch, 'files' | 'stdin'>): void {
    this.#given.launch = { ...this.#given.launch, files, stdin };
  }

  /** Values for secrets that were not kept, before it begins. */
  giveSecrets(secrets: Readonly<Record<string, string>>): void {
    this.#given.launch = { ...this.#given.launch, secrets };
  }

  /** What a person types can reach the script. */
  get takesInput(): boolean {
    return this.#takesInput;
  }

  /** See {@link Execution.stdin}. */
  async stdin(data: string, end: boolean): Promise<void> {
    if (end) this.#takesInput = false;
    await this.execution.stdin(data, end);
  }

  outputState(): OutputState {
    const limit = this.record.policy.fields['resources.output'].value;
    return {
      size: this.#spool.size,
      ended: this.#outputEnded,
      kept: this.intake.kept,
      dropped: this.intake.dropped,
      droppedWhy: this.#spool.failure
        ? `The disk refused it: ${this.#spool.failure.message}`
        : `The policy keeps ${formatBytes(limit)} of output; the rest was dropped.`,
    };
  }

  onOutput(listener: () => void): () => void {
    this.#outputListeners.add(listener);
    return () => this.#outputListeners.delete(listener);
  }

  /** Nothing more comes, also of one that never began. */
  async close(): Promise<void> {
    this.#outputEnded = true;
    this.#tell();
    await this.#spool.close();
    if (this.hidden) await rm(this.#spoolPath, { force: true });
  }

  #tell(): void {
    for (const listener of this.#outputListeners) listener();
  }
}
