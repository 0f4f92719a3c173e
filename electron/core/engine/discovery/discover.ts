/** Looks everywhere at once and answers in order of preference. */
import type { Attempt } from '#shared/domain/engine.ts';
import type { EngineAddress } from '../adapter/address.ts';
import type { Engine } from '../port.ts';
import type { Candidate } from './candidate.ts';
import { findCandidates } from './candidates.ts';
import type { Surroundings } from './surroundings.ts';
import { tryCandidate } from './try-candidate.ts';

export interface Discovery {
  /** The first usable place by order, or the preferred one; null when none is. Known before slow places behind it have answered. */
  readonly best: { readonly attempt: Attempt; readonly address: EngineAddress } | null;
  /** Every place in order, once all have answered or let the time limit pass. */
  readonly attempts: Promise<Attempt[]>;
}

/** `preferred` (an attempt's id) goes before all others when it is usable. */
export async function discover(
  around: Surroundings,
  connect: (address: EngineAddress) => Engine,
  preferred: string | null = null,
): Promise<Discovery> {
  const candidates = await findCandidates(around);
  const running = candidates.map((candidate) => ({ candidate, attempt: tryCandidate(candidate, connect) }));
  const attempts = Promise.all(running.map(({ attempt }) => attempt));
  const first = (candidate: Candidate): number => (candidate.id === preferred ? 0 : 1);
  for (const { candidate, attempt } of running.toSorted(
    (one, other) => first(one.candidate) - first(other.candidate),
  )) {
    const outcome = await attempt;
    if (outcome.usable && candidate.address)
      return { best: { attempt: outcome, address: candidate.address }, attempts };
  }
  return { best: null, attempts };
}
