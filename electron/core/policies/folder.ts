/** The policies of one folder as they are in force: read when they change, the last good version kept while a file is broken (POL-4). */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as breathe, setTimeout as wait } from 'node:timers/promises';
import type { PolicyDocument, Problem } from '#shared/domain/policy-document.ts';
import { readPolicy } from '#shared/policy/document/read.ts';
import { nameProblem } from '#shared/policy/names.ts';
import type { Log } from '../storage/log.ts';
import { EXTENSION, FRESH_MS, look, readContent, sha256, wholeFile, type Content, type Look } from './files.ts';
import type { PolicyMemory } from './memory.ts';

/** Files beyond this many are left alone. */
const FILE_LIMIT = 10_000;
/** An editor that saves by deleting and writing anew needs less; then a file that came back may have a last good version. */
const FORGET_MS = 10_000;
/** How often a file is looked at again while somebody writes it. */
const TRIES = 8;
/** Files looked at together, between two pauses for others. */
const BATCH = 8;

/** One file of the folder. */
export interface PolicyEntry {
  readonly name: string;
  readonly path: string;
  readonly revision: string;
  /** In force: the file as it is, or its last good version. */
  readonly document: PolicyDocument | null;
  /** SHA-256 of the text that `document` was read from; null without one. */
  readonly inForce: string | null;
  /** With an error among them, `document` is an older version. */
  readonly problems: readonly Problem[];
  /** Epoch milliseconds. */
  readonly modifiedAt: number;
}

export type PolicyChange =
  | { readonly type: 'changed'; readonly entry: PolicyEntry }
  | { readonly type: 'removed'; readonly name: string };

interface Kept {
  readonly entry: PolicyEntry;
  readonly signature: string | null;
  readonly ticket: number;
}

export interface PolicyFolderDeps {
  readonly folder: string;
  readonly memory: PolicyMemory;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly log: Log;
}

export const hasErrors = (problems: readonly Problem[]): boolean =>
  problems.some(({ severity }) => severity === 'error');

export class PolicyFolder {
  readonly folder: string;
  readonly #deps: PolicyFolderDeps;
  readonly #kept = new Map<string, Kept>();
  readonly #listeners = new Set<(change: PolicyChange) => void>();
  /** Name → when its file was first missed. */
  readonly #gone = new Map<string, number>();
  #tickets = 0;
  #scanning: Promise<void> | null = null;
  #again = false;
  #complete = false;

  constructor(deps: PolicyFolderDeps) {
    this.#deps = deps;
    this.folder = deps.folder;
  }

  /** Every file was looked at once. */
  get complete(): boolean {
    return this.#complete;
  }

