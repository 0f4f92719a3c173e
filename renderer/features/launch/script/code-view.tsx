/** The script, read-only, with its marks. Loaded on demand: the editor is the heaviest part of the page. */
import { javascript } from '@codemirror/lang-javascript';
import { python } from '@codemirror/lang-python';
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { shell } from '@codemirror/legacy-modes/mode/shell';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState, RangeSetBuilder, type Extension } from '@codemirror/state';
import { Decoration, EditorView, gutter, GutterMarker, keymap, lineNumbers, WidgetType } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import type { ScriptMark } from '#shared/contract/runs.ts';
import type { Runtime } from '#shared/domain/run.ts';
import { Icon } from '../../../ui/icon.tsx';
import { MARKS } from './mark-looks.ts';

const COLOURS = HighlightStyle.define([
  { tag: [tags.keyword, tags.controlKeyword, tags.moduleKeyword, tags.operatorKeyword], color: 'var(--violet)' },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: 'var(--accent)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--amber)' },
  { tag: tags.comment, color: 'var(--muted)', fontStyle: 'italic' },
  {
    tag: [tags.function(tags.variableName), tags.definition(tags.variableName)],
    color: 'var(--text)',
    fontWeight: '500',
  },
]);

const LOOK = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'var(--panel)', color: 'var(--text)', fontSize: '12px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '20px' },
  '.cm-content': { padding: '8px 0' },
  '.cm-line': { padding: '0 16px 0 8px' },
  '.cm-gutters': { backgroundColor: 'var(--panel)', color: 'var(--muted)', border: 'none' },
  '.cm-lineNumbers .cm-gutterElement': { padding: '0 6px 0 16px', minWidth: '36px' },
  '.cm-mark-gutter': { width: '22px' },
  '.cm-mark-gutter .cm-gutterElement': {
    display: 'flex',
    alignItems: 'flex-start',
    paddingTop: '3px',
    color: 'var(--amber)',
  },
  '.cm-mark-gutter .info': { color: 'var(--muted)', display: 'flex' },
  '.cm-mark-gutter .warn': { display: 'flex' },
  '.cm-line.marked-warn': { backgroundColor: 'var(--amber-pale)' },
  '.cm-why': {
    float: 'right',
    marginLeft: '16px',
    fontFamily: 'var(--font-sans)',
    color: 'var(--muted)',
    userSelect: 'none',
  },
  '.cm-why.warn': { color: 'var(--amber)' },
  '.cm-panels': { backgroundColor: 'var(--raised)', color: 'var(--text)', borderColor: 'var(--line)' },
});

class Why extends WidgetType {
  readonly marks: readonly ScriptMark[];
  constructor(marks: readonly ScriptMark[]) {
    super();
    this.marks = marks;
  }
  override eq(other: Why): boolean {
    return other.marks === this.marks;
  }
  toDOM(): HTMLElement {
    const span = document.createElement('span');
    span.className = `cm-why ${severity(this.marks)}`;
    span.textContent = [...new Set(this.marks.map((mark) => mark.why))].join(', ');
    return span;
  }
}

class Sign extends GutterMarker {
  #root: Root | null = null;
  readonly marks: readonly ScriptMark[];
  constructor(marks: readonly ScriptMark[]) {
    super();
    this.marks = marks;
  }
  override toDOM(): HTMLElement {
    const span = document.createElement('span');
    span.className = severity(this.marks);
    const worst = this.marks.find((mark) => mark.severity === 'warn') ?? this.marks[0];
    if (worst) {
      this.#root = createRoot(span);
      this.#root.render(<Icon of={MARKS[worst.kind].icon} size={14} />);
    }
    return span;
  }
  override destroy(): void {
    const root = this.#root;
    // React refuses to unmount in the middle of its own rendering.
    queueMicrotask(() => root?.unmount());
  }
}

function severity(marks: readonly ScriptMark[]): 'warn' | 'info' {
  return marks.some((mark) => mark.severity === 'warn') ? 'warn' : 'info';
}

function marking(marks: readonly ScriptMark[]): Extension {
  const byLine = Map.groupBy(marks, (mark) => mark.line);
  const lines = [...byLine].toSorted(([a], [b]) => a - b);
  const decorations = EditorView.decorations.of((view) => {
    const built = new RangeSetBuilder<Decoration>();
    for (const [number, of] of lines) {
      if (number < 1 || number > view.state.doc.lines) continue;
      const { from } = view.state.doc.line(number);
      if (severity(of) === 'warn') built.add(from, from, Decoration.line({ class: 'marked-warn' }));
      built.add(from, from, Decoration.widget({ widget: new Why(of), side: -1 }));
    }
    return built.finish();
  });
  const signs = gutter({
    class: 'cm-mark-gutter',
    lineMarker: (view, line) => {
      const of = byLine.get(view.state.doc.lineAt(line.from).number);
      return of ? new Sign(of) : null;
    },
  });
  return [decorations, signs];
}

function language(runtime: Runtime | null, path: string): Extension {
  if (runtime === 'node' || /\.[cm]?js$/u.test(path)) return javascript();
  if (runtime === 'bash' || /\.(?:ba)?sh$/u.test(path)) return StreamLanguage.define(shell);
  return runtime === 'python' || path.endsWith('.py') ? python() : [];
}

/** `goTo`: a line to show; a new object scrolls again. */
export function CodeView({
  text,
  path,
  runtime,
  marks,
  goTo,
}: {
  text: string;
  path: string;
  runtime: Runtime | null;
  marks: readonly ScriptMark[];
  goTo: { line: number } | null;
}) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  useEffect(() => {
    if (!place.current) return undefined;
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: text,
        extensions: [
          EditorState.readOnly.of(true),
          EditorView.editable.of(false),
          lineNumbers(),
          marking(marks),
          EditorView.lineWrapping,
          search({ top: true }),
          highlightSelectionMatches(),
          keymap.of(searchKeymap),
          language(runtime, path),
          syntaxHighlighting(COLOURS),
          EditorView.contentAttributes.of({ tabindex: '0', 'aria-label': `Text of ${path}`, 'aria-readonly': 'true' }),
          LOOK,
        ],
      }),
    });
    view.current = made;
    return () => {
      view.current = null;
      made.destroy();
    };
  }, [text, path, runtime, marks]);
  useEffect(() => {
    const { current } = view;
    if (!current || !goTo || goTo.line > current.state.doc.lines) return;
    const { from } = current.state.doc.line(goTo.line);
    current.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: 'center' }) });
  }, [goTo]);
  return <div ref={place} className="h-full min-h-0 overflow-hidden" />;
}
