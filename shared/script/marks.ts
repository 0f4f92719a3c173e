/**
 * Lines of a script that are worth a look before it runs. A hint for a reader, never a judgement:
 * a script that wants to hide can, and no rule depends on these marks.
 */
import type { ScriptMark } from '../contract/runs.ts';
import type { Runtime } from '../domain/run.ts';
import { MARK_RULES } from './mark-rules.ts';
import type { MarkRule } from './mark-rules.ts';

export const MARK_LIMITS = { marks: 500, lineLength: 10_000, text: 1024 * 1024 } as const;

const MARKS: Readonly<Record<Runtime, { rules: readonly MarkRule[]; comment: RegExp | null }>> = {
  // A "comment" that holds a substitution may be a line of a template or a here-document, and then it acts.
  python: { rules: MARK_RULES.python, comment: /^\s{0,200}#(?!.*[{])/ },
  node: { rules: MARK_RULES.node, comment: /^\s{0,200}\/\/(?!.*\$\{)/ },
  bash: { rules: MARK_RULES.bash, comment: /^\s{0,200}#(?!.*[$`])/ },
  polyglot: { rules: [...new Set([...MARK_RULES.python, ...MARK_RULES.node, ...MARK_RULES.bash])], comment: null },
};

/**
 * Marks of the first {@link MARK_LIMITS}`.text` characters, in line order, at most one per line and kind, at most 500 in all.
 * Linear in the text's length; never throws.
 */
export function markScript(runtime: Runtime, text: string): ScriptMark[] {
  const { rules, comment } = MARKS[runtime];
  const marks: ScriptMark[] = [];
  const lines = text.slice(0, MARK_LIMITS.text).split(/\r\n|\n|\r/);
  for (const [index, whole] of lines.entries()) {
    const line = whole.length > MARK_LIMITS.lineLength ? whole.slice(0, MARK_LIMITS.lineLength) : whole;
    if (line === '' || comment?.test(line)) continue;
    const kinds = new Set<ScriptMark['kind']>();
    for (const rule of rules) {
      if (kinds.has(rule.kind) || !rule.pattern.test(line)) continue;
      kinds.add(rule.kind);
      marks.push({ line: index + 1, kind: rule.kind, severity: rule.severity, why: rule.why });
      if (marks.length === MARK_LIMITS.marks) return marks;
    }
  }
  return marks;
}
