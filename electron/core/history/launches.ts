/**
 * What each run was given, one file a run beside its output, so that it can be run again (RUN-12): compressed, for its
 * owner only, deleted with the output. Values of secrets are not in it (RUN-4).
 */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { givenAgainSchema, withoutSecrets, type GivenAgain } from '#shared/history/again.ts';
import { LAUNCH_LIMITS } from '#shared/contract/runs.ts';
import { GIVEN_LIMITS } from '#shared/domain/exchange.ts';
import type { NormalLaunch } from '#shared/script/validate.ts';
import type { RunTold } from '../runs/told.ts';
import { makeFolder } from '../storage/folder.ts';
import type { Log } from '../storage/log.ts';

const pack = promisify(gzip);
const unpack = promisify(gunzip);
/** Written this much later, ms: the script must not wait for it. */
const AFTER_MS = 150;
/** Text of the largest launch: files as base64, and data whose every character is escaped. */
const TEXT_MAX = 2 * LAUNCH_LIMITS.files + 8 * (LAUNCH_LIMITS.stdin + 3 * GIVEN_LIMITS.bytes);

/** Where what a run was given is, in the folder of all runs. */
export const launchPath = (runs: string, id: string): string => join(runs, `${id}.launch`);

/** The pure way leaves eight times the file as garbage, which two hundred queued runs make the heap grow by. */
const base64 = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64');

/** Deletes what a run was given. */
export async function removeLaunch(runs: string, id: string): Promise<void> {
  await rm(launchPath(runs, id), { force: true });
}

export interface KeptLaunchesDeps {
  /** The folder of all runs. */
  readonly runs: string;
  readonly log: Log;
}

export class KeptLaunches implements RunTold {
  readonly #deps: KeptLaunchesDeps;
  readonly #waiting = new Map<string, { readonly launch: NormalLaunch; readonly timer: NodeJS.Timeout }>();
  readonly #writing = new Map<string, Promise<void>>();
  #turn: Promise<void> = Promise.resolve();

  constructor(deps: KeptLaunchesDeps) {
    this.#deps = deps;
  }

  began(...[{ id }, launch, , { hidden }]: Parameters<RunTold['began']>): void {
    if (hidden) return;
    this.#waiting.set(id, { launch, timer: setTimeout(() => this.#writeNow(id), AFTER_MS).unref() });
  }

  ended({ id }: Parameters<RunTold['ended']>[0]): void {
    this.#writeNow(id);
  }

  /** What a run was given, null when it is not kept. Throws AppError of the disk's. */
  async read(id: string): Promise<GivenAgain | null> {
    await this.flush(id);
    const bytes = await readFile(launchPath(this.#deps.runs, id)).catch(() => null);
    if (bytes === null) return null;
    try {
      const text = await unpack(bytes, { maxOutputLength: TEXT_MAX });
      return givenAgainSchema.parse(JSON.parse(text.toString('utf8')));
    } catch (failure) {
      this.#deps.log.warn('what a run was given cannot be read', { run: id, problem: String(failure) });
      return null;
    }
  }

  /** Writes what waits: of one run, or of all. */
  async flush(id?: string): Promise<void> {
    for (const one of id === undefined ? [...this.#waiting.keys()] : [id]) this.#writeNow(one);
    await (id === undefined ? Promise.all(this.#writing.values()) : this.#writing.get(id));
  }

  #writeNow(id: string): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    clearTimeout(waiting.timer);
    this.#waiting.delete(id);
    // One after the other: what packs them takes a quarter of a megabyte each.
    const writing = this.#turn
      .then(() => this.#write(id, waiting.launch))
      .catch((failure: unknown) =>
        this.#deps.log.warn('what a run was given could not be kept', { run: id, problem: String(failure) }),
      )
      .finally(() => this.#writing.delete(id));
    this.#turn = writing;
    this.#writing.set(id, writing);
  }

  async #write(id: string, launch: NormalLaunch): Promise<void> {
    const { runs } = this.#deps;
    const path = launchPath(runs, id);
    const half = `${path}.part`;
    try {
      const bytes = await pack(JSON.stringify(withoutSecrets(launch, base64)), { level: 1 });
      makeFolder(runs);
      await writeFile(half, bytes, { mode: 0o600, flag: 'wx' });
      await rename(half, path);
    } catch (failure) {
      await rm(half, { force: true });
      throw failure;
    }
  }
}
