/** Takes up what waited when its process ended (RUN-8). */
import { AppError, type AppErrorData } from '#shared/lib/app-error.ts';
import { closeOpen } from '../../history/abandoned.ts';
import type { History } from '../../history/history.ts';
import type { RunBook } from '../book/run-book.ts';
import { failedVerdict } from '../end/failed.ts';
import type { LiveRun } from '../live-run.ts';
import type { Planned, Planner } from '../planner.ts';
import { claimOf } from '../start/claim-of.ts';
import type { RunOrigin } from '../told.ts';
import { bringBack, type BroughtBack } from './bring-back.ts';
import type { KeptRun } from './kept-queue.ts';
import type { Coming, Keeping, WaitingRoom } from './waiting-room.ts';

export interface ComeBackDeps {
  /** Null: nothing was kept. */
  readonly keeping: Keeping | null;
  readonly room: WaitingRoom;
  readonly book: RunBook;
  readonly planner: Planner;
  readonly history: History;
  readonly owner: string;
  readonly ownerAlive: (owner: string) => boolean;
  /** Epoch milliseconds. */
  readonly wallNow: () => number;
  /** This process takes up nothing more. */
  readonly closed: () => boolean;
  /** Makes it a run of this process. */
  readonly open: (planned: Planned, origin: RunOrigin, kept: KeptRun) => Promise<LiveRun>;
}

export class ComeBack {
  readonly #deps: ComeBackDeps;

  constructor(deps: ComeBackDeps) {
    this.#deps = deps;
  }

  /** Takes up all whose process is gone, in the order of then; resolves with how many came back. */
  async all(): Promise<number> {
    const { keeping, room, owner, ownerAlive, planner, history, closed } = this.#deps;
    if (keeping === null) return 0;
    return await room.gather(async () => {
      let back = 0;
      for (const kept of keeping.queue.takeOver(owner, ownerAlive)) {
        const found = await bringBack(kept, history.detail(kept.id), { launches: keeping.launches, planner });
        if (closed()) keeping.queue.release([kept.id]);
        else if ('failure' in found) this.#giveUp(kept, found.failure, keeping);
        else {
          await this.#takeUp(kept, found);
          back += 1;
        }
      }
      return back;
    });
  }

  async #takeUp(kept: KeptRun, { planned, secrets, notes }: Exclude<BroughtBack, { failure: unknown }>): Promise<void> {
    const { room, wallNow, open } = this.#deps;
    const { id, by, createdAt, place } = kept;
    const origin: RunOrigin = { hidden: false, by, workflow: null, broughtBack: true };
    const run = await open(planned, origin, kept);
    for (const note of notes) run.record.addNote(note);
    const waited = Math.max(0, wallNow() - createdAt);
    const coming: Coming = { by, lasts: true, kept: true, waited, place };
    const claim = claimOf(id, planned, origin);
    if (secrets.length > 0) room.hold(run, claim, coming, secrets);
    else room.enter(run, claim, coming);
  }

  #giveUp({ id }: KeptRun, failure: AppErrorData, keeping: Keeping): void {
    const { history, owner, wallNow, book } = this.#deps;
    const line = history.line(id);
    const verdict = failedVerdict(new AppError(failure), { stopped: false, gone: null });
    if (line !== null) closeOpen(history, line, owner, verdict, wallNow());
    keeping.queue.remove([id]);
    book.reload(id);
  }
}
