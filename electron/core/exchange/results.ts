/** What a script gave back as JSON files, judged (RUN-9). */
import type { FileHandle } from 'node:fs/promises';
import * as z from 'zod';
import { GIVEN_LIMITS, TAKEN_LIMITS, type Given, type RunData, type TakenFile } from '#shared/domain/exchange.ts';
import { parseJson } from '#shared/exchange/json.ts';
import { textOf } from '#shared/script/bytes.ts';
import { size as showSize } from '#shared/script/refuse.ts';

type Open = (path: string) => Promise<FileHandle>;
type Results = Pick<RunData, 'output' | 'variables' | 'condition'>;

/** `inline`: bytes above which a value stays in its file. */
async function read(open: Open, files: readonly TakenFile[], path: string, inline: number): Promise<Given<unknown>> {
  const file = files.find((one) => one.path === path && one.type === 'file');
  if (!file) return { state: 'absent' };
  if (file.size > TAKEN_LIMITS.json)
    return {
      state: 'invalid',
      problem: `${path} is ${showSize(file.size)}, more than ${showSize(TAKEN_LIMITS.json)}.`,
    };
  if (file.size > inline) return { state: 'large', bytes: file.size };
  await using handle = await open(path);
  const bytes = await handle.readFile();
  const text = textOf(bytes);
  if (text === null) return { state: 'invalid', problem: `${path} is not valid UTF-8.` };
  const parsed = parseJson(text.replace(/^\ufeff/, ''), GIVEN_LIMITS.depth);
  return 'problem' in parsed
    ? { state: 'invalid', problem: `${path} cannot be read. ${parsed.problem}` }
    : { state: 'given', value: parsed.value };
}

function shaped<T>(found: Given<unknown>, schema: z.ZodType<T>, problem: string): Given<T> {
  if (found.state !== 'given') return found;
  const { success, data } = schema.safeParse(found.value);
  return success ? { state: 'given', value: data } : { state: 'invalid', problem };
}

const conditionSchema = z.object({ result: z.boolean() }).transform(({ result }) => result);

/** Reads the three files; what cannot be read says why, in words. `inline` in bytes. */
export async function readResults(
  open: Open,
  files: readonly TakenFile[],
  inline: number = TAKEN_LIMITS.inline,
): Promise<Results> {
  const safely = async (path: string, most: number): Promise<Given<unknown>> =>
    await read(open, files, path, most).catch(() => ({ state: 'invalid', problem: `${path} could not be read.` }));
  const [output, variables, condition] = await Promise.all([
    safely('output.json', inline),
    safely('variables.json', inline),
    safely('condition.json', TAKEN_LIMITS.inline),
  ]);
  return {
    output: shaped(output, z.json(), 'output.json is no JSON value.'),
    variables: shaped(
      variables,
      z.record(z.string(), z.json()),
      'variables.json holds no variables: it must be one object.',
    ),
    condition: shaped(
      condition,
      conditionSchema,
      'condition.json says nothing: it must be {"result": true} or {"result": false}.',
    ),
  };
}
