/** The way into a sandbox: from a policy to a script that has begun in a warm one or in one of its own. */
import { AppError, toAppError } from '#shared/lib/app-error.ts';
import { refuseHere } from '#shared/policy/plan/refuse.ts';
import type { LiveEvents } from '../../exchange/live-events.ts';
import type { NetworkOfRun } from '../../network/network-of-run.ts';
import { guardDecoys } from '../../sandbox/guard-decoys.ts';
import { wishOf, type SandboxWish } from '../../sandbox/pool/index.ts';
import type { Sandbox, ScriptProcess } from '../../sandbox/sandbox.ts';
import { scriptPayload } from '../../sandbox/script-payload.ts';
import type { RunImage } from '../../images/index.ts';
import type { CounterReader } from '../../watch/host-reader.ts';
import { openSource, type CounterSource } from '../../watch/source.ts';
import type { ExecutionDeps, ExecutionInput } from '../execution.ts';
import type { ExitWatch } from '../exit-watch.ts';
import type { RunRecord } from '../run-record.ts';
import type { WallClock } from '../wall-clock.ts';
import { setDeadline } from './deadline.ts';
import { newSandbox } from './new-sandbox.ts';
import { wantedImage } from './wanted-image.ts';

export interface EntranceGiven {
  readonly record: RunRecord;
  readonly deps: ExecutionDeps;
  readonly input: ExecutionInput;
  readonly network: NetworkOfRun;
  readonly exit: ExitWatch;
  readonly events: LiveEvents;
  readonly wall: WallClock;
  /** Aborted when nobody wants the run any more. */
  readonly signal: AbortSignal;
  /** Milliseconds since the run was asked for. */
  readonly since: () => number;
}

/** A script that has begun. */
export interface Entered {
  readonly process: ScriptProcess;
  /** When its sandbox was ready for it, ms since the run was asked for. */
  readonly ready: number;
}

export class Entrance {
  readonly #given: EntranceGiven;
  #sandbox: Sandbox | null = null;
  #source: CounterSource | null = null;
  #begin: ReturnType<CounterSource['latest']> = null;
  #imageEnv: Readonly<Record<string, string>> = {};
  #startedHow: { readonly warm: boolean; readonly why: string } = { warm: false, why: '' };

  constructor(given: EntranceGiven) {
    this.#given = given;
  }

  /** The sandbox that the run holds; null before it has one. */
  get sandbox(): Sandbox | null {
    return this.#sandbox;
  }

  /** Where its counters come from; null before it has a sandbox. */
  get source(): CounterSource | null {
    return this.#source;
  }

  /** The counters before the script's first instruction. */
  get begin(): ReturnType<CounterSource['latest']> {
    return this.#begin;
  }

  /** Null when the run was ended meanwhile. Rejects with what went wrong, and when nobody wants the run any more. */
  async enter(): Promise<Entered | null> {
    const { record, deps, input, signal, since } = this.#given;
    const { launch, compiled } = input;
    const begun = since();
    if (!record.move({ type: 'prepare' })) return null;
    record.time({ queued: begun });
    // Nothing is awaited that is there: a script whose sandbox waits is on its way before whoever asked for it hears anything.
    const settling = deps.engineSettled(signal);
    if (settling) await settling;
    this.giveUpIfAsked();
    const refusal = refuseHere(record.policy, deps.capabilities());
    if (refusal) throw new AppError({ ...refusal, code: 'plan-refused' });
    const wanted = wantedImage(record.policy, launch.runtime);
    const { seccomp, seccompRemoved } = compiled.options;
    const profile = deps.seccompProfile(seccomp, launch.runtime, seccompRemoved);
    const seccompProfile = typeof profile === 'string' ? profile : await profile;
    this.giveUpIfAsked();
    const wishFor = (image: { readonly id: string; readonly reference: string }): SandboxWish =>
      wishOf({ policy: record.policy, compiled, launch, env: input.env, image, seccompProfile });
    const waiting = this.#waitingImage(wanted);
    if (waiting !== null) {
      this.#prepared(begun);
      const entered = await this.#enterWarm(wishFor(waiting), since());
      if (entered !== null) return entered;
    }
    const image = await deps.ensureImage(wanted, (step) => record.addNote(step), signal);
    this.giveUpIfAsked();
    this.#imageEnv = image.env;
    this.#prepared(begun);
    const prepared = since();
    const wish = wishFor(image);
    // Somebody who was asked already is not asked again.
    const entered = waiting === null ? await this.#enterWarm(wish, prepared) : null;
    return entered ?? (await this.#enterCold(wish, prepared));
  }

  /**
   * The runtime's own image as the sandboxes that wait know it: the run takes one of them without asking the engine first,
   * and the pool looks right after whether the image is still the same. Null where the policy wants a certain image.
   */
  #waitingImage({ name, digest, pull, runtime }: RunImage): { readonly id: string; readonly reference: string } | null {
    if (name !== null || digest !== null || pull === 'always') return null;
    const { imageReference, pool } = this.#given.deps;
    const reference = imageReference(runtime);
    const id = pool.imageOf(reference);
    return id === null ? null : { id, reference };
  }

