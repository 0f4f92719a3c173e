/** What two runs gave back, file by file; small text files are compared line by line when asked. */
import clsx from 'clsx';
import { ChevronDown, ChevronRight, CircleHelp, Equal, FileMinus, FilePen, FilePlus } from 'lucide-react';
import { useCallback, useState } from 'react';
import { canDiff, DIFF_MAX, diffText, type ComparedFile } from '#shared/history/compare-files.ts';
import { showBytes } from '#shared/lib/units.ts';
import { fromBase64 } from '#shared/script/bytes.ts';
import type { Client } from '../../rpc/client.ts';
import { count } from '../../show/format.ts';
import { useClient, useLoad } from '../../state/client.tsx';
import { Button } from '../../ui/button.tsx';
import { ErrorCard } from '../../ui/error-card.tsx';
import { Icon, type LucideIcon } from '../../ui/icon.tsx';
import { Busy } from '../../ui/states.tsx';
import { ReportTable } from '../../ui/tables/report.tsx';
import { Lines } from './lines.tsx';
import { Same, SIDES } from './same.tsx';

/** Rows that are drawn before the rest is asked for. */
const SHOWN = 50;

const CHANGES: Readonly<Record<ComparedFile['change'], { icon: LucideIcon; word: string; tone: string }>> = {
  added: { icon: FilePlus, word: 'only in B', tone: 'text-violet' },
  removed: { icon: FileMinus, word: 'only in A', tone: 'text-accent' },
  changed: { icon: FilePen, word: 'changed', tone: 'text-amber' },
  unknown: { icon: CircleHelp, word: 'not kept any more', tone: 'text-muted' },
  same: { icon: Equal, word: 'the same', tone: 'text-muted' },
};

export function Files({ a, b }: { a: string; b: string }) {
  const client = useClient();
  const { data, error, reload } = useLoad(useCallback(() => client.files.compare({ a, b }), [client, a, b]));
  const [all, setAll] = useState(false);
  if (error) return <ErrorCard error={error} action={<Button onClick={reload}>Try again</Button>} />;
  if (!data) return <Busy>Comparing the files</Busy>;
  const { files } = data;
  if (files.length === 0) return <Same>Neither gave a file back.</Same>;
  const differing = files.filter(({ change }) => change !== 'same');
  const wanted = all ? files : differing.slice(0, SHOWN);
  return (
    <div className="flex flex-col gap-2">
      {differing.length === 0 && <Same>{`Both gave the same ${count(files.length, 'file')} back.`}</Same>}
      {wanted.length > 0 && (
        <ReportTable
          caption="Files of both runs"
          columns={[
            { title: 'File' },
            { ...SIDES.a, className: `${SIDES.a.className} w-24 text-right` },
            { ...SIDES.b, className: `${SIDES.b.className} w-24 text-right` },
            { title: 'Change', className: 'w-40' },
          ]}
        >
          {wanted.map((file) => (
            <FileRow key={file.path} a={a} b={b} file={file} />
          ))}
        </ReportTable>
      )}
      {wanted.length < files.length && (
        <div>
          <Button size="sm" onClick={() => setAll(true)}>
            Show all {count(files.length, 'file')}
          </Button>
        </div>
      )}
    </div>
  );
}

function FileRow({ a, b, file }: { a: string; b: string; file: ComparedFile }) {
  const [open, setOpen] = useState(false);
  const { icon, word, tone } = CHANGES[file.change];
  return (
    <>
      <tr className={clsx(!open && 'border-b last:border-b-0')}>
        <th scope="row" className="py-1 pr-3 align-top font-normal">
          {canDiff(file) ? (
            <button
              type="button"
              aria-expanded={open}
              onClick={() => setOpen(!open)}
              className="flex max-w-full items-start gap-1 rounded py-0.5 text-left font-mono text-sm break-all hover:underline"
            >
              <Icon of={open ? ChevronDown : ChevronRight} size={14} className="mt-0.5 shrink-0 text-muted" />
              {file.path}
            </button>
          ) : (
            <span className="block py-0.5 pl-4.5 font-mono text-sm break-all">{file.path}</span>
          )}
        </th>
        <Size bytes={file.a} />
        <Size bytes={file.b} />
        <td className="py-1.5 align-top">
          <span className={clsx('flex items-center gap-1.5 text-sm', tone)}>
            <Icon of={icon} size={14} className="shrink-0" />
            {word}
          </span>
        </td>
      </tr>
      {open && (
        <tr className="border-b last:border-b-0">
          <td colSpan={4} className="pb-2">
            <FileDiff a={a} b={b} file={file} />
          </td>
        </tr>
      )}
    </>
  );
}

function Size({ bytes }: { bytes: number | null }) {
  return (
    <td className="py-1.5 pr-3 text-right align-top font-mono text-sm">
      {bytes === null ? <span className="text-muted">–</span> : showBytes(bytes)}
    </td>
  );
}

/** The text of a file, empty for none; null when it is no text. */
async function textOf(client: Client, run: string, path: string, size: number | null): Promise<string | null> {
  if (size === null || size === 0) return '';
  const { content } = await client.files.read({ run, path, from: 0, length: DIFF_MAX });
  return diffText(fromBase64(content) ?? new Uint8Array([0]));
}

function FileDiff({ a, b, file }: { a: string; b: string; file: ComparedFile }) {
  const client = useClient();
  const { data, error, reload } = useLoad(
    useCallback(
      () => Promise.all([textOf(client, a, file.path, file.a), textOf(client, b, file.path, file.b)]),
      [client, a, b, file],
    ),
  );
  if (error) return <ErrorCard error={error} action={<Button onClick={reload}>Try again</Button>} />;
  if (!data) return <Busy>Reading both files</Busy>;
  const [left, right] = data;
  if (left === null || right === null)
    return <p className="pl-4.5 text-muted">This is no text; save both files to compare them elsewhere.</p>;
  return <Lines label={`Differences of ${file.path}`} a={left} b={right} />;
}
