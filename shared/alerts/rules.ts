/** The one table of alert rules: what each looks at, and how it is before anybody changed it (AUD-3). Settings, forms and docs are derived from it. */
import type { AlertRule, Severity } from '../domain/alert.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** What of a rule a person may change. Shares in percent, times in milliseconds. */
export interface RuleValues {
  readonly on: boolean;
  readonly severity: Severity;
  readonly notify: boolean;
  /** In the unit of the rule's own threshold: percent, a count, or milliseconds. A rule without one is raised at once. */
  readonly threshold?: number;
  /** Milliseconds in which the threshold must be passed; only of rules that count. */
  readonly window?: number;
  /** How many times its usual time a run may take; only of `long-running`. */
  readonly times?: number;
}

export interface RuleEntry extends RuleValues {
  readonly title: string;
  /** One sentence: when it is raised. */
  readonly help: string;
  readonly thresholdLabel?: string;
  readonly thresholdKind?: 'percent' | 'count' | 'duration';
}

export const ALERT_TABLE: Readonly<Record<AlertRule, RuleEntry>> = {
  'resource-exhaustion': {
    title: 'Memory runs out',
    help: 'A run uses more of its memory than this.',
    on: true,
    severity: 'warning',
    notify: true,
    thresholdLabel: 'Memory used',
    thresholdKind: 'percent',
    threshold: 90,
  },
  'policy-violation': {
    title: 'Many violations',
    help: 'A script breaks its policy more often than this, in all its runs together.',
    on: true,
    severity: 'critical',
    notify: true,
    thresholdLabel: 'Violations',
    thresholdKind: 'count',
    threshold: 5,
    window: MINUTE,
  },
  'startup-failure': {
    title: 'Runs do not start',
    help: 'More runs than this end before their script begins, because the engine, an image or a sandbox failed.',
    on: true,
    severity: 'error',
    notify: true,
    thresholdLabel: 'Failed starts',
    thresholdKind: 'count',
    threshold: 3,
    window: 10 * MINUTE,
  },
  'long-running': {
    title: 'A run takes long',
    help: 'A run has used more of its wall time than this, or takes many times as long as it usually does.',
    on: true,
    severity: 'warning',
    notify: true,
    thresholdLabel: 'Wall time used',
    thresholdKind: 'percent',
    threshold: 80,
    times: 3,
  },
  'image-age': {
    title: 'An image is old',
    help: 'A runtime image of ours was built longer ago than this, so it lacks newer security updates.',
    on: true,
    severity: 'warning',
    notify: false,
    thresholdLabel: 'Age',
    thresholdKind: 'duration',
    threshold: 30 * DAY,
  },
  canary: {
    title: 'A decoy was touched',
    help: 'A script opened, moved or deleted a decoy secret, which no honest script has a reason to.',
    on: true,
    severity: 'critical',
    notify: true,
  },
};

export type AlertSettings = Readonly<Record<AlertRule, RuleValues>>;
