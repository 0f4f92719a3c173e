/** What a run was refused, gathered for the verdict line. */
import type { Violation, ViolationKind } from '#shared/domain/run.ts';
import type { Happening } from './journal.ts';

export interface Refused {
  readonly kind: ViolationKind;
  readonly message: string;
  readonly rule: string | undefined;
  readonly times: number;
}

/** One entry per kind and rule (one for the network as a whole), the newest sentence, with how many times; from events, or else from the kept record. */
export function refusedOf(happenings: readonly Happening[], kept: readonly Violation[]): Refused[] {
  const seen = happenings.flatMap((event) => (event.type === 'violation' ? [event.violation] : []));
  const gathered = new Map<string, Refused>();
  for (const violation of seen.length > 0 ? seen : kept) {
    // The count of refused attempts on the network goes over all of its rules.
    const key = violation.kind === 'network' ? violation.kind : `${violation.kind} ${violation.rule ?? ''}`;
    const times = Math.max(violation.count, (gathered.get(key)?.times ?? 0) + 1);
    gathered.set(key, { kind: violation.kind, message: violation.message, rule: violation.rule, times });
  }
  return [...gathered.values()];
}
