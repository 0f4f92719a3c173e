/** The audit: what changed or ran anything, appended in order, by as many processes as there are (AUD-1). */
import { access, constants } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import type { AuditEntry, AuditRecord } from '#shared/audit/record.ts';
import { AppError } from '#shared/lib/app-error.ts';
import type { Log } from '../storage/log.ts';
import { makeFolder } from '../storage/folder.ts';
import { redactText } from '../storage/redact.ts';
import { append, auditPath, verifyCopy, verifyFile, type Located, type Progress } from './file.ts';
import { openHead, readHead, type HeadKeeper } from './head.ts';

/** Kept while the disk refuses; beyond them the oldest are given up and the log says so. */
const WAITING_LIMIT = 10_000;
const RETRY_MS = 2000;
/** Characters of the longest text in a record. */
const TEXT_LIMIT = 500;

export interface AuditLog {
  /** Takes an entry; it is on disk a moment later, in the order of the calls. Never throws. */
  record(entry: AuditEntry): void;
  /** Resolves when everything taken so far is on disk, or could not be written. */
  flush(): Promise<void>;
  dispose(): Promise<void>;
}

export interface AuditDeps {
  /** `paths.data`. */
  readonly data: string;
  readonly via: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly log: Log;
}

type Unchained = Omit<AuditRecord, 'seq' | 'previous' | 'hash'>;

/** Where its files are in a data folder. */
export const auditFolder = (data: string): string => join(data, 'audit');

/** Where the records of a data folder are. */
export const auditFile = (data: string): string => auditPath(auditFolder(data));

/** A container without a user in its passwd file has none to name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? '');
  }
}

const short = (text: string): string => redactText(text.toWellFormed()).slice(0, TEXT_LIMIT).toWellFormed();

class FileAudit implements AuditLog {
  readonly #deps: AuditDeps;
  readonly #who: AuditRecord['who'];
  #waiting: Unchained[] = [];
  #writing: Promise<void> | null = null;
  #head: HeadKeeper | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #lost = 0;

  constructor(deps: AuditDeps) {
    this.#deps = deps;
    this.#who = { user: userName(), host: hostname(), via: deps.via };
  }

  record({ action, what, outcome, token, ...hashes }: AuditEntry): void {
    const at = new Date(this.#deps.now()).toISOString();
    const who = token === undefined ? this.#who : { ...this.#who, token };
    this.#waiting.push({ at, who, action, what: short(what), outcome: short(outcome), ...hashes });
    if (this.#waiting.length > WAITING_LIMIT) {
      this.#waiting.shift();
      this.#lost += 1;
    }
    if (this.#retry === undefined) this.#write();
  }

  async flush(): Promise<void> {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#write();
    while (this.#writing !== null) await this.#writing;
  }

  async dispose(): Promise<void> {
    await this.flush();
    clearTimeout(this.#retry);
    if (this.#waiting.length > 0)
      this.#deps.log.error('audit records could not be written and are lost', { records: this.#waiting.length });
    this.#head?.close();
    this.#head = null;
  }

  #write(): void {
    if (this.#writing !== null || this.#waiting.length === 0) return;
    this.#writing = this.#writeNow().finally(() => {
      this.#writing = null;
      if (this.#retry === undefined) this.#write();
    });
  }

  /** Everything that waits as one append: whoever comes while the disk is busy shares the next one. */
  async #writeNow(): Promise<void> {
    // Calls of the same turn belong together.
    await Promise.resolve();
    const batch = this.#waiting;
    this.#waiting = [];
    const folder = auditFolder(this.#deps.data);
    try {
      if (this.#head === null) {
        makeFolder(folder);
        this.#head = openHead(folder);
      }
      await this.#head.advance((head) => append(folder, head, batch));
      if (this.#lost > 0) this.#deps.log.error('audit records were given up', { records: this.#lost });
      this.#lost = 0;
    } catch (failure) {
      this.#waiting = [...batch, ...this.#waiting].slice(-WAITING_LIMIT);
      this.#deps.log.error('the audit cannot be written', { problem: String(failure) });
      this.#retry = setTimeout(() => {
        this.#retry = undefined;
        this.#write();
      }, RETRY_MS);
      this.#retry.unref();
    }
  }
}

/** Makes nothing on disk before the first record. */
export function createAudit(deps: AuditDeps): AuditLog {
  return new FileAudit(deps);
}

/** What reading the audit's files throws, in words. */
export function unreadable(failure: unknown, path: string): AppError {
  if (failure instanceof AppError) return failure;
  return new AppError(
    {
      code: 'storage',
      message: 'The audit cannot be read.',
      why: failure instanceof Error ? failure.message : String(failure),
      next: `Check that you may read ${path}.`,
    },
    { cause: failure },
  );
}

/** Checks the audit of a data folder; needs no running app. Throws AppError `storage` when it cannot be read. */
export async function verifyAudit(data: string, tell?: Progress): Promise<Located> {
  const folder = auditFolder(data);
  try {
    return await verifyFile(folder, readHead(folder), tell);
  } catch (failure) {
    throw unreadable(failure, folder);
  }
}

/** Checks a file of exported records; see {@link verifyCopy}. Throws AppError `storage` when it cannot be read. */
export async function verifyAuditCopy(path: string): ReturnType<typeof verifyCopy> {
  try {
    await access(path, constants.R_OK);
    return await verifyCopy(path);
  } catch (failure) {
    throw unreadable(failure, path);
  }
}