  #prepared(begun: number): void {
    const { record, since } = this.#given;
    record.time({ prepare: since() - begun });
    if (record.position.state === 'preparing') record.move({ type: 'start' });
  }

  /** Rejects what goes on when nobody wants the run any more. */
  giveUpIfAsked(): void {
    if (this.#given.signal.aborted) throw new Error('given up before the script began');
  }

  /** Null when no sandbox waits for such a run, or the one that did takes no script: then one is made, under the same policy. */
  async #enterWarm(wish: SandboxWish, prepared: number): Promise<Entered | null> {
    const { record, deps, since } = this.#given;
    const taken = deps.pool.take(record.id, wish);
    this.#startedHow = { warm: taken.sandbox !== null, why: taken.why };
    if (taken.sandbox === null) return null;
    const { sandbox, counters } = taken;
    deps.imageUsed(wish.reference, wish.imageId);
    try {
      this.#hold(sandbox, wish.reference);
      if (!sandbox.fits(wish.options)) await sandbox.fit(wish.options);
      const claimed = since();
      const process = await this.#inject(sandbox, counters);
      record.time({ claim: claimed - prepared });
      return { process, ready: claimed };
    } catch (failure) {
      void counters?.dispose();
      this.giveUpIfAsked();
      this.#letGo(sandbox, toAppError(failure).message);
      return null;
    }
  }

  #letGo(sandbox: Sandbox, problem: string): void {
    const { record, deps } = this.#given;
    const facts = { run: record.id, container: sandbox.id, problem };
    deps.log.warn('a waiting sandbox could not be used; the run starts cold', facts);
    void this.#source?.dispose();
    this.#source = null;
    this.#sandbox = null;
    sandbox.remove().catch(() => deps.log.warn('a sandbox is left for the sweep', facts));
    this.#startedHow = { warm: false, why: `The one that waited could not be used: ${problem}` };
  }

  async #enterCold(wish: SandboxWish, prepared: number): Promise<Entered> {
    const { record, deps, input, network, signal, since } = this.#given;
    const sandbox = await newSandbox(wish, { record, deps, input, network, engine: deps.engine(), signal });
    this.#hold(sandbox, wish.reference);
    this.giveUpIfAsked();
    await network.ready();
    const created = since();
    record.time({ create: created - prepared });
    return { process: await this.#inject(sandbox, null), ready: created };
  }

  #hold(sandbox: Sandbox, image: string): void {
    const { record, deps } = this.#given;
    this.#sandbox = sandbox;
    record.setContainer(sandbox.id, deps.engine().address, image, this.#startedHow);
    guardDecoys(sandbox, record);
  }

  /** Hands the script over to a sandbox that is ready; `reader` reads its counters where somebody opened them beforehand. */
  async #inject(sandbox: Sandbox, reader: CounterReader | null): Promise<ScriptProcess> {
    const { record, deps, exit, events, wall } = this.#given;
    const source = openSource({
      engine: deps.engine(),
      capabilities: deps.capabilities(),
      containerId: sandbox.id,
      warden: sandbox.warden,
      everyMs: deps.samplingMs(),
      now: deps.now,
      closely: record.policy.fields['resources.on_breach.open_files'].value === 'kill',
      reader,
    });
    this.#source = source instanceof Promise ? await source : source;
    record.setSampling(this.#source.everyMs, this.#source.why);
    this.#begin = this.#source.latest();
    exit.listen(sandbox.warden, sandbox.watched);
    const script = sandbox.inject(this.#payload());
    // The script is on its way; what only its warden must know goes after it.
    setDeadline(sandbox, record.policy, wall.elapsed);
    events.listen(sandbox.warden, ({ name, data }) => record.addEvent(name, data));
    return await script;
  }

  #payload(): Uint8Array {
    const { record, input } = this.#given;
    return scriptPayload({ ...input, runId: record.id, policy: record.policy, imageEnv: this.#imageEnv });
  }
}
