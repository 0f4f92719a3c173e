/** Who uses the private engine right now: one small file per living process. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startTime } from './processes.ts';

export class Users {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async #ownName(): Promise<string> {
    return `${process.pid}-${(await startTime(process.pid)) ?? '0'}`;
  }

  async add(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    await writeFile(join(this.#folder, await this.#ownName()), '');
  }

  async remove(): Promise<void> {
    await rm(join(this.#folder, await this.#ownName()), { force: true });
  }

  /** True when another living process uses it; files of dead ones are removed on the way. */
  async others(): Promise<boolean> {
    const own = await this.#ownName();
    let alive = false;
    for (const name of await readdir(this.#folder).catch(() => [])) {
      if (name === own) continue;
      const [pid, born] = name.split('-');
      if ((await startTime(Number(pid))) === born) alive = true;
      else await rm(join(this.#folder, name), { force: true });
    }
    return alive;
  }
}
