/** Decoys in the home folder: what is said when a script touches one (SEC-5). */
import { ruleText } from '#shared/policy/say/summary.ts';
import { shownCanary } from './canaries.ts';
import type { Sandbox } from './sandbox.ts';
import type { RunRecord } from '../runs/run-record.ts';

/** Tells of each decoy that the script touches, once. */
export function guardDecoys(sandbox: Sandbox, record: Pick<RunRecord, 'policy' | 'addNote' | 'addViolation'>): void {
  if (sandbox.unwatched !== null)
    record.addNote(`The decoys in the home folder are not watched here: ${sandbox.unwatched}`);
  const touched: string[] = [];
  sandbox.warden.onReport((report) => {
    if (report.type !== 'canary') return;
    touched.push(`${report.act} ${shownCanary(report.path)}`);
    record.addViolation({
      kind: 'canary',
      message: `The script ${touched.join(', ')}: ${touched.length === 1 ? 'a decoy, which is' : 'decoys, which are'} there for nobody to touch.`,
      count: touched.length,
      rule: ruleText(record.policy, 'security.canaries'),
    });
  });
}
