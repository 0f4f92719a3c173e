/** Appends to the audit of the folder given until it is killed; says each number that is on disk. */
import { silentLog } from '../../storage/log.ts';
import { createAudit } from '../audit.ts';

const [data = '', name = ''] = process.argv.slice(2);
const audit = createAudit({ data, via: 'cli', now: () => Date.now(), log: silentLog });
for (let count = 1; ; count += 1) {
  audit.record({ action: 'policy.save', what: `${name} ${count}`, outcome: 'done' });
  if (count % 3 === 0) {
    await audit.flush();
    process.stdout.write(`${count}\n`);
  }
}
