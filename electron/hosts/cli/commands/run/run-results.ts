/** What a run gave back, for a person and for a program (RUN-9). */
import type { Given, RunData } from '#shared/domain/exchange.ts';
import { LEFT_WORDS } from '#shared/exchange/words.ts';
import { size } from '#shared/script/refuse.ts';
import type { Copied } from './run-data.ts';

/** Left things that a person is told one by one. */
const NAMED = 5;

const many = (count: number, what: string): string => `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;

/** Sentences for stderr; none when the script gave nothing back. `hint`: how to have its files. */
export function dataWords(data: RunData | null, copied: Copied | null, hint = '; `--out DIR` copies them'): string[] {
  if (data === null) return [];
  const files = data.files.filter(({ type }) => type === 'file');
  const lines: string[] = [];
  if (data.problem !== null) lines.push(data.problem);
  for (const result of [data.output, data.variables, data.condition])
    if (result.state === 'invalid') lines.push(result.problem);
  if (copied) lines.push(`${many(copied.files, 'file')} copied to ${copied.folder}`, ...copied.failed);
  else if (files.length > 0) lines.push(`It gave back ${many(files.length, 'file')}, ${size(data.bytes)}${hint}.`);
  for (const { path, reason } of data.left.slice(0, NAMED))
    lines.push(`Left in the sandbox: ${path}. ${LEFT_WORDS[reason]}`);
  const more = data.left.length - NAMED + data.leftMore;
  if (more > 0) lines.push(`${more.toLocaleString('en')} more were left in the sandbox.`);
  if (data.events.lost > 0) lines.push(`${many(data.events.lost, 'event')} were only counted.`);
  return lines;
}

function plain(result: Given<unknown>): unknown {
  return result.state === 'given' ? result.value : null;
}

/** Fields of the line `finished`: values as they are, null for what was not given; `problems` says what could not be read. */
export function resultFields(data: RunData | null): Record<string, unknown> {
  const problems = data
    ? Object.fromEntries(
        (['output', 'variables', 'condition'] as const).flatMap((name) => {
          const result = data[name];
          return result.state === 'invalid' ? [[name, result.problem]] : [];
        }),
      )
    : {};
  return {
    variables: data ? plain(data.variables) : null,
    condition: data ? plain(data.condition) : null,
    output: data ? plain(data.output) : null,
    files: data?.files ?? [],
    left: data?.left ?? [],
    leftMore: data?.leftMore ?? 0,
    events: data?.events ?? { told: 0, lost: 0 },
    problems: data?.problem ? { ...problems, files: data.problem } : problems,
  };
}
