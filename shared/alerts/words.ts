/** Alerts in words. Pure. */
import type { Severity } from '../domain/alert.ts';
import { showBytes, showDuration } from '../lib/units.ts';
import type { AlertAbout } from './evaluate.ts';

export const SEVERITY_WORDS: Readonly<Record<Severity, string>> = {
  info: 'Info',
  warning: 'Warning',
  error: 'Error',
  critical: 'Critical',
};

const many = (count: number, one: string, more: string): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : more}`;

/** One sentence. `subject`: a script's name, or a runtime. */
export function alertMessage(about: AlertAbout, subject: string, count: number): string {
  switch (about.rule) {
    case 'resource-exhaustion': {
      const share = Math.min(100, Math.floor((about.used * 100) / about.limit));
      return `${subject} reached ${share} % of its memory (${showBytes(about.used)} of ${showBytes(about.limit)}).`;
    }
    case 'policy-violation':
      return `${subject} broke its policy ${many(count, 'time', 'times')}: more than ${about.threshold} in ${showDuration(about.window)}.`;
    case 'startup-failure':
      return `${many(count, 'run', 'runs')} did not start; the last was ${subject}: ${about.why}`;
    case 'long-running':
      return about.usual === null
        ? `${subject} has used ${Math.floor((about.elapsed * 100) / about.limit)} % of its wall time of ${showDuration(about.limit)}.`
        : `${subject} has been running for ${showDuration(Math.floor(about.elapsed / 1000) * 1000)}; it usually takes ${showDuration(about.usual)}.`;
    case 'canary':
      return about.what.replace(/^The script\b/, () => subject);
    case 'image-age':
      return `The ${subject} image was built ${many(Math.floor(about.age / 86_400_000), 'day', 'days')} ago. Build it anew to get newer security updates.`;
  }
}
