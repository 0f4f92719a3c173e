/** `tokens.yaml` as text: who may use the REST API. Holds hashes only; pure. */
import { isMap, YAMLMap, type Document } from 'yaml';
import * as z from 'zod';
import { DEFAULT_TOKEN_QUOTA, type NewToken, type Token, type TokenCard } from '#shared/domain/token.ts';
import type { PartialPolicy } from '#shared/domain/policy.ts';
import { AppError } from '#shared/lib/app-error.ts';
import { closest } from '#shared/lib/closest.ts';
import { parseSafely } from '#shared/policy/document/safe-yaml.ts';
import { anyField, FIELD_PATHS, isFieldPath } from '#shared/policy/fields.ts';

/** Bytes of the largest file that is read. */
export const TOKENS_LIMIT = 1024 * 1024;

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const policyName = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/, 'is no policy’s name');
const amount = z.number().int().min(1).max(1_000_000);

const storedSchema = z.strictObject({
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'is no SHA-256 hash'),
  created: z.iso.datetime().default('1970-01-01T00:00:00Z'),
  policy: policyName.default('untrusted'),
  policies: z.array(policyName).max(100).default([]),
  ceilings: z.record(z.string(), z.string()).default({}),
  quota: z
    .strictObject({
      runs: z.union([amount, z.literal('unlimited')]),
      per_minute: z.union([amount, z.literal('unlimited')]),
    })
    .partial()
    .default({}),
});

const fileSchema = z.strictObject({ tokens: z.record(z.string(), storedSchema).nullable().default(null) });

export interface StoredToken {
  /** SHA-256 of the token, hexadecimal. */
  readonly hash: string;
  readonly card: TokenCard;
  readonly token: Token;
}

function invalid(message: string, why: string, next: string): AppError {
  return new AppError({ code: 'input-invalid', message, why, next });
}

/** Throws AppError `input-invalid` for a name that is none. */
export function checkTokenName(name: string): void {
  if (!NAME.test(name))
    throw invalid(
      `${JSON.stringify(name.slice(0, 80))} is no name for a token.`,
      'A name has 1 to 64 letters, digits, dots, hyphens and underscores, and begins with a letter or digit.',
      'Choose another name, like `ci`.',
    );
}

/** Field → bound in base units. Throws AppError `policy-invalid` for a bad value, `input-invalid` for a field that can have no ceiling. */
export function readCeilings(texts: Readonly<Record<string, string>>): PartialPolicy {
  const values: Record<string, unknown> = {};
  for (const [path, text] of Object.entries(texts)) {
    const near = closest(path, FIELD_PATHS);
    if (!isFieldPath(path))
      throw invalid(
        `There is no policy field \`${path.slice(0, 80)}\`.`,
        'A ceiling names a dotted field of a policy.',
        near === null ? 'Look it up in the policy reference.' : `Did you mean \`${near}\`?`,
      );
    const { kind } = anyField(path);
    if (kind.looser === null)
      throw invalid(
        `\`${path}\` can have no ceiling.`,
        'None of its values grants more than another.',
        'Set it in the policy of the token.',
      );
    values[path] = kind.parse(text);
  }
  return values;
}

function read(stored: z.output<typeof storedSchema>, name: string): StoredToken {
  checkTokenName(name);
  const { runs = DEFAULT_TOKEN_QUOTA.runs, per_minute: perMinute = DEFAULT_TOKEN_QUOTA.perMinute } = stored.quota;
  const quota = { runs: runs === 'unlimited' ? null : runs, perMinute: perMinute === 'unlimited' ? null : perMinute };
  const { policy, policies, created, ceilings } = stored;
  return {
    hash: stored.sha256,
    card: { name, created, policy, policies, ceilings, quota },
    token: { name, policy, policies: [...new Set([policy, ...policies])], ceilings: readCeilings(ceilings), quota },
  };
}

/** Undefined for nothing; aliases are none of our forms, so they are refused whatever they stand for. */
function plain(document: Document | null): unknown {
  try {
    return document?.toJS({ maxAliasCount: 0 });
  } catch {
    return 'an alias';
  }
}

/** Every token of the file. Throws AppError `input-invalid` for a file with any mistake: then none is in force. */
export function readTokens(file: string, text: string): StoredToken[] {
  const { document, problems, place } = parseSafely(text, { limit: TOKENS_LIMIT, schema: 'core' });
  const [problem] = problems;
  const next = 'Mend the file, or remove it and make the tokens anew; until then no token is taken.';
  if (problem !== undefined || (document !== null && document.warnings.length > 0)) {
    const { line, column } = place(problem?.from ?? 0);
    throw invalid(`${file}:${line}:${column}: this is no valid YAML.`, problem?.what ?? problem?.code ?? '', next);
  }
  const parsed = fileSchema.safeParse(plain(document) ?? {});
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw invalid(`${file}: ${issue?.path.join('.') || 'the file'} is not as it must be.`, issue?.message ?? '', next);
  }
  try {
    return Object.entries(parsed.data.tokens ?? {}).map(([name, stored]) => read(stored, name));
  } catch (thrown) {
    if (thrown instanceof AppError) throw invalid(`${file}: ${thrown.message}`, thrown.why ?? '', next);
    throw thrown;
  }
}

const HEAD =
  ' Tokens of the REST API. Only their hashes are here: a lost token is made anew with `bellglass token add`.';

function root(text: string): { document: Document; tokens: YAMLMap } {
  const { document } = parseSafely(text.trim() === '' ? 'tokens: {}\n' : text, { limit: TOKENS_LIMIT, schema: 'core' });
  if (document === null) throw new Error('the text was not checked');
  if (!isMap(document.contents)) document.contents = new YAMLMap() as never;
  if (text.trim() === '') document.commentBefore = HEAD;
  const there: unknown = document.get('tokens', true);
  const tokens = isMap(there) ? there : new YAMLMap();
  tokens.flow = false;
  if (tokens !== there) document.set('tokens', tokens);
  return { document, tokens };
}

/** The text with one more token; everything else stays. The text must have been read without an error. */
export function withToken(text: string, name: string, hash: string, created: string, wanted: NewToken): string {
  const { document, tokens } = root(text);
  const { policy, policies, ceilings, quota } = wanted;
  tokens.set(
    name,
    document.createNode({
      sha256: hash,
      created,
      policy,
      ...(policies.length > 0 && { policies }),
      ...(Object.keys(ceilings).length > 0 && { ceilings }),
      quota: { runs: quota.runs ?? 'unlimited', per_minute: quota.perMinute ?? 'unlimited' },
    }),
  );
  return document.toString({ lineWidth: 0 });
}

/** The text without a token. */
export function withoutToken(text: string, name: string): string {
  const { document, tokens } = root(text);
  tokens.delete(name);
  return document.toString({ lineWidth: 0 });
}
