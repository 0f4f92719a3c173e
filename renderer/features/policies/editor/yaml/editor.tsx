/** The YAML of a policy: errors underlined where they are, completion and help from the field table, one history with the form. */
import {
  autocompletion,
  completionKeymap,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete';
import { defaultKeymap, indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Annotation, EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, hoverTooltip, keymap, lineNumbers } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import type { Problem } from '#shared/domain/policy-document.ts';
import { smallest } from '../../../../show/code/smallest.ts';
import { YAML_COLOURS, YAML_LOOK } from '../../../../show/code/yaml-look.ts';
import { usePolicyView } from '../../view-state.ts';
import { helpAt, isWritten, offersAt } from './help.ts';
import { placeAt } from './place.ts';

/** Marks changes that come from outside, so that they are not taken for typing. */
const outside = Annotation.define<boolean>();

function complete(context: CompletionContext): CompletionResult | null {
  const place = placeAt(context.state.doc.toString(), context.pos);
  if (place.typed === '' && !context.explicit) return null;
  const offers = offersAt(place);
  if (offers.length === 0 || (!context.explicit && isWritten(offers, place.typed))) return null;
  return {
    from: place.from,
    validFor: (typed) => /^[\w .-]*$/u.test(typed) && !isWritten(offers, typed),
    options: offers.map(({ label, apply, detail, info }) => ({
      label,
      apply,
      detail,
      ...(info === '' ? {} : { info }),
      type: place.part === 'key' ? 'property' : 'enum',
    })),
  };
}

const help = hoverTooltip((view, pos) => {
  const line = view.state.doc.lineAt(pos);
  const key = /^\s*(?:-\s+)?["']?([\w.-]+)/u.exec(line.text);
  const end = line.from + (key?.[0].length ?? 0);
  if (key === null || pos > end) return null;
  const found = helpAt(placeAt(view.state.doc.toString(), end));
  if (found === null) return null;
  return {
    pos: end - (key[1]?.length ?? 0),
    end,
    above: true,
    create: () => {
      const dom = document.createElement('div');
      dom.className = 'cm-help';
      for (const [name, text] of Object.entries(found)) {
        if (text === '') continue;
        const part = dom.appendChild(document.createElement('p'));
        part.className = name;
        part.textContent = text;
      }
      return { dom };
    },
  };
});

function diagnosticsOf(state: EditorState, problems: readonly Problem[], onFix: (text: string) => void): Diagnostic[] {
  const place = (line: number, column: number): number => {
    const { from, to } = state.doc.line(Math.min(state.doc.lines, Math.max(1, line)));
    return Math.min(to, from + Math.max(0, column - 1));
  };
  return problems
    .map((problem): Diagnostic => {
      const from = place(problem.line, problem.column);
      const to = Math.max(place(problem.endLine, problem.endColumn), from);
      const { replacement } = problem;
      return {
        from,
        to: to === from ? Math.min(state.doc.length, from + 1) : to,
        severity: problem.severity,
        message: `${problem.message} ${problem.fix}`.replaceAll('`', ''),
        ...(replacement === undefined
          ? {}
          : {
              actions: [
                {
                  name: `Write ${replacement.length > 30 ? `${replacement.slice(0, 29)}…` : replacement}`,
                  apply: (view, start, end) => {
                    view.dispatch({ changes: { from: start, to: end, insert: replacement } });
                    onFix(view.state.doc.toString());
                  },
                },
              ],
            }),
      };
    })
    .toSorted((a, b) => a.from - b.from);
}

/** Milliseconds that typing rests before the text is read. */
const REST_MS = 120;

export function YamlEditor({
  name,
  text,
  problems,
  onText,
}: {
  name: string;
  text: string;
  problems: readonly Problem[];
  /** After typing rested, or the focus left. */
  onText: (text: string) => void;
}) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef({ onText, text });
  const goTo = usePolicyView((state) => state.goToLine);
  useEffect(() => {
    latest.current = { onText, text };
  });
  useEffect(() => {
    if (!place.current) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tell = (): void => {
      clearTimeout(timer);
      timer = undefined;
      const now = made.state.doc.toString();
      if (now !== latest.current.text) latest.current.onText(now);
    };
    const made: EditorView = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: latest.current.text,
        extensions: [
          lineNumbers(),
          lintGutter(),
          drawSelection(),
          highlightActiveLine(),
          bracketMatching(),
          EditorView.lineWrapping,
          indentUnit.of('  '),
          EditorState.tabSize.of(2),
          yaml(),
          syntaxHighlighting(YAML_COLOURS),
          autocompletion({ override: [complete], icons: false }),
          help,
          search({ top: true }),
          highlightSelectionMatches(),
          keymap.of([...completionKeymap, ...lintKeymap, ...searchKeymap, ...defaultKeymap, indentWithTab]),
          EditorView.contentAttributes.of({ 'aria-label': `YAML of ${name}`, 'aria-describedby': 'yaml-keys' }),
          YAML_LOOK,
          EditorView.updateListener.of((update) => {
            if (!update.docChanged || update.transactions.some((one) => one.annotation(outside) === true)) return;
            clearTimeout(timer);
            timer = setTimeout(tell, REST_MS);
          }),
          EditorView.domEventHandlers({ blur: () => void (timer !== undefined && tell()) }),
        ],
      }),
    });
    view.current = made;
    return () => {
      if (timer !== undefined) tell();
      view.current = null;
      made.destroy();
    };
  }, [name]);
  useEffect(() => {
    const { current } = view;
    if (!current) return;
    const now = current.state.doc.toString();
    if (now !== text) current.dispatch({ changes: smallest(now, text), annotations: outside.of(true) });
  }, [text]);
  useEffect(() => {
    const { current } = view;
    if (current)
      current.dispatch(
        setDiagnostics(
          current.state,
          diagnosticsOf(current.state, problems, (fixed) => latest.current.onText(fixed)),
        ),
      );
  }, [problems, name]);
  useEffect(() => {
    const { current } = view;
    if (!current || goTo === null) return;
    const line = current.state.doc.line(Math.min(current.state.doc.lines, Math.max(1, goTo.line)));
    const anchor = Math.min(line.to, line.from + goTo.column - 1);
    current.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) });
    current.focus();
    usePolicyView.setState({ goToLine: null });
  }, [goTo]);
  return <div ref={place} className="h-full min-h-0 overflow-hidden" />;
}
