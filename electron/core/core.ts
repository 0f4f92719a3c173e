/** What every host talks to. Implemented once in create-core.ts; the RPC router only validates and forwards. */
import type {
  Doctor,
  BuildProgress,
  ImageCard,
  SampleScript,
  SelfCheckLine,
  Setting,
} from '#shared/contract/system.ts';
import type { Launch, ListMessage, OutputMessage, Plan, RunDetail } from '#shared/contract/runs.ts';
import type { OwnPolicy, PolicyContext, ProjectApproval } from '#shared/contract/policies.ts';
import type { AuditCheck, AuditMessage, AuditPage } from '#shared/contract/audit.ts';
import type { PoolStatus } from '#shared/contract/pool.ts';
import type { WorkflowLaunch } from '#shared/contract/workflows.ts';
import type { WorkflowDetail, WorkflowPlan, WorkflowSummary } from '#shared/domain/workflow.ts';
import type { HistoryHealth, SavedFilter, USAGE_KEYS, UsageRow } from '#shared/contract/history.ts';
import type { Insights, InsightsRequest } from '#shared/contract/insights.ts';
import type { ComparedFile } from '#shared/history/compare-files.ts';
import type { GivenAgain } from '#shared/history/again.ts';
import type { FilterProblem } from '#shared/history/filter.ts';
import type { Alert, AlertNotification } from '#shared/domain/alert.ts';
import type { EngineStatus } from '#shared/domain/engine.ts';
import type { RunEvent, Runtime, RunSummary } from '#shared/domain/run.ts';
import type { RunData } from '#shared/domain/exchange.ts';
import type { KeptSandbox } from '#shared/domain/kept.ts';
import type { PartialPolicy, TrustLevel } from '#shared/domain/policy.ts';
import type { NewToken, Token, TokenCard } from '#shared/domain/token.ts';
import type { Log } from './storage/log.ts';
import type { Paths } from './storage/paths.ts';

export type { ListMessage };

export interface LevelCard {
  level: TrustLevel;
  headline: string;
  detail: string;
  runnable: boolean;
  whyNot: string;
}

/** Somebody else than the person at this computer, on whose behalf something is done. */
export interface Caller {
  /** Name of the token. */
  readonly token: string;
  /** Bounds beside those of the settings. */
  readonly ceilings: PartialPolicy;
}

export interface RunsApi {
  plan(launch: Launch): Promise<Plan>;
  levels(runtime: Runtime): LevelCard[];
  /** With a caller, what it may not ask for is refused as `auth`. */
  start(launch: Launch, by?: Caller): Promise<{ id: string }>;
  list(): RunSummary[];
  watchList(signal?: AbortSignal): AsyncIterable<ListMessage>;
  get(id: string): Promise<RunDetail>;
  watch(id: string, after: number | undefined, signal?: AbortSignal): AsyncIterable<RunEvent[]>;
  output(id: string, from: number, signal?: AbortSignal): AsyncIterable<OutputMessage>;
  ack(viewer: string, seq: number): void;
  /** Whole kept output as text; with `limit` about so many bytes of its beginning. */
  saveOutput(id: string, limit?: number): Promise<string>;
  stdin(id: string, data: string, end: boolean): Promise<void>;
  resize(id: string, columns: number, rows: number): Promise<void>;
  pause(id: string): Promise<void>;
  resume(id: string): Promise<void>;
  /** One more allowed host for this run; `save` also adds it to its policy, whose name comes back. */
  allow(id: string, rule: string, save: boolean): Promise<{ policy: string | null }>;
  stop(id: string, by?: Caller): Promise<void>;
  stopAll(): Promise<number>;
  /** Puts a waiting run before another one, null: behind all. */
  reorder(id: string, before: string | null): Promise<void>;
  /** Values for the secrets of a run that came back without them; kept nowhere. */
  giveSecrets(id: string, secrets: Readonly<Record<string, string>>): Promise<void>;
  remove(id: string): Promise<void>;
}

