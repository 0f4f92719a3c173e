/** The settings of the alert rules, made from their table (AUD-3, HOST-6). */
import { ALERT_TABLE, type AlertSettings, type RuleEntry, type RuleValues } from '#shared/alerts/rules.ts';
import { ALERT_RULES, SEVERITIES, type AlertRule, type Severity } from '#shared/domain/alert.ts';
import { bool, choice, count, duration, invalid } from '#shared/policy/kinds.ts';
import type { Kind } from '#shared/policy/field.ts';
import type { Entry } from './table.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const PERCENT: Kind<number> = {
  name: 'text',
  format: (value) => `${value} %`,
  looser: null,
  parse(text) {
    const value = Number(/^\s*(\d{1,2})\s*%\s*$/.exec(text)?.[1] ?? 0);
    if (value > 0) return value;
    const shown = JSON.stringify(text.slice(0, 40));
    throw invalid(`${shown} is not a share.`, 'It must lie between 1 % and 99 %.', 'Write a value such as `90 %`.');
  },
};
const AGE: Kind<number> = { ...duration(DAY, 3650 * DAY), format: (value) => `${value / DAY} d` };

const THRESHOLDS: Readonly<Record<NonNullable<RuleEntry['thresholdKind']>, Kind<number>>> = {
  percent: PERCENT,
  count: count(1, 10_000),
  duration: AGE,
};
const WINDOW = duration(1000, DAY);
const TIMES = count(2, 1000);

/** `resource-exhaustion` → `alerts.resource_exhaustion`: an environment variable has no hyphen. */
export function alertKey(rule: AlertRule): string {
  return `alerts.${rule.replaceAll('-', '_')}`;
}

/** One entry for each value of each rule. */
export function alertEntries(): Entry[] {
  return ALERT_RULES.flatMap((rule) => {
    const { title, help, thresholdLabel, thresholdKind, ...values } = ALERT_TABLE[rule];
    const of = <V>(name: string, label: string, text: string, kind: Kind<V>, initial: V): Entry => ({
      key: `${alertKey(rule)}.${name}`,
      label,
      help: text,
      group: 'Alerts',
      kind: kind as Kind<unknown>,
      initial: kind.format(initial),
      listed: true,
    });
    return [
      of('on', title, help, bool(true), values.on),
      ...(values.threshold === undefined || thresholdKind === undefined
        ? []
        : [
            of(
              'threshold',
              thresholdLabel ?? '',
              'More than this raises it.',
              THRESHOLDS[thresholdKind],
              values.threshold,
            ),
          ]),
      ...(values.window === undefined
        ? []
        : [of('window', 'Within', 'The time in which they are counted.', WINDOW, values.window)]),
      ...(values.times === undefined
        ? []
        : [
            of(
              'times',
              'Times its usual time',
              'Its usual time is the median of past runs of this script that succeeded; three are needed.',
              TIMES,
              values.times,
            ),
          ]),
      of('severity', 'Severity', 'How it is marked.', choice(SEVERITIES, false), values.severity),
      of(
        'notify',
        'Notify',
        'Also show it outside of Bellglass, where notifications are allowed.',
        bool(true),
        values.notify,
      ),
    ];
  });
}

/** The rules in force. `read` gives what is set, or the default. */
export function alertSettings(read: (key: string) => unknown): AlertSettings {
  return Object.fromEntries(
    ALERT_RULES.map((rule): [AlertRule, RuleValues] => {
      const of = (name: string): unknown => read(`${alertKey(rule)}.${name}`);
      const { threshold, window, times } = ALERT_TABLE[rule];
      return [
        rule,
        {
          on: of('on') as boolean,
          severity: of('severity') as Severity,
          notify: of('notify') as boolean,
          ...(threshold !== undefined && { threshold: of('threshold') as number }),
          ...(window !== undefined && { window: of('window') as number }),
          ...(times !== undefined && { times: of('times') as number }),
        },
      ];
    }),
  ) as Record<AlertRule, RuleValues>;
}
