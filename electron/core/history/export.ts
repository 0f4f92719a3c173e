/** Runs of the history as one text for other programs and for people (RUN-12). Pure. */
import type { RunSummary } from '#shared/domain/run.ts';
import { durationOf } from '#shared/history/matches.ts';
import { csvLine } from '../storage/csv.ts';

const COLUMNS: readonly (readonly [name: string, value: (run: RunSummary) => string | number])[] = [
  ['id', (run) => run.id],
  ['name', (run) => run.name],
  ['created', (run) => new Date(run.createdAt).toISOString()],
  ['runtime', (run) => run.runtime],
  ['policy', (run) => run.policy],
  ['level', (run) => run.level],
  ['state', (run) => run.state],
  ['outcome', (run) => run.verdict?.outcome ?? ''],
  ['exit_code', (run) => run.verdict?.exitCode ?? ''],
  ['reason', (run) => run.verdict?.reason ?? ''],
  ['rule', (run) => run.verdict?.rule ?? ''],
  ['duration_ms', (run) => Math.round(durationOf(run, run.createdAt))],
  ['peak_memory_bytes', (run) => Math.round(run.peakMemory)],
  ['memory_limit_bytes', (run) => run.memoryLimit],
  ['violations', (run) => run.violations],
  ['violation_kinds', (run) => run.violationKinds.join(' ')],
  ['pinned', (run) => String(run.pinned)],
  ['tags', (run) => run.tags.join(' ')],
  ['note', (run) => run.note],
];

/** Runs as text, part by part: what stands before them, theirs, what stands after them. */
export interface ExportForm {
  readonly head: string;
  readonly lines: (runs: readonly RunSummary[]) => string;
  readonly foot: string;
}

export const CSV: ExportForm = {
  head: csvLine(COLUMNS.map(([name]) => name)),
  lines: (runs) => runs.map((run) => csvLine(COLUMNS.map(([, value]) => value(run)))).join(''),
  foot: '',
};

/** One JSON object per line with the same names as the columns of the CSV. */
export const JSON_LINES: ExportForm = {
  head: '',
  lines: (runs) =>
    runs
      .map((run) => `${JSON.stringify(Object.fromEntries(COLUMNS.map(([name, value]) => [name, value(run)])))}\n`)
      .join(''),
  foot: '',
};

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string | number): string => String(text).replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);

/** A page that stands by itself: no script, nothing from elsewhere. */
export const HTML: ExportForm = {
  head: `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Runs</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>body{font:13px/1.5 system-ui,sans-serif;margin:2rem}table{border-collapse:collapse}th,td{border:1px solid #dfe3e9;padding:4px 8px;text-align:left;vertical-align:top}th{background:#f1f3f6}</style>
</head><body><h1>Runs</h1><table><thead><tr>${COLUMNS.map(([name]) => `<th scope="col">${escape(name.replaceAll('_', ' '))}</th>`).join('')}</tr></thead><tbody>
`,
  lines: (runs) =>
    runs.map((run) => `<tr>${COLUMNS.map(([, value]) => `<td>${escape(value(run))}</td>`).join('')}</tr>\n`).join(''),
  foot: `</tbody></table></body></html>
`,
};
