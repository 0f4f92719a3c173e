/** What waits for a person's word in a live run, and the three answers (NET-4). Nothing is answered by itself. */
import { useEffect, useMemo, useRef, useState } from 'react';
import type { AppErrorData } from '#shared/lib/app-error.ts';
import { parseRule } from '#shared/policy/network/rule.ts';
import type { Client } from '../../../rpc/client.ts';
import { toErrorData } from '../../../rpc/errors.ts';
import { usePolicies } from '../../../state/policies.ts';
import { toast } from '../../../ui/layers/toast.tsx';
import type { OpenedRun } from '../store.ts';
import type { Network } from '#shared/policy/allowing/ledger.ts';
import { askingHosts, type Asking } from '#shared/policy/allowing/asking.ts';
import { hostWords, staleness, type Ground } from './model.ts';
import { useKept, type Kept } from './use-kept.ts';

export interface Denied {
  readonly kept: Kept;
  /** False when the run has ended: then nothing can be allowed any more. */
  readonly live: boolean;
  readonly asking: readonly Asking[];
  /** Why the card must be looked at again before anything can be allowed; null while it holds. */
  readonly stale: string | null;
  readonly lookAgain: () => void;
  /** Rules that were sent and not yet answered. */
  readonly busy: ReadonlySet<string>;
  readonly failure: AppErrorData | null;
  readonly allow: (some: readonly Asking[]) => void;
  readonly keep: (some: readonly Asking[]) => void;
  /** What is about to be added to a policy; null while the dialog is closed. */
  readonly adding: readonly Asking[] | null;
  readonly add: (some: readonly Asking[] | null) => void;
  /** The policy's file is ours now: what is shown was drawn under it. `allows` are let through in this run too. */
  readonly saved: (name: string, revision: string, allows: readonly Asking[]) => void;
}

const plain = (rule: string): string => {
  try {
    return parseRule(rule).text;
  } catch {
    return rule;
  }
};

/** Rules of `network` that this window did not ask for, and the policy's file as it is now. */
function useGround(run: OpenedRun, network: Network, mine: ReadonlySet<string>): Ground {
  const { policy } = run.summary;
  const began = run.detail.plan.policyRevision;
  const revision = usePolicies(({ policies }) => {
    if (began === null) return null;
    return policies === null ? began : (policies.find(({ name }) => name === policy)?.revision ?? null);
  });
  return useMemo(
    () => ({ revision, others: network.allowed.map(plain).filter((rule) => !mine.has(rule)) }),
    [revision, network.allowed, mine],
  );
}

export function useDenied(client: Client, run: OpenedRun, network: Network): Denied {
  const { id, state } = run.summary;
  const kept = useKept(id);
  const live = run.limits.network !== 'none' && state !== 'finished' && state !== 'finishing' && !network.closed;
  const asking = useMemo(() => (live ? askingHosts(network, kept.keys) : []), [live, network, kept.keys]);
  const [mine, setMine] = useState<ReadonlySet<string>>(new Set());
  const ground = useGround(run, network, mine);
  const [drawn, setDrawn] = useState<Ground>(ground);
  const [busy, setBusy] = useState<ReadonlySet<string>>(new Set());
  const [failure, setFailure] = useState<AppErrorData | null>(null);
  const [adding, setAdding] = useState<readonly Asking[] | null>(null);
  const latest = useRef(ground);
  useEffect(() => {
    latest.current = ground;
  });
  const shown = asking.length > 0;
  // A card that appears anew is drawn under what holds then.
  useEffect(() => setDrawn(latest.current), [shown]);
  const stale = shown ? staleness(drawn, ground, run.summary.policy) : null;

  const allow = (some: readonly Asking[]): void => {
    if (!live || stale !== null || some.length === 0) return;
    void send(some);
  };
  const send = async (some: readonly Asking[]): Promise<void> => {
    const rules = some.map(({ rule }) => plain(rule));
    setFailure(null);
    setMine((before) => new Set([...before, ...rules]));
    setBusy((before) => new Set([...before, ...rules]));
    kept.set(
      some.map(({ key }) => key),
      false,
    );
    try {
      for (const rule of rules) await client.runs.allow({ id, rule });
      toast(`${hostWords(some)} ${some.length === 1 ? 'is' : 'are'} allowed for this run.`);
    } catch (thrown) {
      setFailure(toErrorData(thrown));
    } finally {
      setBusy((before) => new Set([...before].filter((rule) => !rules.includes(rule))));
    }
  };
  return {
    kept,
    live,
    asking,
    stale,
    lookAgain: () => setDrawn(ground),
    busy,
    failure,
    allow,
    keep: (some) =>
      kept.set(
        some.map(({ key }) => key),
        true,
      ),
    adding,
    add: (some) => setAdding(some === null || some.length === 0 ? null : some),
    saved: (name, revision, allows) => {
      setAdding(null);
      if (name === run.summary.policy) setDrawn({ ...ground, revision });
      toast(`${name} is saved.`);
      if (live) void send(allows);
    },
  };
}
