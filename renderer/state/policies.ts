/** The own policies and what decides what they come to, followed for as long as the page lives. */
import { create } from 'zustand';
import type { OwnPolicy, PolicyContext } from '#shared/contract/policies.ts';
import type { AppErrorData } from '#shared/lib/app-error.ts';
import { subscribe, type Client } from '../rpc/client.ts';

interface PoliciesState {
  /** By name, in the order of names; null until the first answer. */
  readonly policies: readonly OwnPolicy[] | null;
  readonly context: PolicyContext | null;
  /** Why there is no list. */
  readonly error: AppErrorData | null;
}

export const usePolicies = create<PoliciesState>(() => ({ policies: null, context: null, error: null }));

/** Stands for the list until it is there: always the same object. */
export const NO_POLICIES: readonly OwnPolicy[] = [];

const byName = (a: OwnPolicy, b: OwnPolicy): number => a.name.localeCompare(b.name, 'en');

/** The list after one policy came or changed; the others stay the same objects. */
export function withPolicy(policies: readonly OwnPolicy[], changed: OwnPolicy): readonly OwnPolicy[] {
  const at = policies.findIndex((policy) => policy.name === changed.name);
  return at === -1 ? [...policies, changed].toSorted(byName) : policies.with(at, changed);
}

/** Puts in what a call answered before the stream says it. */
export function takePolicy(policy: OwnPolicy): void {
  usePolicies.setState(({ policies }) => ({ policies: withPolicy(policies ?? [], policy) }));
}

/** Takes out what a call removed before the stream says it. */
export function dropPolicy(name: string): void {
  usePolicies.setState(({ policies }) => ({ policies: (policies ?? []).filter((policy) => policy.name !== name) }));
}

/** Follows files, settings and engine until `signal` aborts. */
export function followPolicies(client: Client, signal: AbortSignal): void {
  void subscribe(
    (inner) => client.policies.watch(undefined, { signal: inner }),
    (message) => {
      switch (message.type) {
        case 'all':
          usePolicies.setState({
            policies: message.policies.toSorted(byName),
            context: message.context,
            error: null,
          });
          return;
        case 'changed':
          takePolicy(message.policy);
          return;
        case 'removed':
          dropPolicy(message.name);
          return;
        case 'context':
          usePolicies.setState({ context: message.context });
      }
    },
    signal,
    (error) => usePolicies.setState({ error }),
  );
}
