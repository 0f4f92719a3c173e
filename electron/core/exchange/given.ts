/** What a run is started with, as files in its sandbox and entries of its environment (RUN-9). Pure. */
import { DATA_PATHS } from '#shared/domain/exchange.ts';
import { utf8 } from '#shared/script/bytes.ts';
import type { NormalLaunch } from '#shared/script/validate.ts';
import { WORKSPACE, type PayloadFile } from '../sandbox/payload.ts';

type Data = Pick<NormalLaunch, 'input' | 'variables' | 'eventMetadata' | 'files'>;

const inside = (path: string): string => path.slice(WORKSPACE.length + 1);

/** Files with what was given; what was not given has none. */
export function dataFiles({ input, variables, eventMetadata }: Data): PayloadFile[] {
  const given: [string, unknown][] = [
    ['input', input],
    ['variables', variables],
    ['event', eventMetadata],
  ];
  return given
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ({
      path: `${inside(DATA_PATHS.data)}/${name}.json`,
      content: utf8(JSON.stringify(value)),
      executable: false,
    }));
}

/** Folders to make; one that is a file of the launch stays that file. */
export function dataFolders({ files }: Pick<Data, 'files'>): string[] {
  return Object.values(DATA_PATHS).filter((folder) => !files.some(({ path }) => path === inside(folder)));
}

export function dataEnvironment(runId: string): Record<string, string> {
  return {
    BELLGLASS_RUN_ID: runId,
    BELLGLASS_DATA_DIR: DATA_PATHS.data,
    BELLGLASS_OUTPUT_DIR: DATA_PATHS.output,
  };
}
