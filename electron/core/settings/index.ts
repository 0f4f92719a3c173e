/** Settings: one YAML file with environment twins, watched, edited with care (HOST-6). */
import { mkdir, open, realpath } from 'node:fs/promises';
import { unwatchFile, watchFile } from 'node:fs';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { Setting } from '#shared/contract/system.ts';
import { AppError, toAppError, type AppErrorData } from '#shared/lib/app-error.ts';
import { closest } from '#shared/lib/closest.ts';
import type { Log } from '../storage/log.ts';
import type { Paths } from '../storage/paths.ts';
import { checkValue, editSettings, readSettings, SettingsProblem, SIZE_LIMIT } from './document.ts';
import { withLock } from './lock.ts';
import { build, ENTRIES, locked, present, RENAMED, twin, type Entry, type Settings, type Texts } from './table.ts';

export type { Settings } from './table.ts';

/** An edit from outside is seen within this time plus the time to read the file. */
const LOOK_EVERY_MS = 500;

export interface SettingsStore {
  /** What is in force now; a new object after each change. */
  current(): Settings;
  list(): Setting[];
  readonly path: string;
  /** Why the file is not in force as it stands, or null. */
  error(): AppErrorData | null;
  /** Writes one key, or removes it for null. Throws AppError `input-invalid` for a bad key or value, `storage` when writing fails. */
  set(key: string, value: string | null): Promise<void>;
  /** Calls back after each change of what is in force; returns how to stop that. */
  onChange(callback: (settings: Settings) => void): () => void;
  /** Stops watching; resolves when nothing more will be read or written. */
  dispose(): Promise<void>;
}

export interface SettingsDeps {
  readonly paths: Paths;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
}

/** Null when there is no file. Reads at most a byte beyond the limit. */
async function readBounded(path: string): Promise<string | null> {
  try {
    const file = await open(path, 'r');
    try {
      const buffer = Buffer.alloc(SIZE_LIMIT + 1);
      let length = 0;
      for (;;) {
        const { bytesRead } = await file.read(buffer, length, buffer.length - length);
        length += bytesRead;
        if (bytesRead === 0 || length === buffer.length) return buffer.toString('utf8', 0, length);
      }
    } finally {
      await file.close();
    }
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw storage('The settings file cannot be read.', path, failure);
  }
}

function storage(message: string, path: string, failure: unknown): AppError {
  return new AppError(
    {
      code: 'storage',
      message,
      why: failure instanceof Error ? failure.message : String(failure),
      next: `Check that ${path} is a file that you may read and write.`,
    },
    { cause: failure },
  );
}

/** Values of environment twins, checked. Throws AppError `input-invalid` naming the variable. */
function fromEnvironment(env: SettingsDeps['env']): Texts {
  const texts = new Map<string, string>();
  for (const entry of ENTRIES.values()) {
    const name = twin(entry.key);
    const text = env[name];
    if (text === undefined || text === '') continue;
    checkValue(
      entry,
      text,
      (error) =>
        new AppError({ code: 'input-invalid', message: `${name}: ${error.message}`, why: error.why, next: error.next }),
    );
    texts.set(entry.key, text);
  }
  // The environment goes before the file also where it uses an old name and the file the new one.
  for (const [old, now] of Object.entries(RENAMED)) {
    const text = texts.get(old);
    if (text !== undefined && !texts.has(now)) texts.set(now, text);
  }
  return texts;
}

function find(key: string): Entry {
  const entry = ENTRIES.get(key);
  if (entry !== undefined) return entry;
  const near = closest(key, [...ENTRIES.keys()]);
  throw new AppError({
    code: 'input-invalid',
    message: `There is no setting \`${key.slice(0, 120)}\`.`,
    why: 'The name is not known.',
    next: near === null ? 'Look at the list of settings.' : `Did you mean \`${near}\`?`,
  });
}

class FileSettings implements SettingsStore {
  readonly path: string;
  readonly #lastGood: string;
  readonly #fromEnv: Texts;
  readonly #variable: (key: string) => string;
  readonly #log: Log;
  readonly #callbacks = new Set<(settings: Settings) => void>();
  #text: string | null | undefined;
  #fromFile: Texts = new Map();
  #current: Settings;
  #problem: AppError | null = null;
  #seen = false;
  #loading: Promise<void> = Promise.resolve();

