/** The terminal itself: xterm behind the few things that the view asks of it. No React here. */
import '@xterm/xterm/css/xterm.css';
import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { Terminal, type IDisposable, type IMarker } from '@xterm/xterm';
import type { OutputChunk } from '#shared/contract/runs.ts';
import { createTerminalFilter } from '#shared/lib/terminal-safe.ts';
import { MATCHES_COUNTED } from '../model/output-words.ts';
import { Arrivals, type Arrival } from './arrivals.ts';
import { guard, linkAllowed } from './guard.ts';
import type { Sink } from './pump.ts';
import { STDERR_TINT, terminalTheme } from './theme.ts';
import { Tint } from './tint.ts';

export interface ScreenEvents {
  /** A real terminal's keys, for the script. */
  readonly onKeys: (data: string) => void;
  readonly onSize: (columns: number, rows: number) => void;
  /** A link was clicked; nothing is opened by itself. */
  readonly onLink: (address: string) => void;
  /** What is visible changed: rows have to be read again. */
  readonly onView: () => void;
  readonly onMatches: (index: number, count: number) => void;
  /** A key that belongs to the page and not to the terminal; true keeps it from the terminal. */
  readonly onPageKey: (event: KeyboardEvent) => boolean;
}

const SCROLLBACK = 10_000;
const UNWRAPPED_COLUMNS = 400;
const MATCH = {
  matchBackground: '#5c4a12',
  matchOverviewRuler: '#e3b341',
  activeMatchBackground: '#b98526',
  activeMatchColorOverviewRuler: '#ffd76a',
};

export class Screen implements Sink {
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #search = new SearchAddon({ highlightLimit: MATCHES_COUNTED });
  readonly #filters = { stdout: createTerminalFilter(), stderr: createTerminalFilter() };
  readonly #tint = new Tint(STDERR_TINT);
  readonly #arrivals = new Arrivals();
  readonly #interactive: boolean;
  readonly #parts: IDisposable[];
  readonly #onSize: ScreenEvents['onSize'];
  #anchor: IMarker | undefined;
  #anchorRow = 0;
  /** Rows that the terminal has let go of so far. */
  #trimmed = 0;
  #wrap = true;
  #rowHeight = 0;

