/** Runs scripts and waits for what they give back; for the engine tests of data exchange. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Launch, RunDetail } from '#shared/contract/runs.ts';
import type { RunData } from '#shared/domain/exchange.ts';
import type { Runtime } from '#shared/domain/run.ts';
import type { Harness } from '../../runs/testing/harness.ts';

export interface TakenRun {
  readonly id: string;
  readonly output: string;
  readonly detail: RunDetail;
  readonly data: RunData;
  /** Content of a file that came out. */
  content(path: string): string;
}

/** Runs a script to its end and until its sandbox is gone. */
export async function takenFrom(
  harness: Harness,
  runtime: Runtime,
  script: string,
  more: Partial<Launch> = {},
): Promise<TakenRun> {
  const { id, output } = await harness.run(runtime, script, more);
  await harness.runs.settled(id);
  const detail = await harness.runs.get(id);
  const { data } = detail;
  if (!data) throw new Error(`nothing was taken out; it printed ${output}`);
  return {
    id,
    output,
    detail,
    data,
    content(path) {
      const number = data.files.filter(({ type }) => type === 'file').findIndex((file) => file.path === path);
      return readFileSync(join(harness.folder, 'runs', id, 'files', String(number)), 'utf8');
    },
  };
}

export const paths = (data: RunData): string[] => data.files.map(({ path }) => path);

export const reasons = (data: RunData): Record<string, string> =>
  Object.fromEntries(data.left.map(({ path, reason }) => [path, reason]));
