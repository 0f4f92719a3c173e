/** `bellglass policy show`, `diff`, `lint`, `why` and `list`: policies looked at, in words or as JSON. */
import { TIERS } from '#shared/domain/policy.ts';
import { RUNTIMES, type Runtime } from '#shared/domain/run.ts';
import { enforcement } from '#shared/policy/compile.ts';
import { diffPolicies } from '#shared/policy/diff/diff.ts';
import { lint } from '#shared/policy/lint/lint.ts';
import { riskOf } from '#shared/policy/lint/risk.ts';
import { isLevel } from '#shared/policy/merge/resolve.ts';
import { fieldRows, summary } from '#shared/policy/say/summary.ts';
import { answer } from '#shared/policy/why/answer.ts';
import { parseQuestion } from '#shared/policy/why/question.ts';
import { TRUST_LEVELS } from '#shared/domain/policy.ts';
import { EXIT } from '../../exit-codes.ts';
import { printJson, UsageError, type Outputs } from '../../messages.ts';
import { oneLine } from '../../output.ts';
import type { World } from '../../world.ts';
import { withPolicies, type Given, type Session } from './given.ts';

export interface LookOptions {
  readonly json?: boolean;
  readonly effective?: boolean;
  readonly engine?: boolean;
  readonly runtime?: string;
}

export function runtimeOf(given: string | undefined): Runtime {
  const runtime = RUNTIMES.find((known) => known === (given ?? 'python'));
  if (runtime === undefined)
    throw new UsageError(`There is no runtime ${String(given)}.`, `Choose one of ${RUNTIMES.join(', ')}.`);
  return runtime;
}

interface Row {
  readonly field: string;
  readonly value: string;
  readonly source: string;
  readonly clampedFrom: string | null;
  /** Without an engine it cannot be told. */
  readonly enforced: 'enforced' | 'partly' | 'not-here' | 'unknown';
  readonly why: string;
}

function rowsOf({ policy }: Given, { context }: Session, all: boolean): Row[] {
  const { capabilities } = context;
  return fieldRows(policy, capabilities === null ? [] : enforcement(capabilities, policy))
    .filter(({ tier }) => all || TIERS.indexOf(tier) >= TIERS.indexOf('policy'))
    .map((row) => ({
      field: row.field,
      value: row.value,
      source: row.clampedFrom === undefined ? row.source : `${row.source}, cut by a ceiling of the settings`,
      clampedFrom: row.clampedFrom ?? null,
      enforced: capabilities === null ? 'unknown' : row.enforcement,
      why: capabilities === null ? 'No engine was asked.' : row.enforcementWhy,
    }));
}

const clipped = (text: string): string => oneLine(text.length > 200 ? `${text.slice(0, 199)}…` : text);

function table(rows: readonly Row[]): string {
  const width = (pick: (row: Row) => string): number =>
    Math.min(48, Math.max(0, ...rows.map((row) => pick(row).length)));
  const [fields, values] = [width(({ field }) => field), width(({ value }) => clipped(value))];
  return rows
    .map(({ field, value, source, clampedFrom, enforced, why }) => {
      const clamp = clampedFrom === null ? '' : ` (asked: ${clampedFrom})`;
      const gap =
        enforced === 'partly' || enforced === 'not-here'
          ? `  ${enforced === 'partly' ? 'partly enforced' : 'not enforced here'}: ${why}`
          : '';
      return `${field.padEnd(fields)}  ${clipped(value).padEnd(values)}  ${clipped(source)}${clipped(clamp)}${oneLine(gap) === '' ? '' : `  ${oneLine(gap)}`}\n`;
    })
    .join('');
}

export function show(world: World, outputs: Outputs, given: string, options: LookOptions): Promise<number> {
  return withPolicies(world, options.engine === true, async (session) => {
    const found = await session.read(given);
    const rows = rowsOf(found, session, options.effective === true || found.document === null);
    if (options.json) for (const row of rows) await printJson(outputs.stdout, row);
    else {
      const { level, levelFrom } = found.policy;
      await outputs.stdout.write(
        `${oneLine(found.policy.name)}: ${oneLine(summary(found.policy))}\nTrust level ${level} (${oneLine(levelFrom.name)})\n${table(rows)}`,
      );
    }
    return EXIT.ok;
  });
}

