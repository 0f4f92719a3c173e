/** From a request to a launch (HOST-3, RUN-9): files, limits, and what this token may name. Pure. */
import type { ParsedExecute } from '#shared/contract/rest/rest.ts';
import type { Launch } from '#shared/contract/runs.ts';
import type { Runtime } from '#shared/domain/run.ts';
import type { Token } from '#shared/domain/token.ts';
import { ERROR_STATUS } from '#shared/contract/rest/rest-status.ts';
import { toBase64, utf8 } from '#shared/script/bytes.ts';
import { parseRuntime } from '#shared/script/detect.ts';
import { badInput, RestError } from './answers.ts';

const ENTRY: Readonly<Record<Runtime, string>> = {
  python: 'script.py',
  node: 'script.mjs',
  bash: 'script.sh',
  polyglot: 'script',
};
const WALL = 'resources.wall_time';

function runtimeOf(language: string | undefined): Runtime | undefined {
  if (language === undefined) return undefined;
  const runtime = parseRuntime(language);
  if (runtime === null)
    throw badInput(
      `There is no language ${JSON.stringify(language)}.`,
      'Bellglass runs Python, Node.js and bash.',
      'Choose `python`, `node`, `bash` or `polyglot`.',
    );
  return runtime;
}

/** CommonJS and ES modules are told apart by the name only. */
function entryOf(runtime: Runtime | undefined, script: string): string {
  if (runtime === undefined) return 'script';
  if (runtime !== 'node') return ENTRY[runtime];
  return /^\s*(?:import\s*[\w{*'"]|export\s)/m.test(script) ? 'script.mjs' : 'script.js';
}

function setOf({ set, timeout }: ParsedExecute): Record<string, string> | undefined {
  if (timeout === undefined) return set;
  if (set !== undefined && Object.hasOwn(set, WALL))
    throw badInput(`Both \`timeout\` and \`set\` give ${WALL}.`, 'They mean the same.', 'Leave one of them out.');
  return { ...set, [WALL]: typeof timeout === 'number' ? `${Math.ceil(timeout)} ms` : timeout };
}

type Choice = Pick<ParsedExecute, 'policy' | 'trust'>;

/** Throws `auth` for a policy or a level that this token may not name. */
export function checkNames({ policy, trust }: Choice, token: Token): void {
  for (const name of [policy, trust]) {
    if (name === undefined || token.policies.includes(name)) continue;
    throw new RestError(ERROR_STATUS.auth, {
      code: 'auth',
      message: `This token may not run anything under ${JSON.stringify(name)}.`,
      why: `It is for ${token.policies.join(', ')}.`,
      next: 'Leave `policy` and `trust` out, or have the policy added to the token in `tokens.yaml`.',
    });
  }
}

/** The policy of the request, else the one of the token; none beside a level. */
export function namedPolicy({ policy, trust }: Choice, token: Token): string | undefined {
  return policy ?? (trust === undefined ? token.policy : undefined);
}

/** Files as a launch has them. */
export function filesOf(files: NonNullable<ParsedExecute['files']>): Launch['files'] {
  return files.map(({ path, content, encoding, executable }) => ({
    path,
    content: encoding === 'base64' ? content : toBase64(utf8(content)),
    executable,
  }));
}

/** Throws a {@link RestError} for what cannot be read or is not allowed to this token. */
export function launchOf(request: ParsedExecute, token: Token): Launch {
  checkNames(request, token);
  const { script, trust, args, env, secrets, stdin, input, variables, eventMetadata } = request;
  const runtime = runtimeOf(request.language);
  const entry = entryOf(runtime, script);
  const set = setOf(request);
  const named = namedPolicy(request, token);
  return {
    name: entry,
    entry,
    files: [{ path: entry, content: toBase64(utf8(script)) }, ...filesOf(request.files ?? [])],
    stdin: stdin ?? null,
    ...(runtime !== undefined && { runtime }),
    ...(named !== undefined && { policy: named }),
    ...(trust !== undefined && { trust }),
    ...(set !== undefined && { set }),
    ...(args !== undefined && { args }),
    ...(env !== undefined && { env }),
    ...(secrets !== undefined && { secrets }),
    ...(input !== undefined && { input }),
    ...(variables !== undefined && { variables }),
    ...(eventMetadata !== undefined && { eventMetadata }),
    ...(request.keep === true && { keep: true }),
  };
}
