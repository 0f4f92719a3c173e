/** What the contract's `audit` promises (AUD-1). */
import { stat } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { AuditCheck, AuditMessage } from '#shared/contract/audit.ts';
import { fitsAudit, parseAuditFilter, type AuditFilter } from '#shared/audit/filter.ts';
import type { AuditRecord } from '#shared/audit/record.ts';
import { AppError } from '#shared/lib/app-error.ts';
import type { AuditApi } from '../core.ts';
import { csvLine } from '../storage/csv.ts';
import { auditFile, auditFolder, unreadable, verifyAudit } from './audit.ts';
import { linesOf } from './file.ts';
import { readHead } from './head.ts';
import { readBetween, readPage, rowOf } from './read.ts';

/** Between two looks at the file while somebody watches. */
const LOOK_EVERY_MS = 400;
/** More new bytes than this are cheaper to ask for page by page. */
const NEWS_MAX = 1024 * 1024;
const TELL_EVERY_MS = 100;
/** Characters of one piece of an export. */
const PIECE = 256 * 1024;

const COLUMNS: readonly (readonly [name: string, value: (record: AuditRecord) => string | number])[] = [
  ['number', (record) => record.seq],
  ['at', (record) => record.at],
  ['user', (record) => record.who.user],
  ['host', (record) => record.who.host],
  ['via', (record) => record.who.via],
  ['action', (record) => record.action],
  ['what', (record) => record.what],
  ['outcome', (record) => record.outcome],
  ['policy', (record) => record.policy ?? ''],
  ['script', (record) => record.script ?? ''],
  ['image', (record) => record.image ?? ''],
  ['previous', (record) => record.previous],
  ['hash', (record) => record.hash],
];

interface Seen {
  readonly size: number;
  readonly modified: number;
  readonly inode: number;
}

export interface AuditApiDeps {
  /** `paths.data`. */
  readonly data: string;
  /** Everything recorded so far is on disk when it resolves. */
  readonly flush: () => Promise<void>;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

function strict(text: string): AuditFilter {
  const filter = parseAuditFilter(text);
  const [problem] = filter.problems;
  if (problem === undefined) return filter;
  throw new AppError({
    code: 'input-invalid',
    message: problem.message,
    why: `At character ${problem.at + 1} of the filter.`,
    next: problem.fix,
  });
}

export function createAuditApi({ data, flush, now }: AuditApiDeps): AuditApi {
  const folder = auditFolder(data);
  const path = auditFile(data);
  const look = async (): Promise<Seen> => {
    const found = await stat(path).catch(() => null);
    return { size: found?.size ?? 0, modified: found?.mtimeMs ?? 0, inode: found?.ino ?? 0 };
  };
  const records = (): number => readHead(folder)?.seq ?? 0;

  async function* pieces(lines: AsyncIterable<string>): AsyncGenerator<{ text: string }> {
    let text = '';
    for await (const line of lines) {
      text += line;
      if (text.length < PIECE) continue;
      yield { text };
      text = '';
    }
    if (text !== '') yield { text };
  }
  async function* jsonLines(): AsyncGenerator<string> {
    const rest = { text: '' };
    for await (const line of linesOf(path, rest)) yield `${line}\n`;
    if (rest.text !== '') yield rest.text;
  }
  async function* csvLines(filter: AuditFilter): AsyncGenerator<string> {
    yield csvLine(COLUMNS.map(([name]) => name));
    for await (const line of linesOf(path, { text: '' })) {
      const { record } = rowOf(0, line);
      if (record !== null && fitsAudit(record, filter)) yield csvLine(COLUMNS.map(([, value]) => value(record)));
    }
  }

  return {
    async page(text, before, limit) {
      const filter = parseAuditFilter(text);
      if (filter.problems.length > 0) return { rows: [], next: null, size: 0, problems: [...filter.problems] };
      try {
        return { ...(await readPage(folder, filter, before, limit)), problems: [] };
      } catch (failure) {
        throw unreadable(failure, path);
      }
    },
    async *watch(signal): AsyncGenerator<AuditMessage> {
      await flush();
      let seen = await look();
      /** Bytes up to which whole lines were told. */
      let told = seen.size;
      yield { type: 'state', path, records: records(), size: seen.size };
      while (signal?.aborted !== true) {
        try {
          await wait(LOOK_EVERY_MS, undefined, { ...(signal && { signal }), ref: false });
        } catch {
          return;
        }
        const found = await look();
        const same = found.inode === seen.inode || seen.inode === 0;
        if (same && found.size === seen.size && found.modified === seen.modified) continue;
        const grown = same && found.size > told && found.size - told <= NEWS_MAX;
        seen = found;
        if (!grown) {
          told = found.size;
          yield { type: 'replaced', records: records(), size: found.size };
          continue;
        }
        const { rows, end } = await readBetween(folder, told, found.size);
        told = end;
        if (rows.length > 0) yield { type: 'rows', rows: rows.toReversed(), records: records(), size: found.size };
      }
    },
    async *check(): AsyncGenerator<AuditCheck> {
      await flush();
      const { size } = await look();
      let reached = { records: 0, read: 0 };
      const done = verifyAudit(data, (count, read) => {
        reached = { records: count, read };
      });
      // Told below; a check that nobody waits for any more must not end the process.
      done.catch(() => undefined);
      for (;;) {
        const verdict = await Promise.race([done, wait(TELL_EVERY_MS, null, { ref: false })]);
        if (verdict === null) {
          yield { type: 'progress', ...reached, size: Math.max(size, reached.read) };
          continue;
        }
        const { ok, records: whole, firstBroken, unfinished, place } = verdict;
        yield {
          type: 'done',
          verdict: {
            ok,
            records: whole,
            firstBroken: firstBroken && { ...firstBroken, at: place },
            unfinished,
            checkedAt: now(),
          },
        };
        return;
      }
    },
    async *exportRecords(text, form) {
      const lines = form === 'json' ? jsonLines() : csvLines(strict(text));
      await flush();
      yield* pieces(lines);
    },
  };
}
