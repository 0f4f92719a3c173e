/** A look into one file: text, JSON, a table or a picture; anything else only by name. */
import { Download, FileQuestion } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { TakenFile } from '#shared/domain/exchange.ts';
import { showBytes } from '#shared/lib/units.ts';
import { toBase64 } from '#shared/script/bytes.ts';
import { attempt, useClient, useLoad } from '../../../../state/client.tsx';
import { Button } from '../../../../ui/button.tsx';
import { CopyButton } from '../../../../ui/copy.tsx';
import { ErrorCard } from '../../../../ui/error-card.tsx';
import { Empty, Skeleton } from '../../../../ui/states.tsx';
import { CsvTable } from './csv-table.tsx';
import { imageType, kindOf, pretty, textOfStart, toFetch } from './model/kind.ts';
import { fetchBytes, saveFile } from './transfer.ts';

export function Preview({ run, file }: { run: string; file: TakenFile }) {
  const client = useClient();
  const [saving, setSaving] = useState(false);
  const gone = useRef(new AbortController());
  useEffect(() => {
    const stop = new AbortController();
    gone.current = stop;
    return () => stop.abort();
  }, []);
  const most = toFetch(file.path, file.size);
  const ask = useCallback(
    async () =>
      most === 0 && file.size > 0 ? null : await fetchBytes(client, run, file.path, most, gone.current.signal),
    [client, run, file.path, file.size, most],
  );
  const { data, error, loading } = useLoad(ask);
  const save = async (): Promise<void> => {
    setSaving(true);
    await attempt(saveFile(client, run, file.path, gone.current.signal));
    setSaving(false);
  };
  const bytes = useMemo(() => joined(data?.pieces ?? []), [data]);
  const text = useMemo(() => textOfStart(bytes, bytes.length >= file.size), [bytes, file.size]);
  const ready = !loading && !error;
  return (
    <section aria-label={`Contents of ${file.path}`} className="flex h-full min-h-0 flex-col">
      <div className="flex shrink-0 items-center gap-3 border-b px-4 py-1.5">
        <h3 className="min-w-0 truncate font-mono text-sm" title={file.path}>
          {file.path}
        </h3>
        <span className="shrink-0 text-sm text-muted">{showBytes(file.size)}</span>
        <span className="ml-auto flex shrink-0 items-center gap-1">
          {ready && text !== null && bytes.length >= file.size && file.size > 0 && (
            <CopyButton text={text} label="Copy its contents" />
          )}
          <Button size="sm" icon={Download} busy={saving} onClick={() => void save()}>
            Save
          </Button>
        </span>
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by keyboard */}
      <div role="group" aria-label="A look into it" tabIndex={0} className="min-h-0 flex-1 overflow-auto">
        {error ? (
          <div className="p-4">
            <ErrorCard error={error} />
          </div>
        ) : loading ? (
          <div className="flex flex-col gap-2 p-4">
            <Skeleton className="h-4 w-64" />
            <Skeleton className="h-4 w-80" />
          </div>
        ) : (
          <Contents file={file} bytes={bytes} text={text} fetched={data !== null} />
        )}
      </div>
    </section>
  );
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function Contents({
  file,
  bytes,
  text,
  fetched,
}: {
  file: TakenFile;
  bytes: Uint8Array;
  text: string | null;
  fetched: boolean;
}) {
  if (file.size === 0) return <p className="p-4 text-muted">This file is empty.</p>;
  const kind = kindOf(file.path, text);
  const type = imageType(file.path);
  if (!fetched || kind === 'binary' || text === null)
    return kind === 'image' && type && fetched ? (
      <Picture path={file.path} source={`data:${type};base64,${toBase64(bytes)}`} />
    ) : (
      <NoLook large={!fetched} />
    );
  if (kind === 'image') return <NoLook large={false} />;
  const rest = file.size - bytes.length;
  return (
    <>
      {kind === 'csv' ? (
        <CsvTable text={text} />
      ) : (
        <pre className="px-4 py-2 font-mono text-sm leading-5 break-words whitespace-pre-wrap">
          {kind === 'json' && rest === 0 ? (pretty(text) ?? text) : text}
        </pre>
      )}
      {rest > 0 && (
        <p className="border-t px-4 py-2 text-muted">{showBytes(rest)} more; save the file to see all of it.</p>
      )}
    </>
  );
}

function NoLook({ large }: { large: boolean }) {
  return (
    <Empty
      icon={FileQuestion}
      title={large ? 'This picture is too large to show' : 'This is neither text nor a picture'}
    >
      Save it to open it elsewhere. It comes from a script you may not trust.
    </Empty>
  );
}

function Picture({ path, source }: { path: string; source: string }) {
  const [broken, setBroken] = useState(false);
  const [size, setSize] = useState('');
  if (broken)
    return (
      <Empty icon={FileQuestion} title="This picture cannot be shown">
        It is damaged, or no picture at all.
      </Empty>
    );
  return (
    <figure className="flex h-full flex-col items-center justify-center gap-1 p-2">
      <img
        src={source}
        alt={path}
        onError={() => setBroken(true)}
        onLoad={({ currentTarget }) => setSize(`${currentTarget.naturalWidth} × ${currentTarget.naturalHeight}`)}
        className="max-h-[calc(100%-24px)] max-w-full border object-contain"
      />
      <figcaption className="shrink-0 text-sm text-muted">{size}</figcaption>
    </figure>
  );
}
