import { useVirtualizer } from '@tanstack/react-virtual';
import { CircleDot, Flag, Info, MessageSquare, Network, TriangleAlert } from 'lucide-react';
import { memo, useEffect, useMemo, useRef } from 'react';
import { Prose } from '../../../ui/prose.tsx';
import { Empty } from '../../../ui/states.tsx';
import { Icon, type LucideIcon } from '../../../ui/icon.tsx';
import { exactClock, timeOfDay } from '../model/clock.ts';
import type { Happening } from '../model/journal.ts';
import { lineFor, toldOnce } from '../model/told-once.ts';
import { outcomeLook, stateLook } from '../../../show/run-chip.tsx';
import { SEVERITY_LOOKS } from '../../../show/severity.ts';
import { refusedIcon, violationWord } from '../words.ts';

/** Characters of an event's data in one line. */
const EVENT_SHOWN = 300;

interface Line {
  readonly icon: LucideIcon;
  readonly tone: string;
  readonly word: string;
  readonly text: string;
  readonly rule: string;
}

function lineOf(event: Happening): Line {
  switch (event.type) {
    case 'state': {
      const look = stateLook(event.state);
      return { icon: look.icon, tone: 'text-muted', word: look.word, text: event.why ?? '', rule: '' };
    }
    case 'violation': {
      const { kind, message, rule, count } = event.violation;
      const times = count > 1 ? ` (${count.toLocaleString('en')} times so far)` : '';
      return {
        icon: refusedIcon,
        tone: 'text-red',
        word: violationWord(kind),
        text: `${message}${times}`,
        rule: rule ?? '',
      };
    }
    case 'warning':
      return {
        icon: TriangleAlert,
        tone: 'text-amber',
        word: violationWord(event.kind),
        text: event.message,
        rule: '',
      };
    case 'network': {
      const denied = event.verdict === 'denied';
      const host = event.name ?? event.address ?? 'other hosts';
      const place = event.port === null ? host : `${host}:${event.port}`;
      const times = event.count > 1 ? ` (${event.count.toLocaleString('en')} times)` : '';
      return {
        icon: denied ? refusedIcon : Network,
        tone: denied ? 'text-red' : 'text-muted',
        word: event.kind,
        text: `${place}${times}: ${event.why}`,
        rule: event.rule,
      };
    }
    case 'event': {
      const data = event.data === null ? '' : JSON.stringify(event.data);
      return { icon: MessageSquare, tone: 'text-accent', word: event.name, text: data.slice(0, EVENT_SHOWN), rule: '' };
    }
    case 'alert': {
      const { icon, text } = SEVERITY_LOOKS[event.severity];
      return { icon, tone: text, word: 'alert', text: event.message, rule: event.rule };
    }
    case 'note':
      return { icon: Info, tone: 'text-muted', word: 'note', text: event.message, rule: '' };
    case 'finished': {
      const look = outcomeLook(event.verdict.outcome);
      return {
        icon: Flag,
        tone: 'text-text',
        word: look.word,
        text: event.verdict.reason,
        rule: event.verdict.rule ?? '',
      };
    }
  }
}

/** Milliseconds from one state to the next, for the line where it began. */
function phaseMs(happenings: readonly Happening[], index: number): number | null {
  const event = happenings[index];
  if (event?.type !== 'state') return null;
  const next = happenings.slice(index + 1).find((later) => later.type === 'state' || later.type === 'finished');
  return next ? Math.round(next.at - event.at) : null;
}

interface Props {
  readonly happenings: readonly Happening[];
  readonly origin: number;
  /** The happening to show, after a click on a mark. */
  readonly chosen: number | null;
}

const ROW = 28;

/** Everything that happened, in order, with its time since the start. */
export const Timeline = memo(function Timeline({ happenings, origin, chosen }: Props) {
  const scroll = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => toldOnce(happenings), [happenings]);
  const chosenLine = chosen === null ? -1 : lineFor(lines, chosen);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW,
    overscan: 12,
    initialRect: { width: 800, height: 200 },
  });
  useEffect(() => {
    if (chosenLine >= 0) rows.scrollToIndex(chosenLine, { align: 'center' });
  }, [chosenLine, rows]);
  if (happenings.length === 0)
    return (
      <Empty icon={CircleDot} title="Nothing has happened yet">
        States, warnings and everything that was refused appear here as they happen.
      </Empty>
    );
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by keyboard
    <div ref={scroll} role="region" aria-label="Events" tabIndex={0} className="h-full overflow-y-auto px-2 py-1">
      <ol className="relative w-full" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((item) => {
          const index = lines[item.index] ?? -1;
          const event = happenings[index];
          if (!event) return null;
          const line = lineOf(event);
          const ms = phaseMs(happenings, index);
          return (
            <li
              key={item.key}
              ref={rows.measureElement}
              data-index={item.index}
              aria-setsize={lines.length}
              aria-posinset={item.index + 1}
              aria-current={chosenLine === item.index ? 'true' : undefined}
              style={{ transform: `translateY(${item.start}px)` }}
              className="absolute top-0 left-0 grid w-full grid-cols-[84px_16px_132px_minmax(0,1fr)_auto] items-start gap-x-3 rounded border-b px-2 py-1 aria-[current]:bg-accent-pale"
            >
              <time className="text-right font-mono text-sm text-muted" title={timeOfDay(event.at)}>
                {exactClock(event.at - origin)}
              </time>
              <Icon of={line.icon} size={14} className={`mt-0.75 ${line.tone}`} />
              <span className={`font-medium ${line.tone}`}>{line.word}</span>
              <span className="min-w-0 break-words">
                <Prose text={line.text} />
                {line.rule !== '' && <code className="ml-2 font-mono text-sm text-muted">{line.rule}</code>}
              </span>
              <span className="font-mono text-sm text-muted">
                {ms === null || ms < 1 ? '' : `${ms.toLocaleString('en')} ms`}
              </span>
            </li>
          );
        })}
      </ol>
    </div>
  );
});
