/** Expressions of workflows: CEL over what is known when a step begins (WF-1). Data is only ever read, never evaluated. Pure. */
import { Environment, type ASTNode } from '@marcbachmann/cel-js';
import { GIVEN_LIMITS, type Json } from '../domain/exchange.ts';
import { showShort } from '../script/display.ts';

/** Characters of one expression. */
export const EXPRESSION_LIMIT = 4000;

/** What an expression can name. */
export interface Scope {
  readonly steps: Readonly<Record<string, StepFacts>>;
  readonly variables: Readonly<Record<string, Json>>;
  readonly input: Json;
}

/** What later steps can know of one that has ended. */
export interface StepFacts {
  readonly output: Json;
  /** What the script said; null when it said nothing. */
  readonly condition: boolean | null;
  /** `succeeded`, `failed` or `skipped`. */
  readonly state: string;
  readonly exit_code: number | null;
}

const FACTS: readonly string[] = ['output', 'condition', 'state', 'exit_code'];

export type Evaluated = { readonly value: Json } | { readonly problem: string };

export interface Expression {
  readonly text: string;
  /** Steps that it refers to, each once. */
  readonly steps: readonly string[];
  /** Throws what the language throws; a caller bounds its time. */
  readonly evaluate: (scope: Scope) => unknown;
}

export type ReadExpression = Expression | { readonly problem: string; readonly fix: string; readonly at: number };

const language = new Environment({
  homogeneousAggregateLiterals: false,
  limits: { maxAstNodes: 500, maxDepth: 40, maxListElements: 200, maxMapEntries: 200, maxCallArguments: 16 },
});
for (const name of ['steps', 'variables', 'input']) language.registerVariable(name, 'dyn');
// JSON has one kind of number; without these `output.n + 1` would not be allowed.
for (const [sign, of] of [
  ['+', (a: number, b: number) => a + b],
  ['-', (a: number, b: number) => a - b],
  ['*', (a: number, b: number) => a * b],
  ['/', (a: number, b: number) => a / b],
] as const) {
  language.registerOperator(`double ${sign} int`, (a: number, b: bigint) => of(a, Number(b)));
  language.registerOperator(`int ${sign} double`, (a: bigint, b: number) => of(Number(a), b));
}
language.registerOperator('double % int', (a: number, b: bigint) => a % Number(b));

/** The first line of what the language says, as a sentence. */
function said(thrown: unknown): string {
  const { summary, message } = thrown as { summary?: string; message?: string };
  const text = showShort((summary ?? message ?? String(thrown)).split('\n')[0] ?? '', 200);
  // What a step's facts say of themselves is a sentence already, and may begin with the name of a file.
  const begun = summary === undefined ? text : `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return `${begun}${/[.!?]$/.test(text) ? '' : '.'}`;
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

/** `steps.ID.FACT` or `steps["ID"].FACT`. */
function member(node: ASTNode): { of: ASTNode; name: string } | null {
  if (node.op === '.') return { of: node.args[0], name: node.args[1] };
  if (node.op !== '[]') return null;
  const [of, key] = node.args;
  return key.op === 'value' && typeof key.args === 'string' ? { of, name: key.args } : null;
}

class NotAllowed extends Error {
  readonly fix: string;
  readonly at: number;

  constructor(message: string, fix: string, at: number) {
    super(message);
    this.fix = fix;
    this.at = at;
  }
}

/** Which steps a tree names; a step must be named as itself, so that it is known beforehand what is waited for. */
function stepsOf(tree: ASTNode): string[] {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const one of value as unknown[]) visit(one);
      return;
    }
    if (!isNode(value)) return;
    const fact = member(value);
    const step = fact === null ? null : member(fact.of);
    if (fact !== null && step !== null && step.of.op === 'id' && step.of.args === 'steps') {
      if (!FACTS.includes(fact.name))
        throw new NotAllowed(
          `A step has no \`${fact.name.slice(0, 60)}\`.`,
          `Ask for one of ${FACTS.join(', ')}.`,
          value.start,
        );
      found.add(step.name);
      return;
    }
    if (value.op === 'id' && value.args === 'steps')
      throw new NotAllowed(
        '`steps` is followed by the id of a step and by what is wanted of it.',
        'Write it like `steps.fetch.output` or `steps["fetch-all"].output`.',
        value.start,
      );
    visit(value.args);
  };
  visit(tree);
  return [...found];
}