export interface FilesApi {
  /** Resolves when everything is out of the sandbox; null when nothing was taken out of this run. */
  list(run: string): Promise<RunData | null>;
  /** Like `list`, with values read from their files however large they are. */
  results(run: string): Promise<RunData | null>;
  /** Bytes from an offset, and the file's size; `path` null: of the zip of all. */
  read(run: string, path: string | null, from: number, length: number): Promise<{ bytes: Uint8Array; size: number }>;
  /** The files of two runs, by path, size and content. */
  compare(a: string, b: string): Promise<ComparedFile[]>;
  /** Makes the zip of all files; its size in bytes. */
  zip(run: string): Promise<{ size: number }>;
}

export interface SystemApi {
  doctor(): Promise<Doctor>;
  engineStatus(): EngineStatus;
  watchEngine(signal?: AbortSignal): AsyncIterable<EngineStatus>;
  retryEngine(options: { choose?: string | null; startPrivate?: boolean }): Promise<EngineStatus>;
  images(): Promise<ImageCard[]>;
  buildImages(runtimes: Runtime[] | undefined, force: boolean, signal?: AbortSignal): AsyncIterable<BuildProgress>;
  pool(): PoolStatus;
  samples(): Promise<SampleScript[]>;
  settings(): Promise<{ path: string; error: string | null; settings: Setting[] }>;
  setSetting(key: string, value: string | null): Promise<void>;
  selfCheck(signal?: AbortSignal): AsyncIterable<SelfCheckLine>;
}

export type PoliciesMessage =
  | { type: 'all'; policies: OwnPolicy[]; context: PolicyContext }
  | { type: 'changed'; policy: OwnPolicy }
  | { type: 'removed'; name: string }
  | { type: 'context'; context: PolicyContext };

export interface PoliciesApi {
  list(): Promise<{ policies: OwnPolicy[]; context: PolicyContext }>;
  watch(signal?: AbortSignal): AsyncIterable<PoliciesMessage>;
  get(name: string): Promise<{ policy: OwnPolicy; text: string }>;
  opened(name: string): Promise<void>;
  save(name: string, text: string, revision: string | null): Promise<OwnPolicy>;
  rename(name: string, to: string, revision: string): Promise<OwnPolicy>;
  remove(name: string, revision: string): Promise<void>;
  approvals(): ProjectApproval[];
  approveProject(path: string, hash: string): Promise<void>;
  revokeProject(path: string): Promise<void>;
}

export interface HistoryApi {
  page(filter: string, before: string | undefined, limit: number): { runs: RunSummary[]; problems: FilterProblem[] };
  count(filter: string): { count: number; more: boolean };
  mark(
    ids: readonly string[],
    marks: { pinned?: boolean | undefined; tags?: readonly string[] | undefined; note?: string | undefined },
  ): number;
  remove(ids: readonly string[]): Promise<number>;
  health(): HistoryHealth;
  watchHealth(signal?: AbortSignal): AsyncIterable<HistoryHealth>;
  /** Puts a damaged history aside and goes on with a fresh one. Throws AppError `input-invalid` for a whole one. */
  startFresh(): { aside: string };
  /** What a run was given, without the values of its secrets. Throws AppError `storage` when that is not kept any more. */
  launch(id: string): Promise<GivenAgain>;
  filters(): SavedFilter[];
  saveFilter(saved: SavedFilter): void;
  removeFilter(name: string): void;
  usage(by: (typeof USAGE_KEYS)[number], filter: string): { rows: UsageRow[]; problems: FilterProblem[] };
  insights(wanted: InsightsRequest): Insights;
  exportRuns(filter: string, form: 'json' | 'csv' | 'html'): Promise<{ text: string; runs: number }>;
}

export type WorkflowsMessage =
  | { type: 'all'; workflows: WorkflowSummary[] }
  | { type: 'changed'; workflow: WorkflowSummary }
  | { type: 'removed'; id: string };

