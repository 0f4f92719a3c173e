/** The file, to read and to mend: its mistakes are underlined where they are. Loaded on demand. */
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Annotation, EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import type { WorkflowProblem } from '#shared/domain/workflow.ts';
import { smallest } from '../../../show/code/smallest.ts';
import { YAML_COLOURS, YAML_LOOK } from '../../../show/code/yaml-look.ts';

/** Marks changes that come from outside, so that they are not taken for typing. */
const outside = Annotation.define<boolean>();

function diagnosticsOf(state: EditorState, problems: readonly WorkflowProblem[]): Diagnostic[] {
  return problems
    .filter(({ line }) => line !== undefined)
    .map(({ line = 1, column, message, fix }): Diagnostic => {
      const { from: start, to: end } = state.doc.line(Math.min(state.doc.lines, Math.max(1, line)));
      const indent = /^[\s-]*/u.exec(state.sliceDoc(start, end))?.[0].length ?? 0;
      const at = Math.min(end, start + (column === undefined ? indent : Math.max(0, column - 1)));
      const word = /^\S+/u.exec(state.sliceDoc(at, end))?.[0].length ?? 0;
      return {
        from: at,
        to: Math.min(state.doc.length, Math.max(at + 1, column === undefined ? end : at + word)),
        severity: 'error',
        message: `${message}${fix === undefined ? '' : ` ${fix}`}`.replaceAll('`', ''),
      };
    })
    .toSorted((a, b) => a.from - b.from);
}

/** A place to show; a new object goes there again. */
export interface GoTo {
  readonly line: number;
  readonly column?: number | undefined;
  /** Take the focus there, too. */
  readonly focus?: boolean;
}

export function YamlPane({
  name,
  text,
  problems,
  goTo,
  onText,
}: {
  name: string;
  text: string;
  problems: readonly WorkflowProblem[];
  goTo: GoTo | null;
  onText: (text: string) => void;
}) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef({ onText, text });
  useEffect(() => {
    latest.current = { onText, text };
  });
  useEffect(() => {
    if (!place.current) return undefined;
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: latest.current.text,
        extensions: [
          lineNumbers(),
          lintGutter(),
          history(),
          drawSelection(),
          highlightActiveLine(),
          bracketMatching(),
          indentUnit.of('  '),
          EditorState.tabSize.of(2),
          yaml(),
          syntaxHighlighting(YAML_COLOURS),
          search({ top: true }),
          highlightSelectionMatches(),
          // Ctrl+Enter starts the workflow, and Escape leaves the sheet.
          keymap.of([
            ...lintKeymap,
            ...searchKeymap,
            ...historyKeymap,
            ...defaultKeymap.filter(({ key }) => key !== 'Mod-Enter' && key !== 'Escape'),
            indentWithTab,
          ]),
          EditorView.contentAttributes.of({
            tabindex: '0',
            'aria-label': `Text of ${name}`,
            'aria-describedby': 'flow-yaml-keys',
          }),
          YAML_LOOK,
          EditorView.updateListener.of((update) => {
            if (!update.docChanged || update.transactions.some((one) => one.annotation(outside) === true)) return;
            latest.current.onText(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = made;
    return () => {
      view.current = null;
      made.destroy();
    };
  }, [name]);
  useEffect(() => {
    const { current } = view;
    if (!current) return;
    const now = current.state.doc.toString();
    if (now !== text) current.dispatch({ changes: smallest(now, text), annotations: outside.of(true) });
  }, [text, name]);
  useEffect(() => {
    view.current?.dispatch(setDiagnostics(view.current.state, diagnosticsOf(view.current.state, problems)));
  }, [problems, name]);
  useEffect(() => {
    const { current } = view;
    if (!current || !goTo) return;
    const line = current.state.doc.line(Math.min(current.state.doc.lines, Math.max(1, goTo.line)));
    const anchor = Math.min(line.to, line.from + (goTo.column ?? 1) - 1);
    current.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) });
    if (goTo.focus) current.focus();
  }, [goTo]);
  return (
    <div className="flex h-full min-h-0 flex-col">
      <p id="flow-yaml-keys" className="sr-only">
        Escape, then Tab leaves the text.
      </p>
      <div ref={place} className="min-h-0 flex-1 overflow-hidden" />
    </div>
  );
}
