/** Saves one policy as a process of its own and prints `saved` or the error's code. */
import { join } from 'node:path';
import { toAppError } from '#shared/lib/app-error.ts';
import { openDatabase } from '../../storage/database.ts';
import { silentLog } from '../../storage/log.ts';
import { PolicyFolder } from '../folder.ts';
import { createPolicyMemory } from '../memory.ts';
import { createPolicyWriter } from '../write.ts';

const [home = '', name = '', text = '', revision = ''] = process.argv.slice(2);
const folder = new PolicyFolder({
  folder: join(home, 'config', 'policies'),
  memory: createPolicyMemory(openDatabase(join(home, 'data', 'bellglass.db'))),
  now: () => Date.now(),
  log: silentLog,
});
const said = await createPolicyWriter(folder)
  .save(name, text, revision)
  .then(
    () => 'saved',
    (failure: unknown) => toAppError(failure).code,
  );
process.stdout.write(said);
