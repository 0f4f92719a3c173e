/** One run's network from its gateway to its record: events, violations, rates, live rules (NET-3, POL-2). */
import { AppError } from '#shared/lib/app-error.ts';
import type { NetworkEvent, NetworkPlan } from '#shared/domain/network.ts';
import type { Sample } from '#shared/domain/run.ts';
import type { SandboxOptions } from '#shared/domain/sandbox.ts';
import type { Breach } from '#shared/domain/progress/verdict.ts';
import type { PauseReason } from '#shared/policy/limit-watch.ts';
import type { Engine } from '../engine/port.ts';
import type { Log } from '../storage/log.ts';
import type { RunRecord } from '../runs/run-record.ts';
import type { NetworkService, RunNetwork } from './network-service.ts';

export interface NetworkOfRunDeps {
  readonly service: Pick<NetworkService, 'open'>;
  readonly log: Log;
  readonly onKill: (breach: Breach) => void;
  readonly onPause: (reason: PauseReason) => void;
}

/** `evil.example:443`, `198.51.100.9`, or what is known. */
export function placeOf({ name, address, port }: Pick<NetworkEvent, 'name' | 'address' | 'port'>): string {
  const host = name ?? address ?? 'other hosts';
  return port === null ? host : `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

export class NetworkOfRun {
  readonly #plan: NetworkPlan;
  readonly #record: RunRecord;
  readonly #deps: NetworkOfRunDeps;
  #network: RunNetwork | null = null;
  #denied = 0;
  #acted = false;

  constructor(plan: NetworkPlan, record: RunRecord, deps: NetworkOfRunDeps) {
    this.#plan = plan;
    this.#record = record;
    this.#deps = deps;
  }

  /** What the sandbox joins; its rules are not in force yet. Rejects with `network-unavailable` when the rules cannot be kept here. */
  async open(engine: Engine, signal: AbortSignal): Promise<SandboxOptions['network']> {
    const plan = this.#plan;
    if (plan.mode === 'none') return 'none';
    this.#network = await this.#deps.service.open({
      runId: this.#record.id,
      plan,
      engine,
      signal,
      onStep: (step) => this.#record.addNote(step),
      onEvent: (event) => this.#seen(event),
      onLost: (why) => this.#record.addNote(`${why} The network of this run is closed.`, { closed: true }),
    });
    return { gateway: this.#network.gateway };
  }

  /** Resolves when the rules are in force; rejects with `network-unavailable`. No script may run before. */
  async ready(): Promise<void> {
    const sandbox = this.#record.containerId;
    if (sandbox !== null)
      this.#network?.identify(sandbox).catch((failure: unknown) =>
        this.#deps.log.info('processes behind connections are not told', {
          run: this.#record.id,
          problem: String(failure),
        }),
      );
    await this.#network?.ready;
  }

  /** The sample with the network's rates. */
  measured(sample: Sample): Sample {
    const rates = this.#network?.rates();
    return rates ? { ...sample, networkIn: rates.in, networkOut: rates.out } : sample;
  }

  /** Throws AppError `input-invalid` where there is no gateway, `policy-invalid` for a rule that cannot be read. */
  async allow(rule: string): Promise<void> {
    if (this.#record.verdict)
      throw new AppError({ code: 'input-invalid', message: 'This run has ended.', next: 'Run it again.' });
    if (!this.#network)
      throw new AppError({
        code: 'input-invalid',
        message: 'This run has no network.',
        why: 'Its policy says `network.mode: none`, or it has not begun.',
        next: 'Run it again with `--set network.mode=restricted`.',
      });
    await this.#network.allow(rule);
    this.#record.addNote(`Allowed for this run: ${rule}.`, { allowed: rule });
  }

  /** Waits for the last events after the script's end. */
  async settle(): Promise<void> {
    await this.#network?.settle();
  }

  async remove(): Promise<void> {
    await this.#network?.remove();
  }

  /** Leaves its gateway to the sweep: the engine is gone. */
  abandon(): void {
    this.#network?.abandon();
  }

  #seen(event: NetworkEvent): void {
    this.#record.addNetwork(event);
    if (event.verdict !== 'denied') return;
    this.#denied += event.count;
    const tried = event.kind === 'lookup' ? 'the lookup of ' : event.kind === 'close' ? 'what was said to ' : '';
    this.#record.addViolation({
      kind: 'network',
      message: `Refused ${tried}${placeOf(event)}: ${event.why}`,
      rule: event.rule,
      count: this.#denied,
    });
    if (this.#plan.mode === 'none' || this.#plan.onBreach === 'refuse' || this.#acted) return;
    this.#acted = true;
    const breach = { kind: 'network', field: 'resources.on_breach.network', limit: 0 } as const;
    if (this.#plan.onBreach === 'kill') this.#deps.onKill(breach);
    else
      this.#deps.onPause({
        ...breach,
        message: `Paused: it tried to reach ${placeOf(event)}, which is not allowed. Resume it, or stop it.`,
      });
  }
}
