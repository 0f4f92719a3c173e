/**
 * Keeps the sandbox of a run that asked for it: its script and everything that came of it is killed, then it is frozen, so
 * that nothing runs in it ever again, while its files, which are in memory, stay (RUN-14).
 */
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { TAKEN_LIMITS, type RunData } from '#shared/domain/exchange.ts';
import { KEPT_LIMITS, type KeptSandbox } from '#shared/domain/kept.ts';
import { AppError } from '#shared/lib/app-error.ts';
import { showDuration } from '#shared/lib/units.ts';
import type { Engine } from '../engine/port.ts';
import { readTar } from '../exchange/read-tar.ts';
import { filesFolder, Landing, openTaken } from '../exchange/run-files.ts';
import type { KeptApi } from '../core.ts';
import type { RunRecord } from '../runs/run-record.ts';
import { WORKSPACE } from '../sandbox/payload.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Log } from '../storage/log.ts';
import type { KeptRow, KeptStore } from './kept-store.ts';

const COLLECTOR = '/usr/lib/bellglass/collector';
const ENGINE_MS = 5000;

export interface KeptDeps {
  readonly store: KeptStore;
  /** Throws AppError `engine-unreachable` when there is none. */
  readonly engine: () => Engine;
  /** Where files land that somebody looks at. */
  readonly folder: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** A sandbox is kept from now on. */
  readonly told: (run: string) => void;
  readonly log: Log;
}

/** Whose sandbox it is, and what must be known of it later. */
export interface ToKeep {
  readonly record: RunRecord;
  readonly name: string;
  readonly user: string;
  readonly scratch: number;
}

export class KeptSandboxes implements KeptApi {
  readonly #deps: KeptDeps;
  /** One look at a sandbox at a time. */
  readonly #looking = new Map<string, Promise<unknown>>();

  constructor(deps: KeptDeps) {
    this.#deps = deps;
  }

  /** Throws AppError `plan-refused` when no further one may be kept. */
  expectRoom(): void {
    if (this.#deps.store.list().length < KEPT_LIMITS.count) return;
    throw new AppError({
      code: 'plan-refused',
      message: 'This sandbox could not be kept.',
      why: `${KEPT_LIMITS.count} are kept already.`,
      next: 'Remove one with `bellglass kept remove`, or run without keeping it.',
    });
  }

  /** Seals it and keeps it; false when it cannot be, then it goes like any other. */
  async seal(sandbox: Sandbox, { record, name, user, scratch }: ToKeep): Promise<boolean> {
    const { store, engine, now, log } = this.#deps;
    const row: KeptRow = {
      run: record.id,
      name,
      container: sandbox.id,
      engine: engine().address,
      user,
      scratch,
      at: now(),
    };
    // Written first: from here on no sweep takes it.
    if (!store.add(row, KEPT_LIMITS.count)) {
      record.addNote(`Its sandbox was not kept: ${KEPT_LIMITS.count} are kept already.`);
      return false;
    }
    try {
      await sandbox.seal();
      this.#deps.told(record.id);
      record.addNote(
        `Its sandbox is kept, sealed, for ${showDuration(KEPT_LIMITS.age)}: look into it with \`bellglass kept copy ${record.id} FOLDER\`.`,
      );
      return true;
    } catch (failure) {
      store.forget(record.id);
      log.warn('a sandbox could not be kept', { run: record.id, problem: String(failure) });
      record.addNote('Its sandbox could not be kept: it ended with the script.');
      return false;
    }
  }

  /** For sweeps: nobody removes it but somebody who asks for it, or its age. */
  has(container: string): boolean {
    return this.#deps.store.has(container);
  }

  /** Removes what is too old, and forgets what its engine does not have any more. */
  async expire(): Promise<void> {
    const { store, engine, now, log } = this.#deps;
    const here = engine();
    for (const row of store.list()) {
      if (row.engine !== here.address) continue;
      try {
        const state = (await here.container(row.container))?.state ?? 'gone';
        // With its PID 1 its files went: the engine or its computer was restarted.
        const empty = state === 'exited' || state === 'dead';
        if (empty || now() - row.at >= KEPT_LIMITS.age) await this.remove(row.run);
        else if (state === 'gone') store.forget(row.run);
      } catch (failure) {
        log.warn('a kept sandbox could not be removed', { run: row.run, problem: String(failure) });
      }
    }
  }

  async list(): Promise<KeptSandbox[]> {
    return this.#deps.store.list().map(({ run, name, container, engine, at }) => ({
      run,
      name,
      container,
      engine,
      at,
      until: at + KEPT_LIMITS.age,
    }));
  }

  async remove(run: string): Promise<void> {
    const row = this.#row(run);
    await this.#engineOf(row).removeContainer(row.container);
    this.#deps.store.forget(run);
    await rm(filesFolder(this.#deps.folder, run), { recursive: true, force: true });
  }

  async look(run: string): Promise<Pick<RunData, 'files' | 'left' | 'leftMore' | 'problem'>> {
    const row = this.#row(run);
    const before = this.#looking.get(run) ?? Promise.resolve();
    const looking = before.catch(() => {}).then(() => this.#look(row));
    this.#looking.set(run, looking);
    return await looking.finally(() => this.#looking.delete(run));
  }

  async read(
    run: string,
    files: RunData['files'],
    path: string,
    from: number,
    length: number,
  ): Promise<{ bytes: Uint8Array; size: number }> {
    await using file = await openTaken(this.#deps.folder, run, files, path);
    const { size } = await file.stat();
    const buffer = new Uint8Array(Math.max(0, Math.min(length, size - from)));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
    return { bytes: buffer.subarray(0, bytesRead), size };
  }

  async #look(row: KeptRow): Promise<Pick<RunData, 'files' | 'left' | 'leftMore' | 'problem'>> {
    const { folder } = this.#deps;
    const engine = this.#engineOf(row);
    const scratch = String(row.scratch);
    const total = Math.min(row.scratch, TAKEN_LIMITS.total);
    await rm(filesFolder(folder, row.run), { recursive: true, force: true });
    const target = await Landing.make(folder, row.run);
    await engine.unpause(row.container);
    try {
      const exec = await engine.exec(row.container, {
        command: [
          COLLECTOR,
          WORKSPACE,
          ...[TAKEN_LIMITS.looked, TAKEN_LIMITS.depth].map(String),
          scratch,
          String(total),
        ],
        user: row.user,
        workingDir: '/',
        stdin: false,
      });
      exec.stderr.resume();
      exec.done.catch(() => {});
      try {
        const limits = { total, entries: TAKEN_LIMITS.entries };
        const { files, left, leftMore, problem } = await readTar(
          exec.stdout,
          limits,
          target,
          AbortSignal.timeout(TAKEN_LIMITS.time),
        );
        return { files, left, leftMore, problem };
      } finally {
        exec.destroy();
      }
    } finally {
      await Promise.race([engine.pause(row.container), sleep(ENGINE_MS, undefined, { ref: false })]);
    }
  }

  #row(run: string): KeptRow {
    const row = this.#deps.store.get(run);
    if (row) return row;
    throw new AppError({
      code: 'input-invalid',
      message: `No sandbox is kept of run ${run.slice(0, 40)}.`,
      next: 'Look at `bellglass kept` for those that are.',
    });
  }

  #engineOf(row: KeptRow): Engine {
    const engine = this.#deps.engine();
    if (engine.address === row.engine) return engine;
    throw new AppError({
      code: 'input-invalid',
      message: 'Another engine has this sandbox.',
      why: `It is on ${row.engine}.`,
      next: 'Choose that engine in the doctor, then try again.',
    });
  }
}