  /** In the order of names. Complete after the first {@link scan}. */
  entries(): PolicyEntry[] {
    return [...this.#kept.values()].map(({ entry }) => entry).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Tells of every change; returns how to stop. */
  onChange(listener: (change: PolicyChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  pathOf(name: string): string {
    return join(this.folder, `${name}${EXTENSION}`);
  }

  /** The policy as its file is now; null when there is none of this name. */
  async find(name: string): Promise<PolicyEntry | null> {
    if (nameProblem(name) !== null && !this.#kept.has(name)) return null;
    // Where case makes no difference, another spelling would find the file under a name that it does not have.
    if (!this.#kept.has(name) && !(await this.#names()).includes(name)) return null;
    await this.refresh(name);
    return this.#kept.get(name)?.entry ?? null;
  }

  /** Looks at one file, waits while somebody writes it, and reads it when it has changed. */
  async refresh(name: string): Promise<void> {
    for (let left = TRIES; ; left -= 1) {
      const ticket = (this.#tickets += 1);
      const found = await look(this.folder, `${name}${EXTENSION}`);
      if (found === null) return this.#drop(name, ticket);
      const before = this.#kept.get(name);
      if (found.signature !== null && found.signature === before?.signature) return;
      if (found.signature === null && left > 0) {
        await wait(FRESH_MS);
        continue;
      }
      const content = found.target === null ? found.problem : await readContent(this.pathOf(name), found.target);
      if (content === null) return this.#drop(name, ticket);
      return this.#take(name, ticket, found, content);
    }
  }

  /** Looks at every file of the folder. A call during a scan is answered by one more scan after it. */
  scan(): Promise<void> {
    if (this.#scanning !== null) {
      this.#again = true;
      return this.#scanning;
    }
    const run = async (): Promise<void> => {
      try {
        do {
          this.#again = false;
          await this.#scanNow();
        } while (this.#again);
      } finally {
        this.#scanning = null;
      }
    };
    this.#scanning = run();
    return this.#scanning;
  }

  /** Scans unless that was done once. */
  async ready(): Promise<void> {
    if (!this.#complete) await this.scan();
  }

  /** The file has another name now; what is remembered of it goes along. */
  renamed(name: string, to: string): void {
    this.#quietly(() => this.#deps.memory.rename(name, to));
    this.#drop(name, (this.#tickets += 1));
  }

  /** A person deleted the file. */
  removed(name: string): void {
    this.#quietly(() => this.#deps.memory.forget(name));
    this.#drop(name, (this.#tickets += 1));
  }

  async #scanNow(): Promise<void> {
    const { log, memory } = this.#deps;
    const ticket = (this.#tickets += 1);
    let names: string[];
    try {
      names = await this.#names();
    } catch (failure) {
      log.warn('the folder of policies cannot be read', { problem: String(failure) });
      return;
    }
    for (let at = 0; at < names.length; at += BATCH) {
      const looks = names
        .slice(at, at + BATCH)
        .map((name) =>
          this.refresh(name).catch((failure: unknown) =>
            log.warn('a policy cannot be looked at', { policy: name, problem: String(failure) }),
          ),
        );
      await Promise.all(looks);
      await breathe();
    }
    const there = new Set(names);
    for (const name of this.#kept.keys()) if (!there.has(name)) this.#drop(name, ticket);
    if (!this.#complete) for (const name of memory.names()) if (!there.has(name)) this.#miss(name);
    this.#complete = true;
    this.#forgetGone(there);
  }

  /** Without extension; none when there is no folder. */
  async #names(): Promise<string[]> {
    try {
      const files = await readdir(this.folder);
      return files
        .filter((file) => file.endsWith(EXTENSION) && !file.startsWith('.'))
        .map((file) => file.slice(0, -EXTENSION.length))
        .slice(0, FILE_LIMIT);
    } catch (failure) {
      if (['ENOENT', 'ENOTDIR'].includes((failure as NodeJS.ErrnoException).code ?? '')) return [];
      throw failure;
    }
  }

  #take(name: string, ticket: number, found: Look, content: Content | Problem): void {
    const before = this.#kept.get(name);
    if (before !== undefined && before.ticket > ticket) return;
    this.#gone.delete(name);
    const { signature, modifiedAt } = found;
    const path = this.pathOf(name);
    const entry: PolicyEntry =
      'text' in content
        ? this.#read(name, path, modifiedAt, content)
        : {
            name,
            path,
            revision: sha256(`${content.code} ${signature ?? ''}`),
            ...this.#lastGood(name, path),
            problems: [content],
            modifiedAt,
          };
    this.#kept.set(name, { entry, signature, ticket });
    if (before?.entry.revision === entry.revision && before.entry.modifiedAt === modifiedAt) return;
    this.#tell({ type: 'changed', entry });
  }

  #read(name: string, path: string, modifiedAt: number, { text, revision }: Content): PolicyEntry {
    const bad = nameProblem(name);
    if (bad !== null) {
      const problem = wholeFile(path, 'bad-name', `${bad.message} ${bad.why}`, `Rename the file. ${bad.next}`);
      return { name, path, revision, document: null, inForce: null, problems: [problem], modifiedAt };
    }
    const { document, problems } = readPolicy(path, name, text);
    if (document !== null && !hasErrors(problems)) {
      this.#quietly(() => this.#deps.memory.keepGood(name, text));
      return { name, path, revision, document, inForce: revision, problems, modifiedAt };
    }
    return { name, path, revision, ...this.#lastGood(name, path), problems, modifiedAt };
  }

  /** The version in force until now, else the one that an earlier start remembered. */
  #lastGood(name: string, path: string): Pick<PolicyEntry, 'document' | 'inForce'> {
    const before = this.#kept.get(name)?.entry;
    if (before !== undefined && before.document !== null) return { document: before.document, inForce: before.inForce };
    const text = this.#quietly(() => this.#deps.memory.good(name)) ?? null;
    if (text === null) return { document: null, inForce: null };
    const { document, problems } = readPolicy(path, name, text);
    if (document === null || hasErrors(problems)) return { document: null, inForce: null };
    return { document, inForce: sha256(text) };
  }

  #drop(name: string, ticket: number): void {
    const before = this.#kept.get(name);
    if (before === undefined || before.ticket > ticket) return;
    this.#kept.delete(name);
    this.#miss(name);
    this.#tell({ type: 'removed', name });
  }

  #miss(name: string): void {
    if (!this.#gone.has(name)) this.#gone.set(name, this.#deps.now());
  }

  /** A policy that was deleted must not come back to life under a new, broken file of its name. */
  #forgetGone(there: ReadonlySet<string>): void {
    for (const [name, since] of this.#gone) {
      if (there.has(name)) this.#gone.delete(name);
      else if (this.#deps.now() - since >= FORGET_MS) {
        this.#quietly(() => this.#deps.memory.forget(name));
        this.#gone.delete(name);
      }
    }
  }

  #quietly<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (failure) {
      this.#deps.log.warn('what is remembered of a policy cannot be used', { problem: String(failure) });
      return undefined;
    }
  }

  #tell(change: PolicyChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
