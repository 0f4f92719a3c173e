/** The text of docs/alerts.md, made from the table of the rules. Pure. */
import { ALERT_RULES, type AlertRule } from '../domain/alert.ts';
import { KEPT_LIMITS } from '../domain/kept.ts';
import { formatDuration } from '../lib/units.ts';
import { NOTIFY_EVERY_MS } from './batch.ts';
import { LEAST_UNUSUAL_MS } from './evaluate.ts';
import { ALERT_TABLE } from './rules.ts';

const DAY = 86_400_000;

function thresholdText(rule: AlertRule): string {
  const { thresholdKind, threshold, window, times } = ALERT_TABLE[rule];
  if (threshold === undefined) return 'at once';
  const value =
    thresholdKind === 'percent'
      ? `${threshold} %`
      : thresholdKind === 'duration'
        ? `${threshold / DAY} d`
        : String(threshold);
  const within = window === undefined ? '' : ` in ${formatDuration(window)}`;
  const unusual = times === undefined ? '' : `, or ${times} times its usual time`;
  return `> ${value}${within}${unusual}`;
}

function row(rule: AlertRule): string {
  const { title, help, severity, notify } = ALERT_TABLE[rule];
  return `| \`${rule}\` | ${title}: ${help.charAt(0).toLowerCase()}${help.slice(1)} | ${thresholdText(rule)} | ${severity} | ${notify ? 'yes' : 'no'} |`;
}

/** The whole document. */
export function alertsDocument(): string {
  return `# Alerts and long runs

<!-- Made from shared/alerts/rules.ts: \`npx vitest run --project unit shared/alerts -u\` -->

An alert is what you should know without having to look for it. Each rule has an id that does not change:

| id | raised when | more than | severity | notifies |
| --- | --- | --- | --- | --- |
${ALERT_RULES.map(row).join('\n')}

- **Once for each cause.** A run that is short of memory or takes long is told once; a script that keeps breaking its policy is one alert
  whose count goes on, exactly, until it has been quiet for the rule’s time. Violations of all runs of one script are counted together. An image is told once, also over restarts.
- **Usual time:** the median of the latest runs of a script of that name that succeeded; with fewer than three there is none. Below ${LEAST_UNUSUAL_MS / 1000} s nothing takes long.
- **Where:** behind the bell (\`Ctrl+Shift+L\`), in the run’s timeline, and outside: as notifications of the system in the desktop app, of the
  browser where you switched them on in *Settings, Alerts* and while the page is open but not looked at. Of one rule at most one each ${NOTIFY_EVERY_MS / 1000} s; what comes closer together goes as one.
- **On the command line** as \`alert ID (SEVERITY): …\` on stderr, with \`--json\` as \`{"type":"alert","rule":…,"severity":…,"message":…}\`; in the event stream of
  [REST](api.md) as \`event: alert\`. A command line run looks at its own run only, and a running app shows its alerts too.
- The latest 500 are kept.

## Changing the rules
In *Settings, Alerts*, in the settings file, or by environment variables (\`BELLGLASS_ALERTS_POLICY_VIOLATION_THRESHOLD=20\`):

\`\`\`yaml
alerts:
  policy_violation: { on: true, threshold: 5, window: 1 min, severity: critical, notify: true }
  resource_exhaustion: { threshold: 90 % }
  long_running: { threshold: 80 %, times: 3 }
  image_age: { threshold: 30 d, notify: false }
\`\`\`

Warnings at 90 % of a limit (memory, processes, open files, scratch, output, CPU time, wall time) are not alerts: they belong to their run, and are always given.

## Long runs
- A window or page that is closed leaves runs going. In the desktop app an icon beside the clock shows them; opened again, everything is
  there, output included. Quitting asks first: for runs that go on, and for policies with unsaved changes. On a terminal the first Ctrl+C of \`bellglass serve\` asks.
- **Sleep does not count.** While a computer sleeps, its sandboxes do too: neither their wall time nor that of an alert goes on. The run’s timeline says
  how long it was. Where nobody measured, charts have a gap.

## Keeping a sandbox
\`bellglass run --keep\`, or *Sandbox* in the launch sheet, leaves the sandbox when its script has ended: every process of the script is killed, the
container is frozen, and its network is gone with its gateway. Nothing runs in it ever again. Its files, which are in memory, stay for ${KEPT_LIMITS.age / 3_600_000} hours; at most ${KEPT_LIMITS.count} sandboxes are kept.

\`\`\`sh
bellglass kept                     # which there are
bellglass kept copy RUN FOLDER     # everything of /workspace and /tmp; links and devices stay out
bellglass kept remove RUN          # or --all, before you uninstall Bellglass
\`\`\`

To copy, the container is unfrozen for a moment, and the program that reads the files is the only thing in it besides PID 1. When the engine or the
computer restarts, a kept sandbox is lost: its files were never on a disk. An engine that
Bellglass started itself goes on without it while a sandbox is kept there, and stops with the next Bellglass that ends after the last one is removed.
`;
}