export interface WorkflowsApi {
  plan(launch: WorkflowLaunch): Promise<WorkflowPlan>;
  /** With a caller, what it may not ask for is refused as `auth`, and its file only tightens, whoever approved it. */
  start(launch: WorkflowLaunch, by?: Caller): Promise<{ id: string }>;
  list(before: string | undefined, limit: number): WorkflowSummary[];
  get(id: string): WorkflowDetail;
  /** What it was started from, without secrets; of the files those that steps name. */
  launch(id: string): WorkflowLaunch;
  watch(id: string, signal?: AbortSignal): AsyncIterable<WorkflowDetail>;
  watchList(signal?: AbortSignal): AsyncIterable<WorkflowsMessage>;
  stop(id: string, by?: Caller): Promise<void>;
  retry(id: string, step: string, secrets: Readonly<Record<string, string>>): Promise<void>;
  remove(id: string): Promise<void>;
}

/** Tokens of the REST API. */
export interface TokensApi {
  list(): Promise<TokenCard[]>;
  /** The token itself is given once, here, and kept nowhere. */
  add(name: string, wanted: NewToken): Promise<{ token: string; card: TokenCard }>;
  remove(name: string): Promise<void>;
  /** Null for one that is not ours. */
  find(secret: string): Promise<Token | null>;
}

/** Which runs, or which workflows, were begun by tokens. */
export interface BegunApi {
  /** Name of the token that began it; null for one of somebody else. */
  ownerOf(id: string): string | null;
  /** What was begun under this key, and with which request. */
  byKey(key: string): { readonly id: string; readonly request: string } | null;
  /** Keeps who began it, and under which key with which request, for as long as it is kept itself. */
  remember(id: string, token: string, key: { readonly key: string; readonly request: string } | null): void;
}

/** What REST needs beside the runs. */
export interface RemoteApi {
  /** The steps of a token's workflow are its runs as well. */
  readonly runs: BegunApi;
  readonly workflows: BegunApi;
  /** Prometheus text. */
  metrics(): Promise<{ readonly type: string; readonly text: string }>;
}

export interface AuditApi {
  page(filter: string, before: number | undefined, limit: number): Promise<AuditPage>;
  watch(signal?: AbortSignal): AsyncIterable<AuditMessage>;
  check(): AsyncIterable<AuditCheck>;
  exportRecords(filter: string, form: 'json' | 'csv'): AsyncIterable<{ text: string }>;
}

export type AlertsMessage =
  | { type: 'all'; alerts: Alert[] }
  | { type: 'changed'; alert: Alert }
  | { type: 'notification'; notification: AlertNotification };

export interface AlertsApi {
  /** Newest first. */
  list(): { alerts: Alert[]; unread: number };
  watch(signal?: AbortSignal): AsyncIterable<AlertsMessage>;
  /** Null: all of them. */
  markRead(ids: readonly number[] | null): void;
  clear(): void;
}

export interface KeptApi {
  /** Newest first. */
  list(): Promise<KeptSandbox[]>;
  /** Takes everything out of a kept sandbox anew, for `read`; it is frozen again before this resolves. */
  look(run: string): Promise<Pick<RunData, 'files' | 'left' | 'leftMore' | 'problem'>>;
  /** Bytes of one of the `files` that `look` gave. */
  read(
    run: string,
    files: RunData['files'],
    path: string,
    from: number,
    length: number,
  ): Promise<{ bytes: Uint8Array; size: number }>;
  remove(run: string): Promise<void>;
}

export interface Core {
  readonly runs: RunsApi;
  readonly files: FilesApi;
  readonly audit: AuditApi;
  readonly alerts: AlertsApi;
  readonly history: HistoryApi;
  readonly kept: KeptApi;
  readonly system: SystemApi;
  readonly workflows: WorkflowsApi;
  readonly policies: PoliciesApi;
  readonly tokens: TokensApi;
  readonly remote: RemoteApi;
  /** Ends every run of ours, stops a private engine that we started, closes the database. */
  dispose(): Promise<void>;
}

/** What a host brings along; core itself never reads the environment or the clock by other ways. */
export interface CoreOptions {
  readonly host: 'desktop' | 'web' | 'cli';
  /** Why this host and not another, for the doctor page: "no display". */
  readonly hostWhy: string;
  readonly paths: Paths;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly log: Log;
  /** Shows a notification of the desktop; absent where there is none. */
  readonly notify?: (notification: AlertNotification) => void;
  /** Looks for no engine: for questions to what is kept. */
  readonly offline?: boolean;
}
