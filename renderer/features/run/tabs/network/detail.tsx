/** One host opened: why, what would change it, and every event that was kept of it. */
import { Ban, Check, FilePlus2, RotateCcw } from 'lucide-react';
import { count } from '../../../../show/format.ts';
import { showBytes, showDuration } from '#shared/lib/units.ts';
import { Button } from '../../../../ui/button.tsx';
import { Icon } from '../../../../ui/icon.tsx';
import { Prose } from '../../../../ui/prose.tsx';
import type { Denied } from '../../denied/use-denied.ts';
import { exactClock, timeOfDay } from '../../model/clock.ts';
import type { Host, Seen } from '#shared/policy/allowing/ledger.ts';
import { VERDICTS } from '../../../../show/verdict-mark.tsx';

/** Newest events shown; a flood is sampled to a few a second before. */
const SHOWN = 200;

interface Props {
  readonly host: Host;
  /** Epoch ms from which times are counted. */
  readonly origin: number;
  readonly denied: Denied;
  readonly onAgain: (set: Readonly<Record<string, string>>) => void;
}

export function HostDetail({ host, origin, denied, onAgain }: Props) {
  const shown = host.events.slice(-SHOWN);
  const hidden = host.events.length - shown.length;
  return (
    <div className="flex flex-col gap-2 py-2 pr-4 pl-9">
      <div className="flex flex-wrap items-start gap-x-6 gap-y-2">
        <div className="min-w-0 flex-1 basis-72">
          <p>
            <Prose text={host.why} /> <code className="font-mono text-sm text-muted">{host.rule}</code>
          </p>
          <p className="text-muted">
            {[
              count(host.lookups, 'lookup'),
              count(host.connections, 'connection'),
              `${host.denied.toLocaleString('en')} denied`,
              ...(host.ended > 0
                ? [
                    `${host.ended.toLocaleString('en')} ended after ${showDuration(host.duration / host.ended)} on average`,
                  ]
                : []),
            ].join(' · ')}
          </p>
          {host.remedy?.rule === null && (
            <p className="text-muted">
              <Prose text={host.remedy.why} />
            </p>
          )}
        </div>
        <Answers host={host} denied={denied} onAgain={onAgain} />
      </div>
      <ol aria-label={`Events of ${host.host ?? 'other hosts'}`} className="flex flex-col">
        {hidden > 0 && <li className="py-0.5 text-sm text-muted">{count(hidden, 'earlier event')} not shown</li>}
        {shown.map((event) => (
          <EventLine key={event.at} event={event} origin={origin} />
        ))}
      </ol>
    </div>
  );
}

function EventLine({ event, origin }: { event: Seen; origin: number }) {
  const look = VERDICTS[event.verdict];
  const place =
    event.kind === 'lookup'
      ? (event.address ?? '')
      : `${event.address ?? ''}${event.port === null ? '' : `:${event.port}`} ${event.protocol}`.trim();
  const bytes = event.bytesIn !== undefined || event.bytesOut !== undefined;
  return (
    <li className="grid grid-cols-[84px_16px_64px_minmax(0,1fr)] items-start gap-x-3 border-t py-0.5">
      <time className="text-right font-mono text-sm text-muted" title={timeOfDay(event.at)}>
        {exactClock(event.at - origin)}
      </time>
      <Icon of={look.icon} size={14} className={`mt-0.75 ${look.tone}`} label={look.word} />
      <span className={look.tone}>{event.kind}</span>
      <span className="min-w-0 break-words">
        {place !== '' && <code className="mr-2 font-mono text-sm">{place}</code>}
        {event.count > 1 && <span className="font-medium">{count(event.count, 'time')} · </span>}
        <span className="text-muted">
          {event.kind === 'close' && bytes
            ? `${showBytes(event.bytesIn ?? 0)} received, ${showBytes(event.bytesOut ?? 0)} sent${event.duration === undefined ? '' : ` in ${showDuration(event.duration)}`} · `
            : ''}
          <Prose text={event.why} />
          {event.process && (
            <span title={`Process ${event.process.pid} of the sandbox. A program chooses its name itself.`}>
              {' '}
              By <code className="font-mono text-sm">{event.process.name}</code>.
            </span>
          )}
        </span>
      </span>
    </li>
  );
}

/** The answers of the card, where the card is folded, answered or gone. */
function Answers({ host, denied, onAgain }: Omit<Props, 'origin'>) {
  const { remedy } = host;
  if (host.host === null || remedy === null || remedy.rule === null) return null;
  const one = {
    key: host.key,
    host: host.host,
    rule: remedy.rule,
    why: host.why,
    times: host.denied,
    special: remedy.special,
  };
  const kept = denied.kept.keys.has(host.key);
  return (
    <div className="flex flex-wrap gap-2">
      {!denied.live && (
        <Button size="sm" icon={RotateCcw} onClick={() => onAgain({ 'network.allow.add': one.rule })}>
          Run again with it allowed
        </Button>
      )}
      {denied.live && (
        <Button
          size="sm"
          icon={Check}
          title={remedy.rule}
          disabled={denied.stale !== null}
          busy={denied.busy.has(remedy.rule)}
          onClick={() => denied.allow([one])}
        >
          Allow for this run
        </Button>
      )}
      <Button size="sm" icon={FilePlus2} title={remedy.rule} onClick={() => denied.add([one])}>
        Add to the policy…
      </Button>
      {denied.live &&
        (kept ? (
          <Button size="sm" icon={RotateCcw} onClick={() => denied.kept.set([host.key], false)}>
            Ask again
          </Button>
        ) : (
          <Button size="sm" icon={Ban} onClick={() => denied.keep([one])}>
            Keep blocked
          </Button>
        ))}
    </div>
  );
}
