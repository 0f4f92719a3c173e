/** The live output of a run, with its tools (RUN-5). Loaded when a run is opened. */
import { memo, useCallback, useEffect, useImperativeHandle, useRef, useState, type Ref } from 'react';
import type { Client } from '../../../rpc/client.ts';
import { toErrorData } from '../../../rpc/errors.ts';
import { ask } from '../../../ui/layers/dialog.tsx';
import { useTheme } from '../../../ui/theme.ts';
import { toast } from '../../../ui/layers/toast.tsx';
import { missingWords, outputWords, waitingWords, type Matches } from '../model/output-words.ts';
import { Gutter } from './gutter.tsx';
import { LineInput } from './line-input.tsx';
import { Screen } from './screen.ts';
import { SearchBar } from './search-bar.tsx';
import { ToolbarButton } from './toolbar.tsx';
import { useOutput } from './use-output.ts';
import { useStdin } from './use-stdin.ts';

/** What the page's shortcuts may ask of the terminal. */
export interface TerminalHandle {
  search(): void;
  toggleTimes(): void;
  toggleWrap(): void;
  toggleHold(): void;
}

interface Props {
  readonly client: Client;
  readonly runId: string;
  readonly name: string;
  readonly tty: boolean;
  /** The script runs or is paused: it can read. */
  readonly going: boolean;
  /** What is typed can reach it. */
  readonly takesInput: boolean;
  readonly finished: boolean;
  readonly outputLimit: number | null;
  readonly handle: Ref<TerminalHandle>;
}

async function save(client: Client, id: string, name: string): Promise<void> {
  try {
    const { text } = await client.runs.saveOutput({ id });
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
    link.download = `${name.replaceAll(/[^\w.-]+/g, '_')}.log`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  } catch (failure) {
    toast(toErrorData(failure).message, 'failed');
  }
}

async function openLink(address: string): Promise<void> {
  const yes = await ask({
    title: 'Open this address?',
    text: (
      <>
        The script printed this link. It opens outside the sandbox, in your browser:
        <code className="mt-2 block max-h-40 overflow-auto rounded border bg-raised p-2 font-mono text-sm break-all text-text">
          {address}
        </code>
      </>
    ),
    action: 'Open',
  });
  if (yes) window.open(address, '_blank', 'noopener,noreferrer');
}

