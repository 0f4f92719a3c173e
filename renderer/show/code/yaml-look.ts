/** How an editor of YAML looks: our tokens, and no pictures from data addresses, which the page's policy forbids. */
import { HighlightStyle } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

export const YAML_COLOURS = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--violet)' },
  { tag: [tags.string, tags.content], color: 'var(--text)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom, tags.keyword], color: 'var(--amber)' },
  { tag: tags.comment, color: 'var(--muted)', fontStyle: 'italic' },
  { tag: [tags.separator, tags.punctuation, tags.squareBracket, tags.brace], color: 'var(--muted)' },
]);

const squiggle = (colour: string) => ({
  backgroundImage: 'none',
  textDecoration: `underline wavy ${colour}`,
  textUnderlineOffset: '3px',
});
const sign = (colour: string, letter: string) => ({
  content: 'none',
  '&::before': { content: `"${letter}"`, color: colour, fontWeight: '700', fontFamily: 'var(--font-sans)' },
});

export const YAML_LOOK = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'var(--panel)', color: 'var(--text)', fontSize: '12px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '20px' },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--text)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-line': { padding: '0 16px 0 6px' },
  '.cm-gutters': { backgroundColor: 'var(--panel)', color: 'var(--muted)', border: 'none' },
  '.cm-lineNumbers .cm-gutterElement': { padding: '0 6px 0 12px', minWidth: '30px' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--raised) 60%, transparent)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 26%, transparent)',
  },
  '.cm-selectionMatch': { backgroundColor: 'var(--accent-pale)' },
  '.cm-matchingBracket': { backgroundColor: 'var(--accent-pale)', outline: '1px solid var(--accent)' },
  '.cm-lintRange-error': squiggle('var(--red)'),
  '.cm-lintRange-warning': squiggle('var(--amber)'),
  '.cm-lintRange-active': { backgroundColor: 'var(--red-pale)' },
  '.cm-gutter-lint': { width: '18px' },
  '.cm-lint-marker': { width: '14px', height: '16px', textAlign: 'center', lineHeight: '20px' },
  '.cm-lint-marker-error': sign('var(--red)', '✕'),
  '.cm-lint-marker-warning': sign('var(--amber)', '!'),
  '.cm-tooltip': {
    backgroundColor: 'var(--panel)',
    color: 'var(--text)',
    border: '1px solid var(--line)',
    borderRadius: '6px',
    fontFamily: 'var(--font-sans)',
    fontSize: '12px',
    overflow: 'hidden',
  },
  '.cm-tooltip-lint': { maxWidth: '420px' },
  '.cm-diagnostic': { padding: '6px 10px', borderLeft: 'none', lineHeight: '18px' },
  '.cm-diagnosticAction': {
    backgroundColor: 'var(--accent)',
    color: 'var(--on-accent)',
    borderRadius: '4px',
    padding: '2px 8px',
    marginLeft: '8px',
  },
  '.cm-help': { padding: '8px 12px', maxWidth: '380px', lineHeight: '18px' },
  '.cm-help .title': { fontWeight: '600' },
  '.cm-help .levels': { color: 'var(--muted)', marginTop: '4px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--font-mono)', maxHeight: '240px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 10px', lineHeight: '18px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--accent-pale)',
    color: 'var(--accent)',
  },
  '.cm-completionDetail': { color: 'var(--muted)', fontStyle: 'normal', fontFamily: 'var(--font-sans)' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
  '.cm-tooltip.cm-completionInfo': { padding: '8px 12px', maxWidth: '300px', lineHeight: '18px' },
  '.cm-panels': { backgroundColor: 'var(--raised)', color: 'var(--text)', borderColor: 'var(--line)' },
});
