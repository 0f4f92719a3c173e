/** The audit's records that fit a filter: page by page, and new ones as they come. */
import { useEffect, useMemo, useRef, useState } from 'react';
import { fitsAudit, parseAuditFilter, type AuditFilter } from '#shared/audit/filter.ts';
import type { AuditMessage, AuditRow } from '#shared/contract/audit.ts';
import { subscribe, toErrorData } from '../../rpc/client.ts';
import { useClient } from '../../state/client.tsx';
import type { ShownError } from '../../ui/error-card.tsx';
import { staleCheck } from './check.ts';

/** Records that are asked for at once. */
const PAGE = 200;

/** The file as a whole; null until the first answer. */
export interface AuditState {
  readonly records: number;
  readonly size: number;
  readonly path: string;
}

export interface Records {
  readonly rows: readonly AuditRow[];
  readonly filter: AuditFilter;
  readonly state: AuditState | null;
  readonly error: ShownError | null;
  readonly loading: boolean;
  /** Asks for older ones, unless there are none or some are on their way. */
  readonly more: () => void;
  readonly reload: () => void;
}

interface Shown {
  readonly key: string;
  readonly rows: readonly AuditRow[];
  readonly next: number | null;
}

/** `top`: shows what was written up to this byte; null: up to now. */
export function useRecords(text: string, top: number | null): Records {
  const client = useClient();
  const filter = useMemo(() => parseAuditFilter(text), [text]);
  const key = `${top ?? ''} ${text}`;
  const [state, setState] = useState<AuditState | null>(null);
  const [shown, setShown] = useState<Shown | null>(null);
  const [error, setError] = useState<ShownError | null>(null);
  const [loading, setLoading] = useState(false);
  const asked = useRef('');

  const ask = (before: number | null): void => {
    const request = `${key}\n${before ?? ''}`;
    if (asked.current === request || filter.problems.length > 0) return;
    asked.current = request;
    setLoading(true);
    const from = before ?? top;
    const answered = (work: () => void): void => {
      if (asked.current !== request) return;
      asked.current = '';
      setLoading(false);
      work();
    };
    client.audit
      .page({ filter: text, limit: PAGE, ...(from !== null && { before: from }) })
      .then((page) =>
        answered(() => {
          setError(null);
          setShown((now) => {
            if (before !== null && now?.key === key) return { key, rows: [...now.rows, ...page.rows], next: page.next };
            // What came while the page was on its way is newer than the page.
            const newer = now?.key === key && top === null ? now.rows.filter(({ at }) => at >= page.size) : [];
            return { key, rows: [...newer, ...page.rows], next: page.next };
          });
        }),
      )
      .catch((thrown: unknown) => answered(() => setError(toErrorData(thrown))));
  };
  const take = (message: AuditMessage): void => {
    const { records, size } = message;
    setState((now) => ({ path: message.type === 'state' ? message.path : (now?.path ?? ''), records, size }));
    if (message.type !== 'rows') {
      if (message.type === 'replaced') staleCheck();
      ask(null);
    } else if (top === null)
      setShown((now) => {
        if (now?.key !== key) return now;
        const newest = now.rows[0]?.at ?? -1;
        const fresh = message.rows.filter(
          ({ at, record }) => at > newest && (record === null ? filter.terms.length === 0 : fitsAudit(record, filter)),
        );
        return fresh.length === 0 ? now : { ...now, rows: [...fresh, ...now.rows] };
      });
  };
  const latest = useRef({ ask, take });
  useEffect(() => {
    latest.current = { ask, take };
  });
  useEffect(() => {
    const stop = new AbortController();
    void subscribe(
      (signal) => client.audit.watch(undefined, { signal }),
      (message) => latest.current.take(message),
      stop.signal,
      setError,
    );
    return () => stop.abort();
  }, [client]);
  useEffect(() => latest.current.ask(null), [key]);

  const current = shown?.key === key ? shown : null;
  const { next = null } = current ?? {};
  const few = current !== null && current.rows.length < PAGE && next !== null;
  // A page ends after some megabytes even when little fitted: the next follows until there is enough to show.
  useEffect(() => {
    if (few && !loading) latest.current.ask(next);
  }, [few, next, loading]);
  return {
    rows: current?.rows ?? [],
    filter,
    state,
    error,
    loading: loading || (current === null && error === null && filter.problems.length === 0),
    more: () => {
      if (next !== null && !loading) ask(next);
    },
    reload: () => {
      setError(null);
      ask(null);
    },
  };
}