export const TerminalPane = memo(function TerminalPane({
  client,
  runId,
  name,
  tty,
  going,
  takesInput,
  finished,
  outputLimit,
  handle,
}: Props) {
  const host = useRef<HTMLDivElement>(null);
  const tools = useRef<HTMLDivElement>(null);
  const screenRef = useRef<Screen | null>(null);
  const [screen, setScreen] = useState<Screen | null>(null);
  const [view] = useState(() => new Set<() => void>());
  const [times, setTimes] = useState(true);
  const [wrap, setWrap] = useState(true);
  const [reader, setReader] = useState(false);
  const [searching, setSearching] = useState(false);
  const [query, setQuery] = useState('');
  const [matches, setMatches] = useState<Matches>({ index: -1, count: 0 });
  const theme = useTheme((state) => state.theme);
  const { pump, counts } = useOutput(client, runId, screen);
  const { send, end, ended } = useStdin(client, runId);

  useEffect(() => {
    const element = host.current;
    if (!element) return undefined;
    const made = new Screen(element, tty, {
      onKeys: send,
      onSize: (columns, rows) => {
        if (tty) client.runs.resize({ id: runId, columns, rows }).catch(() => {});
      },
      onLink: (address) => void openLink(address),
      onView: () => {
        for (const listener of view) listener();
      },
      onMatches: (index, count) => setMatches({ index, count }),
      onPageKey: (event) => {
        const mod = event.ctrlKey || event.metaKey;
        if (mod && event.shiftKey && event.key === 'Escape')
          tools.current?.querySelector<HTMLElement>('button')?.focus();
        else if (mod && !event.shiftKey && event.key.toLowerCase() === 'f') setSearching(true);
        else return false;
        event.preventDefault();
        event.stopPropagation();
        return true;
      },
    });
    const sized = new ResizeObserver(() => made.fit());
    sized.observe(element);
    screenRef.current = made;
    setScreen(made);
    return () => {
      sized.disconnect();
      screenRef.current = null;
      setScreen(null);
      made.dispose();
    };
  }, [client, runId, tty, view, send]);

  // A size that was told before the script ran is lost.
  useEffect(() => {
    if (tty && going && screen) client.runs.resize({ id: runId, ...screen.size }).catch(() => {});
  }, [client, runId, tty, going, screen]);
  useEffect(() => screen?.retheme(), [screen, theme]);
  useEffect(() => screen?.setWrap(wrap), [screen, wrap]);
  useEffect(() => screen?.setReader(reader), [screen, reader]);

  const toggleHold = useCallback(() => {
    if (!pump) return;
    if (pump.counts.held) pump.release();
    else pump.hold();
  }, [pump]);
  useImperativeHandle(
    handle,
    () => ({
      search: () => setSearching(true),
      toggleTimes: () => setTimes((on) => !on),
      toggleWrap: () => setWrap((on) => !on),
      toggleHold,
    }),
    [toggleHold],
  );

  const missing = missingWords(counts, screen?.shortened ?? false);
  const words = outputWords(counts, outputLimit);
  // Output that was deleted with age was printed all the same.
  const silent = counts.arrived === 0 && counts.dropped === 0;
  return (
    <section aria-label="Output" className="flex h-full min-h-0 flex-col bg-terminal">
      <div className="relative flex min-h-0 flex-1 focus-within:outline-2 focus-within:-outline-offset-2 focus-within:outline-accent">
        {searching && (
          <SearchBar
            text={query}
            matches={matches}
            onText={(text) => {
              setQuery(text);
              setMatches({ index: -1, count: 0 });
              screen?.find(text, 'next', true);
            }}
            onStep={(direction) => screen?.find(query, direction)}
            onClose={() => {
              setSearching(false);
              screen?.endFind();
              screen?.focus();
            }}
          />
        )}
        {silent && (
          <p className="pointer-events-none absolute inset-0 z-10 flex items-center justify-center font-mono text-sm text-terminal-muted">
            {finished ? 'The script printed nothing.' : 'Nothing printed yet.'}
          </p>
        )}
        {counts.held && (
          <span
            role="status"
            className="pointer-events-none absolute right-4 bottom-2 z-10 rounded border bg-panel px-2 py-0.5 font-mono text-sm text-amber"
          >
            {waitingWords(counts)}
          </span>
        )}
        <Gutter screen={screenRef} times={times} view={view} />
        <div className={`min-w-0 flex-1 pt-2 pl-2 ${wrap || tty ? 'overflow-hidden' : 'overflow-x-auto'}`}>
          <div ref={host} className="h-full font-mono" />
        </div>
      </div>
      {going && takesInput && !tty && !ended && <LineInput onLine={(line) => send(`${line}\n`)} onEnd={end} />}
      <div ref={tools} className="flex min-h-8 shrink-0 flex-wrap items-center gap-x-1 border-t bg-panel px-2 text-sm">
        <ToolbarButton title="Search the output (Ctrl+F)" onClick={() => setSearching(true)}>
          Search
        </ToolbarButton>
        <ToolbarButton
          label="Wrap long lines"
          pressed={wrap || tty}
          disabled={tty}
          title={tty ? 'A terminal always wraps' : undefined}
          onClick={() => setWrap(!wrap)}
        >
          Wrap
        </ToolbarButton>
        <ToolbarButton label="Times of arrival" pressed={times} onClick={() => setTimes(!times)}>
          Times
        </ToolbarButton>
        <ToolbarButton label="Pause the output" pressed={counts.held} onClick={toggleHold}>
          Pause
        </ToolbarButton>
        <ToolbarButton label="Clear the view" onClick={() => screen?.clear()}>
          Clear
        </ToolbarButton>
        <ToolbarButton
          title="Copy the selection, or everything shown"
          onClick={() =>
            void navigator.clipboard.writeText(screen?.text() ?? '').then(
              () => toast('Copied.'),
              () => toast('The browser refused access to the clipboard.', 'failed'),
            )
          }
        >
          Copy
        </ToolbarButton>
        <ToolbarButton label="Save the whole output" onClick={() => void save(client, runId, name)}>
          Save…
        </ToolbarButton>
        <ToolbarButton label="Reader: output for screen readers" pressed={reader} onClick={() => setReader(!reader)}>
          Reader
        </ToolbarButton>
        <span
          title={[missing, words].filter(Boolean).join(' · ')}
          className="ml-auto min-w-40 flex-1 truncate py-1 text-right font-mono text-muted"
        >
          {/* First, so that it is what stays where there is little room. */}
          {missing !== '' && <span className="text-amber">{missing} · </span>}
          {words}
        </span>
      </div>
    </section>
  );
});
