/**
 * The words of a policy: levels, tiers, fields and effective values (spec, Words and POL).
 * What each field means, its default per level and its help live in `shared/policy/fields.ts`, once.
 */
import * as z from 'zod';

export const TRUST_LEVELS = ['untrusted', 'limited', 'trusted', 'system'] as const;
export type TrustLevel = (typeof TRUST_LEVELS)[number];

/** Where a value came from, weakest first (spec, Words: tier). */
export const TIERS = ['level', 'settings', 'project', 'policy', 'workflow', 'step', 'run'] as const;
export type Tier = (typeof TIERS)[number];

export const NETWORK_MODES = ['none', 'restricted', 'full'] as const;
export type NetworkMode = (typeof NETWORK_MODES)[number];

export const SECCOMP_PROFILES = ['strict', 'standard'] as const;
export type SeccompProfile = (typeof SECCOMP_PROFILES)[number];

export interface Mount {
  readonly type: 'bind' | 'volume' | 'tmpfs';
  readonly source?: string;
  readonly target: string;
  readonly mode: 'ro' | 'rw';
}

/**
 * Every field of POL-4's canonical form, by dotted path, in base units:
 * bytes, milliseconds, percent of one core (100 = one core), bytes per second; `null` is unlimited.
 */
export interface PolicyValues {
  'resources.memory': number;
  'resources.cpu': number;
  'resources.wall_time': number;
  'resources.cpu_time': number;
  'resources.processes': number;
  'resources.open_files': number;
  'resources.disk_read': number | null;
  'resources.disk_write': number | null;
  'resources.scratch': number;
  'resources.output': number;
  'resources.on_breach.memory': 'kill' | 'pause';
  'resources.on_breach.cpu_time': 'kill' | 'warn' | 'pause';
  'resources.on_breach.wall_time': 'kill' | 'warn' | 'pause';
  'resources.on_breach.processes': 'refuse' | 'kill';
  'resources.on_breach.open_files': 'refuse' | 'kill';
  'resources.on_breach.scratch': 'refuse' | 'kill' | 'pause';
  'resources.on_breach.output': 'drop' | 'kill';
  'resources.on_breach.disk_rate': 'throttle';
  'resources.on_breach.network': 'refuse' | 'pause' | 'kill';
  'network.mode': NetworkMode;
  'network.allow': readonly string[];
  'network.block': readonly string[];
  'network.dns': string;
  'network.hosts': Readonly<Record<string, string>>;
  'network.publish': readonly string[];
  'network.download': number | null;
  'network.upload': number | null;
  'network.connections': number | null;
  'files.mounts': readonly Mount[];
  'files.blocked_paths': readonly string[];
  'files.access.read': readonly string[];
  'files.access.write': readonly string[];
  'files.access.execute': readonly string[];
  'security.seccomp': SeccompProfile;
  'security.seccomp_rules': readonly string[];
  'security.capabilities': readonly string[];
  'security.user': string;
  'security.user_namespace': 'auto' | 'on' | 'off';
  'security.apparmor': string;
  'security.selinux': string;
  'security.oci_runtime': string;
  'security.canaries': boolean;
  'image.runtime': string | null;
  'image.name': string | null;
  'image.pull': 'always' | 'if-not-present' | 'never';
  'image.digest': string | null;
  'run.entrypoint': readonly string[] | null;
  'run.command': readonly string[] | null;
  'run.env': Readonly<Record<string, string>>;
  'run.working_dir': string;
  'run.tty': boolean;
  'run.warm': boolean;
  'run.warm_interpreter': boolean;
  'run.observe': boolean;
  'quota.runs': number;
  'quota.memory': number | null;
  'quota.cpu': number | null;
  'quota.priority': 'low' | 'normal' | 'high';
}

export type FieldPath = keyof PolicyValues;

/** A field's path on the wire; which paths exist is the field table's to say. */
export const FIELD_NAME = z.custom<FieldPath>((value) => typeof value === 'string');

/** Fields that hold a list of words: a tier may replace the list, or add to it and take from it. */
export type ListPath = { [P in FieldPath]: PolicyValues[P] extends readonly string[] ? P : never }[FieldPath];

/** What a tier does to the list below it: entries of `remove` go, then entries of `add` that are not there yet come last. */
export interface ListChange {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

export type ListChanges = { readonly [P in ListPath]?: ListChange };

/** Some fields set by one tier; `undefined` never appears. */
export type PartialPolicy = { readonly [P in FieldPath]?: PolicyValues[P] };

/** One tier's contribution. `name` is what a person calls it: `untrusted`, `settings`, `this run`. A path is in `values` or in `changes`, never in both. */
export interface TierValues {
  readonly tier: Tier;
  readonly name: string;
  readonly values: PartialPolicy;
  readonly changes?: ListChanges;
  /** A project's or workflow's file whose content nobody approved: what would loosen, or cannot be compared, is held back (POL-3). */
  readonly tightenOnly?: boolean;
}

/** A value with its origin; `clampedFrom` is what was asked before a ceiling cut it. */
export interface EffectiveValue<T> {
  readonly value: T;
  readonly tier: Tier;
  readonly name: string;
  readonly clampedFrom?: T;
}

/** A value of an unapproved file that is not in force, and what is instead. */
export interface HeldBack {
  /** `project`, or the tier of a workflow or step. */
  readonly tier: Tier;
  readonly field: FieldPath;
  readonly asked: unknown;
  readonly kept: unknown;
}

/** Every field with its value and origin (POL-3). */
export interface EffectivePolicy {
  readonly level: TrustLevel;
  /** Who chose the level. */
  readonly levelFrom: { readonly tier: Tier; readonly name: string };
  /** What a person calls the policy: the level's or the policy's name. */
  readonly name: string;
  readonly fields: { readonly [P in FieldPath]: EffectiveValue<PolicyValues[P]> };
  /** In table order; empty without an unapproved file. */
  readonly heldBack: readonly HeldBack[];
}

/** How far the chosen engine enforces one field. */
export interface Enforcement {
  readonly field: FieldPath;
  readonly state: 'enforced' | 'partly' | 'not-here';
  /** Why not fully, in one sentence; empty when enforced. */
  readonly why: string;
}