export function diff(world: World, outputs: Outputs, a: string, b: string, options: LookOptions): Promise<number> {
  return withPolicies(world, false, async (session) => {
    const [from, to] = [await session.read(a), await session.read(b)];
    const found = diffPolicies(from.policy, to.policy);
    if (options.json) await printJson(outputs.stdout, found);
    else if (found.changes.length === 0) await outputs.stdout.write('They come to the same.\n');
    else {
      const lines = [
        ...found.grants.map(({ text }) => `+ grants: ${text}`),
        ...found.takes.map(({ text }) => `- takes away: ${text}`),
        ...found.neither.map(({ text }) => `  ${text}`),
        '',
        ...found.changes.map(({ field, from: before, to: after }) => `${field}: ${before} -> ${after}`),
      ];
      await outputs.stdout.write(lines.map((line) => `${clipped(line)}\n`).join(''));
    }
    return EXIT.ok;
  });
}

export function lintCommand(world: World, outputs: Outputs, given: string, options: LookOptions): Promise<number> {
  return withPolicies(world, false, async (session) => {
    const { policy } = await session.read(given);
    const [findings, risk] = [lint(policy), riskOf(policy)];
    if (options.json) await printJson(outputs.stdout, { findings, risk });
    else {
      const lines = findings.flatMap(({ rule, severity, message, reason, fix }) => [
        `${severity}: ${message} [${rule}]`,
        `  ${reason}`,
        ...(fix === null
          ? []
          : [
              `  Fix: ${fix.label}: ${Object.entries(fix.set)
                .map(([path, value]) => `--set ${path}=${value}`)
                .join(' ')}`,
            ]),
      ]);
      const parts = risk.parts.map(
        ({ points, why, field }) => `  ${points > 0 ? '+' : ''}${points}  ${why} (${field})`,
      );
      await outputs.stdout.write(
        [...lines, `Risk ${risk.score} of 100`, ...parts]
          .map((line) => `${/^ */.exec(line)?.[0] ?? ''}${clipped(line)}\n`)
          .join(''),
      );
    }
    return EXIT.ok;
  });
}

export function why(
  world: World,
  outputs: Outputs,
  given: string,
  question: string,
  options: LookOptions,
): Promise<number> {
  const runtime = runtimeOf(options.runtime);
  return withPolicies(world, options.engine === true, async (session) => {
    const { policy } = await session.read(given);
    const { capabilities } = session.context;
    const reply = answer(parseQuestion(question), policy, { runtime, capabilities });
    if (options.json) await printJson(outputs.stdout, reply);
    else await outputs.stdout.write(`${oneLine(reply.sentence)}\n  ${oneLine(reply.rule)}\n`);
    return EXIT.ok;
  });
}

export function list(world: World, outputs: Outputs, options: LookOptions): Promise<number> {
  return withPolicies(world, false, async (session) => {
    const { policies } = await session.core.policies.list();
    const rows: {
      name: string;
      kind: 'level' | 'own';
      level: string | null;
      summary: string;
      path: string | null;
      problems: number;
    }[] = [];
    for (const name of [...TRUST_LEVELS, ...policies.map((policy) => policy.name)]) {
      const own = isLevel(name) ? undefined : policies.find((policy) => policy.name === name);
      const usable = own === undefined || own.document !== null;
      const found = usable ? await session.read(name) : null;
      rows.push({
        name,
        kind: own === undefined ? 'level' : 'own',
        level: found?.policy.level ?? null,
        summary: found === null ? 'broken; see `bellglass policy check`' : summary(found.policy),
        path: own?.path ?? null,
        problems: own?.problems.filter(({ severity }) => severity === 'error').length ?? 0,
      });
    }
    if (options.json) for (const row of rows) await printJson(outputs.stdout, row);
    else {
      const width = Math.max(...rows.map(({ name }) => name.length));
      await outputs.stdout.write(
        rows
          .map(
            ({ name, kind, summary: words, problems }) =>
              `${name.padEnd(width)}  ${kind.padEnd(5)}  ${oneLine(words)}${problems > 0 ? '  (the file is broken)' : ''}\n`,
          )
          .join(''),
      );
    }
    return EXIT.ok;
  });
}
