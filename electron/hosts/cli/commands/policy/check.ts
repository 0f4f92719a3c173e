/** `bellglass policy check`: every mistake of every file, with its place and what mends it. */
import { join } from 'node:path';
import type { Problem } from '#shared/domain/policy-document.ts';
import { toAppError } from '#shared/lib/app-error.ts';
import { convert, detectShape } from '#shared/policy/convert/convert.ts';
import { readPolicy } from '#shared/policy/document/read.ts';
import { nameProblem } from '#shared/policy/names.ts';
import { isLevel } from '#shared/policy/merge/resolve.ts';
import { EXIT } from '../../exit-codes.ts';
import { printJson, type Outputs } from '../../messages.ts';
import { oneLine } from '../../output.ts';
import type { World } from '../../world.ts';
import { exists, isPath, readText } from './given.ts';

/** Lines of a foreign document that become nothing are worth a look, and no errors. */
function foreign(file: string, name: string, text: string): readonly Problem[] {
  const { problems, report } = convert(name, text);
  const refused = report
    .filter(({ result }) => result === 'refused')
    .map(({ at, from, why }): Problem => {
      const { line, column } = at ?? { line: 1, column: 1 };
      return {
        file,
        line,
        column,
        endLine: line,
        endColumn: column + 1,
        severity: 'warning',
        code: 'refused',
        message: `${from} is not taken over: ${why}`,
        fix: 'Take it out, or leave it: no policy gets it.',
      };
    });
  return [...problems, ...refused].map((problem) => ({ ...problem, file }));
}

/** The file of an own policy that is named without its path. */
async function placeOf({ paths }: World, given: string): Promise<string> {
  if (isPath(given) || (await exists(given))) return given;
  const own = join(paths.config, 'policies', `${given}.yaml`);
  return nameProblem(given) === null && (await exists(own)) ? own : given;
}

async function problemsOf(world: World, given: string): Promise<readonly Problem[]> {
  if (isLevel(given)) return [];
  const file = await placeOf(world, given);
  try {
    const { name, text } = await readText(world, file);
    const shape = detectShape(text);
    return shape === null || shape === 'ours' ? readPolicy(file, name, text).problems : foreign(file, name, text);
  } catch (thrown) {
    const { message, why, next, code } = toAppError(thrown);
    return [
      {
        file,
        line: 1,
        column: 1,
        endLine: 1,
        endColumn: 1,
        severity: 'error',
        code,
        message: `${message} ${why ?? ''}`.trim(),
        fix: next ?? '',
      },
    ];
  }
}

/** 1 when any file has an error. Reads neither settings nor own policies. */
export async function check(
  world: World,
  outputs: Outputs,
  files: readonly string[],
  { json = false }: { json?: boolean },
): Promise<number> {
  let errors = 0;
  for (const file of files) {
    const problems = await problemsOf(world, file);
    errors += problems.filter(({ severity }) => severity === 'error').length;
    for (const problem of problems) {
      if (json) await printJson(outputs.stdout, problem);
      else
        await outputs.stdout.write(
          `${oneLine(`${problem.file}:${problem.line}:${problem.column}: ${problem.severity}: ${problem.message}`)}\n  ${oneLine(problem.fix)}\n`,
        );
    }
    if (!json && problems.length === 0) await outputs.stdout.write(`${oneLine(file)}: no mistakes\n`);
    if (outputs.stdout.isGone) break;
  }
  return errors === 0 ? EXIT.ok : EXIT.notOk;
}
