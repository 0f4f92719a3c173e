/** The card of denied hosts: beside the work, never over it, and it never takes the focus (NET-4). */
import { useVirtualizer } from '@tanstack/react-virtual';
import clsx from 'clsx';
import { Ban, Check, ChevronDown, ChevronUp, FilePlus2, RefreshCw, ShieldQuestion, TriangleAlert } from 'lucide-react';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { count } from '../../../show/format.ts';
import { Button, IconButton } from '../../../ui/button.tsx';
import { Callout } from '../../../ui/card.tsx';
import { ErrorCard } from '../../../ui/error-card.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Prose } from '../../../ui/prose.tsx';
import { needsOwnLook, type Asking } from '#shared/policy/allowing/asking.ts';
import { announcement } from './model.ts';
import type { Denied } from './use-denied.ts';
import { SPECIAL_WORDS } from './words.ts';

export const CARD_ID = 'denied-hosts';
const ROW = 40;

/** Puts the focus into the card; only because a person asked for it. */
export function goToCard(): void {
  document.querySelector<HTMLElement>(`#${CARD_ID} [data-host][tabindex="0"]`)?.focus();
}

export function DeniedCard({ denied, className }: { denied: Denied; className?: string }) {
  const { asking, stale, failure } = denied;
  const [folded, setFolded] = useState(false);
  const [active, setActive] = useState(0);
  const card = useRef<HTMLElement>(null);
  const back = useRef<HTMLElement | null>(null);
  const at = Math.min(active, Math.max(0, asking.length - 1));
  useFocusKept(card, back, asking.length, at);

  const act = (key: string): boolean => {
    const one = asking[at];
    if (!one) return false;
    if (key === 'a') denied.allow([one]);
    else if (key === 's') denied.add([one]);
    else if (key === 'b') denied.keep([one]);
    else return false;
    return true;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.repeat) return;
    const onHost = event.target instanceof HTMLElement && event.target.dataset['host'] !== undefined;
    const moves: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: asking.length - 1 };
    const to = moves[event.key];
    if (to !== undefined && onHost) setActive(Math.min(asking.length - 1, Math.max(0, to)));
    else if (event.key === 'Escape') back.current?.focus();
    else if (!act(event.key)) return;
    event.preventDefault();
  };

  return (
    <>
      <p role="status" className="sr-only">
        {asking.length > 0 && `${announcement(asking)} Press n to decide.`}
      </p>
      {asking.length > 0 && (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys act on the host that has the focus
        <section
          id={CARD_ID}
          ref={card}
          aria-label="Denied hosts"
          onKeyDown={onKeyDown}
          onFocus={({ target, relatedTarget }) => {
            const to = asking.findIndex(({ key }) => key === target.dataset['host']);
            if (to >= 0) setActive(to);
            if (relatedTarget instanceof HTMLElement && !card.current?.contains(relatedTarget))
              back.current = relatedTarget;
          }}
          className={clsx('flex min-h-0 flex-col rounded-md border border-amber-line bg-panel', className)}
        >
          <header className="flex items-center gap-2 py-1.5 pr-1.5 pl-3">
            <Icon of={ShieldQuestion} className="text-amber" />
            <h2 className="min-w-0 flex-1 truncate font-semibold">{announcement(asking).replace(/\.$/, '')}</h2>
            <IconButton
              size="sm"
              label={folded ? 'Show the denied hosts' : 'Fold the denied hosts'}
              aria-expanded={!folded}
              icon={folded ? ChevronDown : ChevronUp}
              onClick={() => setFolded(!folded)}
            />
          </header>
          {!folded && (
            <div className="flex min-h-0 flex-col gap-2.5 px-3 pb-3">
              {stale !== null && (
                <Callout
                  tone="amber"
                  action={
                    <Button size="sm" icon={RefreshCw} onClick={denied.lookAgain}>
                      Look again
                    </Button>
                  }
                >
                  {stale}
                </Callout>
              )}
              {failure && <ErrorCard error={failure} />}
              {asking.length === 1 ? <One denied={denied} one={asking[0]!} /> : <Many denied={denied} at={at} />}
            </div>
          )}
        </section>
      )}
    </>
  );
}

/** When the host that had the focus is answered, the focus goes to the next one, or back to where it came from. */
function useFocusKept(
  card: React.RefObject<HTMLElement | null>,
  back: React.RefObject<HTMLElement | null>,
  hosts: number,
  at: number,
): void {
  const inside = useRef(false);
  useEffect(() => {
    const had = inside.current;
    const lost = document.activeElement === document.body || document.activeElement === null;
    if (had && (lost || card.current?.contains(document.activeElement))) {
      if (hosts === 0) back.current?.focus();
      else if (lost || (document.activeElement as HTMLElement).dataset['host'] !== undefined) goToCard();
    }
    inside.current = card.current?.contains(document.activeElement) ?? false;
  }, [card, back, hosts, at]);
  useEffect(() => {
    const seen = (): void => {
      inside.current = card.current?.contains(document.activeElement) ?? false;
    };
    document.addEventListener('focusin', seen);
    return () => document.removeEventListener('focusin', seen);
  }, [card]);
}

