/** Several scripts that are being prepared at once: the plan of each, and starting them in order. */
import { create } from 'zustand';
import type { Launch, Plan } from '#shared/contract/runs.ts';
import type { AppErrorData } from '#shared/lib/app-error.ts';
import { toErrorData, type Client } from '../../../rpc/client.ts';
import type { Source } from '../read-files.ts';
import { takeTryNext } from '../store.ts';
import { launchOfScript, scriptsOf, type Choice } from './scripts.ts';

/** What became of planning one; `launch` is what `plan` was made for. */
export type Planned =
  | { readonly launch: Launch; readonly plan: Plan; readonly error: null }
  | { readonly launch: null; readonly plan: null; readonly error: AppErrorData };

export interface Many extends Choice {
  readonly source: Source;
  readonly paths: readonly string[];
  /** Those that are not to run. */
  readonly left: ReadonlySet<string>;
  readonly plans: ReadonlyMap<string, Planned>;
  /** How many of them have been handed over; null while nothing starts. */
  readonly started: number | null;
}

export const useMany = create<{ readonly many: Many | null }>(() => ({ many: null }));

export function openMany(source: Source): void {
  const many: Many = {
    source,
    paths: scriptsOf(source),
    left: new Set(),
    plans: new Map(),
    started: null,
    trust: undefined,
    policy: takeTryNext() ?? undefined,
  };
  useMany.setState({ many });
}

export const dropMany = (): void => useMany.setState({ many: null });

function edit(change: (many: Many) => Partial<Many>): void {
  useMany.setState(({ many }) => (many === null ? {} : { many: { ...many, ...change(many) } }));
}

/** All of them run under this; their plans are made anew. */
export const choose = (choice: Choice): void => edit(() => ({ ...choice, plans: new Map() }));

/** Takes one in or leaves it out. */
export function toggle(path: string): void {
  edit(({ left }) => ({ left: left.has(path) ? left.difference(new Set([path])) : new Set([...left, path]) }));
}

/** Those that can run as they are planned now, in order. */
export function ready({ paths, left, plans }: Many): { path: string; launch: Launch; plan: Plan }[] {
  return paths.flatMap((path) => {
    const planned = plans.get(path);
    if (left.has(path) || planned === undefined || planned.plan === null || planned.plan.refusal !== null) return [];
    return [{ path, launch: planned.launch, plan: planned.plan }];
  });
}

/** Plans at once. */
const AT_ONCE = 4;

/** Keeps every plan in step with what was chosen until `signal` aborts. */
export function keepPlanned(client: Client, signal: AbortSignal): void {
  let turn = 0;
  const plan = async (many: Many): Promise<void> => {
    const mine = ++turn;
    const todo = [...many.paths];
    const work = async (): Promise<void> => {
      for (let path = todo.shift(); path !== undefined && mine === turn && !signal.aborted; path = todo.shift()) {
        const made = await planOne(client, launchOfScript(many.source, path, many), signal);
        const key = path;
        if (mine === turn && !signal.aborted) edit(({ plans }) => ({ plans: new Map([...plans, [key, made]]) }));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  };
  const { many } = useMany.getState();
  if (many) void plan(many);
  const stop = useMany.subscribe((state, before) => {
    const [now, then] = [state.many, before.many];
    if (now !== null && (now.source !== then?.source || now.trust !== then.trust || now.policy !== then.policy))
      void plan(now);
  });
  signal.addEventListener('abort', stop);
}

async function planOne(client: Client, launch: Launch, signal: AbortSignal): Promise<Planned> {
  try {
    return { launch, plan: await client.runs.plan(launch, { signal }), error: null };
  } catch (thrown) {
    return { launch: null, plan: null, error: toErrorData(thrown) };
  }
}

/** Starts exactly what was planned, one after the other, so that they queue in this order. Returns how many were refused. */
export async function startAll(client: Client): Promise<number> {
  const { many } = useMany.getState();
  if (many === null || many.started !== null) return 0;
  let refused = 0;
  edit(() => ({ started: 0 }));
  for (const { path, launch } of ready(many)) {
    // Cancelled meanwhile: what has started goes on, and nothing more starts.
    if (useMany.getState().many?.source !== many.source) return refused;
    try {
      await client.runs.start(launch);
      // A second try starts only those that were refused.
      toggle(path);
    } catch (thrown) {
      refused += 1;
      const error = toErrorData(thrown);
      edit(({ plans }) => ({ plans: new Map([...plans, [path, { launch: null, plan: null, error }]]) }));
    }
    edit(({ started }) => ({ started: (started ?? 0) + 1 }));
  }
  edit(() => ({ started: null }));
  return refused;
}
