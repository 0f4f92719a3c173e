/** `bellglass audit`: whether what was recorded is whole, and what it says (AUD-1). Needs no engine and no running app. */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { auditFile, verifyAudit, verifyAuditCopy } from '#core/audit/audit.ts';
import { auditRecordSchema } from '#shared/audit/record.ts';
import { EXIT } from '../exit-codes.ts';
import { printJson, UsageError, type Outputs } from '../messages.ts';
import { oneLine } from '../output.ts';
import type { World } from '../world.ts';

interface AuditOptions {
  readonly json?: boolean;
}

const are = (records: number): string => `${records} record${records === 1 ? ' is' : 's are'}`;

/** Exit code 1 when a record was changed, is missing or stands at the wrong place. `file`: a copy, checked by itself. */
async function verify(
  world: World,
  outputs: Outputs,
  { json = false, file }: AuditOptions & { readonly file?: string },
): Promise<number> {
  const path = file ?? auditFile(world.paths.data);
  if (file !== undefined && statSync(file, { throwIfNoEntry: false })?.isFile() !== true)
    throw new UsageError(`There is no file ${oneLine(file)}.`, 'Give a copy that was exported as JSON lines.');
  const verdict = file === undefined ? await verifyAudit(world.paths.data) : await verifyAuditCopy(file);
  const { ok, records, firstBroken, unfinished } = verdict;
  if (json) await printJson(outputs.stdout, verdict);
  else if (firstBroken !== null)
    await outputs.stderr.write(
      `The audit is broken at record ${firstBroken.seq}. ${firstBroken.why}\n` +
        `  ${are(records)} whole before it. Keep a copy of ${path} and compare it with a backup.\n`,
    );
  else
    await outputs.stdout.write(
      `${are(records)} whole and in order.${unfinished ? ' After the last one stands the beginning of one that was never finished.' : ''}\n` +
        ('last' in verdict && verdict.last !== ''
          ? `  A copy cannot tell whether records are missing at its end: the last one has the hash ${verdict.last}.\n`
          : ''),
    );
  return ok ? EXIT.ok : EXIT.notOk;
}

/** Prints every record, oldest first; a line that is none is named and passed over. */
async function list(world: World, outputs: Outputs, { json = false }: AuditOptions): Promise<number> {
  const path = auditFile(world.paths.data);
  if (!existsSync(path)) {
    if (!json) await outputs.stderr.write('Nothing is recorded yet.\n');
    return EXIT.ok;
  }
  let bad = 0;
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    const record = parse(line);
    if (record === null) bad += 1;
    else if (json) await printJson(outputs.stdout, record);
    else {
      const { seq, at, who, action, what, outcome } = record;
      const text = `${String(seq).padStart(6)}  ${at}  ${who.user} (${who.via})  ${action.padEnd(15)}  ${what}  ${outcome}`;
      await outputs.stdout.write(`${oneLine(text)}\n`);
    }
    if (outputs.stdout.isGone) break;
  }
  if (bad === 0) return EXIT.ok;
  await outputs.stderr.write(`${bad} line${bad === 1 ? ' is' : 's are'} no record. Run \`bellglass audit verify\`.\n`);
  return EXIT.notOk;
}

function parse(line: string): ReturnType<typeof auditRecordSchema.parse> | null {
  try {
    return auditRecordSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

/** Adds `audit` with its commands. */
export function auditCommands(program: Command, world: World, outputs: Outputs, done: (code: number) => void): void {
  const audit = program
    .command('audit')
    .summary('what was changed and run')
    .description('Show the audit of this data folder, or check that nobody changed it.');
  audit
    .command('verify')
    .summary('check that no record was edited, dropped or moved')
    .description(
      'Check the chain of records. Exit code 1 when it is broken: the first broken record and why are named.',
    )
    .argument('[file]', 'a copy that was exported as JSON lines, checked by itself')
    .option('--json', 'print {"ok": …, "records": …, "firstBroken": …}')
    .action(async (file: string | undefined, options: AuditOptions) =>
      done(await verify(world, outputs, { ...options, ...(file !== undefined && { file }) })),
    );
  audit
    .command('list')
    .summary('print the records')
    .description('Print every record, oldest first.')
    .option('--json', 'print one JSON object per line')
    .action(async (options: AuditOptions) => done(await list(world, outputs, options)));
}
