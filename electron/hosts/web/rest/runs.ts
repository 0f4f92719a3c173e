/** Runs as REST sees them: begun once per key, only by whom they belong to, told in one shape (HOST-3). */
import type { ParsedExecute, RestStatus } from '#shared/contract/rest/rest.ts';
import { REST_LIMITS } from '#shared/contract/rest/rest.ts';
import type { RunDetail } from '#shared/contract/runs.ts';
import type { Given } from '#shared/domain/exchange.ts';
import type { Core } from '#core/core.ts';
import { AppError } from '#shared/lib/app-error.ts';
import { Keyed, type Asker } from './keyed.ts';
import { launchOf } from './launch.ts';
import type { Quotas } from './quota.ts';

/** Resolves when the signal says so, or never. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function errorOf({ summary: { verdict } }: RunDetail): RestStatus['error'] {
  if (verdict === null || verdict.outcome === 'succeeded') return null;
  return { message: verdict.reason, rule: verdict.rule, next: verdict.next };
}

function given<T>(value: Given<T> | undefined): T | null {
  return value?.state === 'given' ? value.value : null;
}

/** In words; a value that is large is none. */
function problemsOf(data: RunDetail['data']): string[] {
  if (data === null) return [];
  const values = [data.output, data.variables, data.condition];
  const left = data.left.map(({ path, reason }) => `${path} was left in the sandbox (${reason}).`);
  const more = data.leftMore > 0 ? [`${data.leftMore} more were left in the sandbox.`] : [];
  const invalid = values.flatMap((value) => (value.state === 'invalid' ? [value.problem] : []));
  return [...(data.problem === null ? [] : [data.problem]), ...invalid, ...left, ...more];
}

function statusOf(detail: RunDetail, logs: string, kept: boolean): RestStatus {
  const { summary, timings, peaks, violations, output, data } = detail;
  const { verdict, state } = summary;
  const took = summary.startedAt === null ? null : (summary.finishedAt ?? summary.startedAt) - summary.startedAt;
  return {
    id: summary.id,
    state,
    waitsFor: summary.waitsFor ?? null,
    success: verdict === null ? null : verdict.outcome === 'succeeded',
    outcome: verdict?.outcome ?? null,
    exitCode: verdict?.exitCode ?? null,
    output: given(data?.output),
    error: errorOf(detail),
    logs,
    logsComplete: state === 'finished' && output.dropped === 0 && Buffer.byteLength(logs) >= output.kept,
    duration: verdict === null ? null : (timings.script ?? took),
    variables: given(data?.variables),
    condition: given(data?.condition),
    files: (data?.files ?? []).flatMap(({ path, size, type }) => (type === 'file' ? [{ path, size }] : [])),
    problems: problemsOf(data),
    violations,
    peaks,
    policy: summary.policy,
    level: summary.level,
    kept,
  };
}

/** Throws AppError `engine-unreachable` when nothing can start. */
export function requireEngine({ system }: Core): void {
  const status = system.engineStatus();
  if (status.state === 'none') throw new AppError({ ...status.error, code: 'engine-unreachable' });
  if (status.state === 'lost')
    throw new AppError({
      code: 'engine-unreachable',
      message: 'The container engine went away.',
      why: status.reason,
      next: 'Try again when `/health` says `ok`.',
    });
}

export class RestRuns {
  readonly #core: Core;
  readonly #quotas: Quotas;
  readonly #keyed: Keyed;
  readonly #ends = new Map<string, Promise<void>>();

  constructor(core: Core, quotas: Quotas) {
    this.#core = core;
    this.#quotas = quotas;
    this.#keyed = new Keyed('run', core.remote.runs);
  }

  /** Begins a run, or finds the one of this key; resolves with its id. */
  async begin(request: ParsedExecute, asker: Asker): Promise<string> {
    return await this.#keyed.begin(request, asker, async (key) => await this.#start(request, asker, key));
  }

  /** Throws 404 for a run that is not this token's. */
  owned(id: string, asker: Asker): void {
    this.#keyed.owned(id, asker);
  }

  /** Resolves when the run has ended and what it gave back is known, or the signal says to wait no longer. */
  async ended(id: string, signal: AbortSignal): Promise<void> {
    await Promise.race([this.#ends.get(id) ?? this.#watchEnd(id, signal), aborted(signal)]);
    if (!signal.aborted) await Promise.race([this.#core.files.list(id).catch(() => null), aborted(signal)]);
  }

  async status(id: string): Promise<RestStatus> {
    const { runs } = this.#core;
    // The text first: what the detail says of its length is then no less.
    const logs = await runs.saveOutput(id, REST_LIMITS.logs);
    const kept = (await this.#core.kept.list()).some(({ run }) => run === id);
    return statusOf(await runs.get(id), logs, kept);
  }

  async cancel(id: string, { token }: Asker): Promise<void> {
    await this.#core.runs.stop(id, { token: token.name, ceilings: token.ceilings });
  }

  async #start(
    request: ParsedExecute,
    { token }: Asker,
    key: { readonly key: string; readonly request: string } | null,
  ): Promise<string> {
    const launch = launchOf(request, token);
    requireEngine(this.#core);
    const over = this.#quotas.take(token);
    try {
      const { id } = await this.#core.runs.start(launch, { token: token.name, ceilings: token.ceilings });
      this.#core.remote.runs.remember(id, token.name, key);
      const end = this.#watchEnd(id).finally(() => {
        over();
        this.#ends.delete(id);
      });
      this.#ends.set(id, end);
      return id;
    } catch (failure) {
      over(true);
      throw failure;
    }
  }

  /** Never rejects. */
  async #watchEnd(id: string, signal?: AbortSignal): Promise<void> {
    try {
      const behindAll = Number.MAX_SAFE_INTEGER;
      for await (const batch of this.#core.runs.watch(id, behindAll, signal))
        if (batch.some(({ type }) => type === 'finished')) return;
    } catch {
      // A run that cannot be watched is over or gone: its status says which.
    }
  }
}