  constructor({ paths, env, log }: SettingsDeps) {
    this.path = join(paths.config, 'settings.yaml');
    this.#lastGood = join(paths.data, 'settings.last-good.yaml');
    this.#fromEnv = fromEnvironment(env);
    this.#variable = (key) => {
      const old = Object.keys(RENAMED).find((name) => RENAMED[name] === key);
      return old !== undefined && !env[twin(key)] ? twin(old) : twin(key);
    };
    this.#log = log;
    this.#current = build(this.#fromEnv);
  }

  async start(): Promise<void> {
    await this.#load();
    watchFile(this.path, { interval: LOOK_EVERY_MS, persistent: false }, this.#look);
  }

  readonly #look = (): void => {
    void this.#load();
  };

  /** One reading at a time, so that an older text never comes after a newer one. */
  #load(): Promise<void> {
    this.#loading = this.#loading.then(() => this.#loadNow());
    return this.#loading;
  }

  /** Takes the file as it is now; a broken one changes nothing but the error. */
  async #loadNow(): Promise<void> {
    try {
      const text = await readBounded(this.path);
      if (text === this.#text) return;
      this.#text = text;
      const texts = readSettings(this.path, text ?? '');
      this.#problem = null;
      this.#apply(texts);
      await this.#remember(text);
    } catch (thrown) {
      this.#problem = toAppError(thrown);
      this.#log.warn('the settings file is not in force', { problem: this.#problem.message });
      if (!this.#seen) await this.#recover();
    }
  }

  #apply(texts: Texts): void {
    this.#fromFile = texts;
    this.#seen = true;
    this.#current = build(new Map([...texts, ...this.#fromEnv]));
    for (const callback of this.#callbacks) callback(this.#current);
  }

  /** The last good version of an earlier start; without one, only what `untrusted` may do. */
  async #recover(): Promise<void> {
    try {
      const kept = await readBounded(this.#lastGood);
      if (kept !== null) return this.#apply(readSettings(this.#lastGood, kept));
    } catch (thrown) {
      this.#log.warn('the last good settings are broken too', { problem: toAppError(thrown).message });
    }
    this.#seen = true;
    this.#current = locked(this.#current);
  }

  async #remember(text: string | null): Promise<void> {
    try {
      if ((await readBounded(this.#lastGood)) === (text ?? '')) return;
      await mkdir(join(this.#lastGood, '..'), { recursive: true });
      await writeFileAtomic(this.#lastGood, text ?? '', { mode: 0o600 });
    } catch (failure) {
      this.#log.warn('the last good settings could not be kept', { problem: String(failure) });
    }
  }

  current(): Settings {
    return this.#current;
  }

  error(): AppErrorData | null {
    return this.#problem?.toData() ?? null;
  }

  list(): Setting[] {
    const wrong = this.#problem instanceof SettingsProblem ? this.#problem : null;
    const rows: Setting[] = [];
    for (const entry of ENTRIES.values()) {
      const { key } = entry;
      const env = this.#fromEnv.get(key);
      const file = this.#fromFile.get(key);
      const error = wrong?.key === key ? wrong.message : undefined;
      if (!entry.listed && env === undefined && file === undefined && error === undefined) continue;
      rows.push(
        present(
          entry,
          env ?? file ?? entry.initial,
          env !== undefined ? this.#variable(key) : file !== undefined ? 'file' : 'default',
          error,
        ),
      );
    }
    return rows;
  }

  async set(key: string, value: string | null): Promise<void> {
    const entry = find(key);
    if (this.#fromEnv.has(key))
      throw new AppError({
        code: 'input-invalid',
        message: `\`${key}\` cannot be changed here.`,
        why: `The environment variable ${this.#variable(key)} sets it.`,
        next: `Unset ${this.#variable(key)} and start Bellglass again.`,
      });
    if (value !== null)
      checkValue(
        entry,
        value,
        (error) =>
          new AppError({
            code: 'input-invalid',
            message: `${key}: ${error.message}`,
            why: error.why,
            next: error.next,
          }),
      );
    try {
      await mkdir(join(this.path, '..'), { recursive: true, mode: 0o700 });
      await withLock(`${this.path}.lock`, async () => {
        const text = (await readBounded(this.path)) ?? '';
        const target = await realpath(this.path).catch(() => this.path);
        await writeFileAtomic(target, editSettings(this.path, text, entry, value));
      });
    } catch (failure) {
      throw failure instanceof AppError ? failure : storage('The settings cannot be written.', this.path, failure);
    }
    await this.#load();
  }

  onChange(callback: (settings: Settings) => void): () => void {
    this.#callbacks.add(callback);
    return () => this.#callbacks.delete(callback);
  }

  async dispose(): Promise<void> {
    unwatchFile(this.path, this.#look);
    this.#callbacks.clear();
    await this.#loading;
  }
}

/** Reads the file (none is fine) and watches it. Throws AppError `input-invalid` for a bad environment variable; a broken file is {@link SettingsStore.error}. */
export async function createSettings(deps: SettingsDeps): Promise<SettingsStore> {
  const settings = new FileSettings(deps);
  await settings.start();
  return settings;
}