  constructor(element: HTMLElement, interactive: boolean, events: ScreenEvents) {
    this.#interactive = interactive;
    this.#onSize = events.onSize;
    this.#terminal = new Terminal({
      allowProposedApi: true,
      convertEol: !interactive,
      cursorBlink: false,
      cursorStyle: interactive ? 'block' : 'underline',
      cursorInactiveStyle: interactive ? 'outline' : 'none',
      disableStdin: !interactive,
      fontFamily: getComputedStyle(element).fontFamily,
      fontSize: 12,
      lineHeight: 1.5,
      linkHandler: { activate: (_event, address) => linkAllowed(address) && events.onLink(address) },
      minimumContrastRatio: 4.5,
      scrollback: SCROLLBACK,
      theme: terminalTheme(),
    });
    const terminal = this.#terminal;
    terminal.loadAddon(this.#fit);
    terminal.loadAddon(this.#search);
    this.#parts = [
      ...guard(terminal.parser, interactive),
      terminal.onData((data) => interactive && events.onKeys(data)),
      terminal.onRender(() => events.onView()),
      this.#search.onDidChangeResults(({ resultIndex, resultCount }) => events.onMatches(resultIndex, resultCount)),
    ];
    terminal.attachCustomKeyEventHandler((event) => this.#key(event, events));
    terminal.open(element);
    terminal.textarea?.setAttribute('aria-label', interactive ? 'Terminal of the script' : 'Output of the script');
    if (!interactive) terminal.textarea?.setAttribute('aria-readonly', 'true');
    this.#drop();
  }

  write(chunk: OutputChunk, done: () => void): void {
    const safe = this.#filters[chunk.stream].write(chunk.text);
    this.#terminal.write(this.#tint.apply(chunk.stream, safe), () => {
      this.#settle({ at: chunk.at, stream: chunk.stream });
      done();
    });
  }

  end(): void {
    this.#terminal.write(`${this.#filters.stdout.end()}${this.#filters.stderr.end()}`);
  }

  notice(text: string): void {
    const start = this.#terminal.buffer.active.cursorX > 0 ? '\r\n' : '';
    this.#terminal.write(`${start}\u001b[0;2;3m── ${text} ──\u001b[0m\r\n`, () => this.#settle(null));
  }

  /** Rows that are visible: arrival at each start of a line, null on wrapped and unknown rows. */
  visible(): (Arrival | null)[] {
    const buffer = this.#terminal.buffer.active;
    if (buffer.type === 'alternate') return [];
    return Array.from({ length: this.#terminal.rows }, (_, index) => {
      const line = buffer.getLine(buffer.viewportY + index);
      return !line || line.isWrapped ? null : this.#arrivals.of(this.#trimmed + buffer.viewportY + index);
    });
  }

  /** Height of one row in CSS pixels. */
  get rowHeight(): number {
    if (this.#rowHeight === 0) {
      const screen = this.#terminal.element?.querySelector('.xterm-screen');
      this.#rowHeight = (screen?.getBoundingClientRect().height ?? 0) / this.#terminal.rows;
    }
    return this.#rowHeight;
  }

  /** True when the oldest lines are no longer shown. */
  get shortened(): boolean {
    return this.#trimmed > 0;
  }

  get size(): { columns: number; rows: number } {
    return { columns: this.#terminal.cols, rows: this.#terminal.rows };
  }

  /** Takes the size of its element. */
  fit(): void {
    const size = this.#fit.proposeDimensions();
    if (!size || Number.isNaN(size.cols)) return;
    const columns = this.#wrap || this.#interactive ? Math.max(20, size.cols) : UNWRAPPED_COLUMNS;
    const rows = Math.max(2, size.rows);
    this.#rowHeight = 0;
    if (columns === this.#terminal.cols && rows === this.#terminal.rows) return;
    this.#reflow(() => this.#terminal.resize(columns, rows));
    this.#onSize(columns, rows);
  }

  setWrap(wrap: boolean): void {
    this.#wrap = wrap;
    this.fit();
  }

  setReader(on: boolean): void {
    this.#terminal.options.screenReaderMode = on;
  }

  retheme(): void {
    this.#terminal.options.theme = terminalTheme();
  }

  find(text: string, direction: 'next' | 'previous', incremental = false): void {
    if (text === '') this.#search.clearDecorations();
    else if (direction === 'next') this.#search.findNext(text, { decorations: MATCH, incremental });
    else this.#search.findPrevious(text, { decorations: MATCH });
  }

  endFind(): void {
    this.#search.clearDecorations();
    this.#terminal.clearSelection();
  }

  /** What is selected, or else everything that is shown. */
  text(): string {
    if (this.#terminal.hasSelection()) return this.#terminal.getSelection();
    const buffer = this.#terminal.buffer.active;
    let text = '';
    for (let row = 0; row < buffer.length; row += 1) {
      const line = buffer.getLine(row);
      if (line) text += `${line.isWrapped || row === 0 ? '' : '\n'}${line.translateToString(true)}`;
    }
    return `${text.trimEnd()}\n`;
  }

  /** Empties the view; what is kept stays kept. */
  clear(): void {
    this.#terminal.clear();
    this.#arrivals.clear();
    this.#trimmed = 0;
    this.#drop();
  }

  focus(): void {
    this.#terminal.focus();
  }

  dispose(): void {
    for (const part of this.#parts) part.dispose();
    this.#terminal.dispose();
  }

  #key(event: KeyboardEvent, events: ScreenEvents): boolean {
    if (event.type !== 'keydown') return true;
    if (events.onPageKey(event)) return false;
    if (event.ctrlKey && event.key.toLowerCase() === 'c' && this.#terminal.hasSelection()) {
      void navigator.clipboard.writeText(this.#terminal.getSelection());
      event.preventDefault();
      return false;
    }
    if (this.#interactive) return true;
    const pages = { PageUp: -1, PageDown: 1 }[event.key];
    if (pages !== undefined) this.#terminal.scrollPages(pages);
    else if (event.key === 'Home') this.#terminal.scrollToTop();
    else if (event.key === 'End') this.#terminal.scrollToBottom();
    else if (event.key === 'ArrowUp') this.#terminal.scrollLines(-1);
    else if (event.key === 'ArrowDown') this.#terminal.scrollLines(1);
    else return false;
    event.preventDefault();
    return false;
  }

  /** Where the cursor stands, among all rows that are still held. */
  get #row(): number {
    const buffer = this.#terminal.buffer.normal;
    return buffer.baseY + buffer.cursorY;
  }

  /** Leaves a mark at the cursor, to learn later how many rows were let go of. */
  #drop(): void {
    this.#anchor?.dispose();
    this.#anchorRow = this.#row;
    this.#anchor = this.#terminal.registerMarker(0);
  }

  #settle(arrival: Arrival | null): void {
    if (this.#terminal.buffer.active.type === 'alternate') return;
    const anchor = this.#anchor;
    if (anchor && !anchor.isDisposed && anchor.line >= 0) this.#trimmed += Math.max(0, this.#anchorRow - anchor.line);
    else {
      this.#trimmed += this.#anchorRow + 1;
      this.#arrivals.clear();
    }
    const reached = this.#trimmed + this.#row - (this.#terminal.buffer.normal.cursorX === 0 ? 1 : 0);
    if (arrival) this.#arrivals.note(reached, arrival);
    this.#arrivals.trim(this.#trimmed);
    this.#drop();
  }

  /** Changes the width; arrivals follow their lines to the rows where these are then. */
  #reflow(resize: () => void): void {
    const before: (Arrival | null)[] = [];
    const buffer = this.#terminal.buffer.normal;
    for (let row = 0; row <= this.#row; row += 1)
      if (!buffer.getLine(row)?.isWrapped) before.push(this.#arrivals.of(this.#trimmed + row));
    resize();
    const starts: number[] = [];
    for (let row = 0; row <= this.#row; row += 1) if (!buffer.getLine(row)?.isWrapped) starts.push(row);
    this.#arrivals.clear();
    const shift = before.length - starts.length;
    for (const [index, row] of starts.entries()) {
      const arrival = before[index + shift];
      const until = (starts[index + 1] ?? this.#row + 1) - 1;
      if (arrival && row <= until) this.#arrivals.note(this.#trimmed + until, arrival);
    }
    this.#drop();
  }
}