/** Reads an expression; a problem has its offset in the text. Never throws. */
export function readExpression(given: string): ReadExpression {
  const text = given.trim();
  const indent = given.length - given.trimStart().length;
  if (text === '')
    return { problem: 'The expression is empty.', fix: 'Write one like `steps.fetch.output`.', at: indent };
  if (text.length > EXPRESSION_LIMIT)
    return { problem: `The expression has more than ${EXPRESSION_LIMIT} characters.`, fix: 'Shorten it.', at: indent };
  try {
    const parsed = language.parse(text);
    const steps = stepsOf(parsed.ast);
    const checked = parsed.check();
    if (!checked.valid) {
      const { range } = checked.error as { range?: { start: number } };
      return {
        problem: `The expression cannot be right: ${said(checked.error)}`,
        fix: 'It can name `steps`, `variables` and `input`; an id with a dash is written `steps["a-b"]`.',
        at: indent + (range?.start ?? 0),
      };
    }
    return { text, steps, evaluate: (scope) => parsed(scope) as unknown };
  } catch (thrown) {
    if (thrown instanceof NotAllowed) return { problem: thrown.message, fix: thrown.fix, at: indent + thrown.at };
    const { range } = thrown as { range?: { start: number } };
    return {
      problem: `The expression cannot be read: ${said(thrown)}`,
      fix: 'Write it like `steps.fetch.condition && size(steps.fetch.output.items) > 0`.',
      at: indent + (range?.start ?? 0),
    };
  }
}

class NoJson extends Error {}

/** How much the values of one step may come to, about the bytes of their JSON. */
export interface Budget {
  left: number;
}

/** Room for what a step can be given, and some for what of it is not taken. */
export const budget = (): Budget => ({ left: 2 * GIVEN_LIMITS.bytes });

function spend(room: Budget, amount: number): void {
  room.left -= amount;
  if (room.left < 0) throw new NoJson('more than a step can be given');
}

/** A result as JSON; its own numbers become numbers again. */
function plain(value: unknown, room: Budget, depth = 0): Json {
  spend(room, typeof value === 'string' ? value.length + 2 : 2);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') {
    const number = Number(value);
    if (!Number.isSafeInteger(number)) throw new NoJson('a whole number that is too large');
    return number;
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new NoJson('not a finite number');
    return value;
  }
  if (depth > GIVEN_LIMITS.depth || typeof value !== 'object') throw new NoJson('no value that JSON has');
  if (Array.isArray(value)) return (value as unknown[]).map((one) => plain(one, room, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new NoJson('no value that JSON has');
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => {
      spend(room, key.length + 2);
      return [key, plain(one, room, depth + 1)];
    }),
  );
}

/** Bounds the time of some work: it throws when that is over. */
export type Bounded = <T>(work: () => T) => T;

/** The value of an expression, or one sentence why there is none. Never throws. */
export function evaluate(expression: Expression, scope: Scope, bounded: Bounded, room: Budget = budget()): Evaluated {
  try {
    return { value: bounded(() => plain(expression.evaluate(scope), room)) };
  } catch (thrown) {
    const shown = showShort(expression.text, 80);
    if (thrown instanceof NoJson) return { problem: `\`${shown}\` came to ${thrown.message}.` };
    return { problem: `\`${shown}\` could not be worked out. ${said(thrown)}` };
  }
}
