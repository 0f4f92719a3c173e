import { useMemo } from 'react';
import { effectiveOfPlan } from '../../model/effective.ts';
import type { OpenedRun } from '../../store.ts';
import { Ledger, NO_NETWORK, type Network } from '#shared/policy/allowing/ledger.ts';

/** What the hosts of a run came to so far; only new events are taken in. */
export function useNetwork(run: OpenedRun): Network {
  const { plan } = run.detail;
  const mode = run.limits.network;
  const ledger = useMemo(
    () => (mode === 'none' ? null : new Ledger(mode, effectiveOfPlan(plan).fields['network.allow'].value)),
    [mode, plan],
  );
  return useMemo(() => ledger?.take(run.happenings) ?? NO_NETWORK, [ledger, run.happenings]);
}