function Special({ one }: { one: Asking }) {
  if (!needsOwnLook(one) || one.special === null) return null;
  return (
    <p className="flex items-start gap-2 text-amber">
      <Icon of={TriangleAlert} size={14} className="mt-0.75" />
      {SPECIAL_WORDS[one.special]}
    </p>
  );
}

/** One host: its reason and what exactly would be allowed. */
function One({ denied, one }: { denied: Denied; one: Asking }) {
  const stale = denied.stale !== null;
  const busy = denied.busy.has(one.rule);
  return (
    <>
      <div
        role="group"
        data-host={one.key}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- keys a, s and b act here
        tabIndex={0}
        aria-label={`${one.host}, keys: a allows, s adds to the policy, b keeps blocked`}
        className="flex flex-col gap-0.5 rounded"
      >
        <p className="break-words">
          <Prose text={one.why} /> <span className="text-muted">Tried {count(one.times, 'time')}.</span>
        </p>
        <p className="text-muted">
          Would be allowed: <code className="font-mono text-sm break-all text-text">{one.rule}</code>
          {!/:[\d*]/.test(one.rule) && ' on 443 and 80 over TCP'}
        </p>
        <Special one={one} />
      </div>
      <div className="flex flex-wrap gap-2">
        <Button icon={Check} keys="a" disabled={stale} busy={busy} onClick={() => denied.allow([one])}>
          Allow for this run
        </Button>
        <Button icon={FilePlus2} keys="s" disabled={stale} onClick={() => denied.add([one])}>
          Add to the policy…
        </Button>
        <Button icon={Ban} keys="b" onClick={() => denied.keep([one])}>
          Keep blocked
        </Button>
      </div>
    </>
  );
}

/** A list with an answer for each and one for all; places that need a look of their own are not in the one for all. */
function Many({ denied, at }: { denied: Denied; at: number }) {
  const { asking } = denied;
  const stale = denied.stale !== null;
  const scroll = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: asking.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW,
    getItemKey: (index) => asking[index]?.key ?? index,
    overscan: 6,
    initialRect: { width: 400, height: 200 },
  });
  useEffect(() => rows.scrollToIndex(at), [rows, at]);
  const plain = asking.filter((one) => !needsOwnLook(one));
  const own = asking.length - plain.length;
  const these = own === 0 ? 'all' : `the other ${plain.length.toLocaleString('en')}`;
  const active = asking[at];
  return (
    <>
      <div ref={scroll} className="-mx-3 max-h-52 min-h-0 max-[1099px]:max-h-30 overflow-y-auto border-y">
        <ul aria-label="Hosts" className="relative" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((item) => {
            const one = asking[item.index];
            if (!one) return null;
            return (
              <li
                key={one.key}
                aria-setsize={asking.length}
                aria-posinset={item.index + 1}
                style={{ height: ROW, transform: `translateY(${item.start}px)` }}
                className="absolute inset-x-0 top-0 flex items-center gap-1 border-b px-3 last:border-b-0"
              >
                <div
                  role="group"
                  data-host={one.key}
                  // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- keys a, s and b act here
                  tabIndex={item.index === at ? 0 : -1}
                  aria-label={`${one.host}, keys: a allows, s adds to the policy, b keeps blocked`}
                  className="min-w-0 flex-1 rounded px-1 leading-4.5"
                >
                  <p className="truncate font-mono text-sm" title={one.rule}>
                    {one.rule}
                  </p>
                  <p className="truncate text-sm text-muted" title={one.why}>
                    {needsOwnLook(one) && <span className="text-amber">Look closely: </span>}
                    {count(one.times, 'time')} · {one.why.replaceAll('`', '')}
                  </p>
                </div>
                <IconButton
                  size="sm"
                  tabIndex={-1}
                  label={`Allow ${one.host} for this run`}
                  icon={Check}
                  disabled={stale}
                  busy={denied.busy.has(one.rule)}
                  onClick={() => denied.allow([one])}
                />
                <IconButton
                  size="sm"
                  tabIndex={-1}
                  label={`Add ${one.host} to the policy…`}
                  icon={FilePlus2}
                  disabled={stale}
                  onClick={() => denied.add([one])}
                />
                <IconButton
                  size="sm"
                  tabIndex={-1}
                  label={`Keep ${one.host} blocked`}
                  icon={Ban}
                  onClick={() => denied.keep([one])}
                />
              </li>
            );
          })}
        </ul>
      </div>
      {active && <Special one={active} />}
      <div className="flex flex-wrap gap-2">
        {plain.length > 0 && (
          <>
            <Button icon={Check} disabled={stale} busy={denied.busy.size > 0} onClick={() => denied.allow(plain)}>
              Allow {these} for this run
            </Button>
            <Button icon={FilePlus2} disabled={stale} onClick={() => denied.add(plain)}>
              Add {these} to the policy…
            </Button>
          </>
        )}
        <Button icon={Ban} onClick={() => denied.keep(asking)}>
          Keep all blocked
        </Button>
      </div>
      {own > 0 && (
        <p className="text-sm text-muted">
          Private and special addresses are decided one by one{plain.length > 0 ? ': those at the top' : ''}.
        </p>
      )}
    </>
  );
}
