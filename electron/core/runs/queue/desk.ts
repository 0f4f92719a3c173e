/** Who waits, and what somebody in another process may do about it (RUN-8). */
import type { QueuedRunLine } from '#shared/contract/queue.ts';
import { AppError } from '#shared/lib/app-error.ts';
import type { QueueRequest } from '../../control/control.ts';
import type { RunBook } from '../book/run-book.ts';
import type { WaitingRoom } from './waiting-room.ts';

/** Those with a turn first, then those that have none before they have their secrets. */
export function waitingLines(room: WaitingRoom, book: RunBook): QueuedRunLine[] {
  return [...room.order(), ...room.heldIds()].map((id) => {
    const { name, policy, waitsFor = '', createdAt, secretsWanted = [] } = book.line(id);
    return { id, name, policy, waitsFor, createdAt, secretsWanted, kept: room.lasts(id) };
  });
}

export interface Desk {
  readonly room: WaitingRoom;
  readonly book: RunBook;
  readonly stop: (id: string) => Promise<void>;
}

/** Throws AppError `input-invalid` for a run that does not wait. */
export async function steerQueue({ queue, run }: QueueRequest, { room, book, stop }: Desk): Promise<void> {
  const [first = null] = room.order();
  if (queue === 'front') room.move(run, first);
  else if (book.line(run).state === 'queued') await stop(run);
  else
    throw new AppError({
      code: 'input-invalid',
      message: 'This run does not wait any more.',
      next: 'Stop it in the app.',
    });
}
