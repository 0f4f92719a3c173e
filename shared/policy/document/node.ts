/** Nodes of a policy file that are no plain values. Pure. */
import { isAlias, isScalar, type Node } from 'yaml';
import type { ListChange } from '../../domain/policy.ts';
import { code, spanOf, type Report, type Span } from './report.ts';
import { nodeText } from './safe-yaml.ts';

/** What a value node came to; undefined when it has a mistake, which is then reported. */
export type ReadValue = { readonly value: unknown } | { readonly change: ListChange } | undefined;

/** Reports what hides a value: aliases, anchors and tags. True when there is one. */
export function disguised(node: Node | null, report: Report, field?: string): boolean {
  const all = report.noun === 'policy' ? 'Policies' : 'Workflows';
  if (isAlias(node)) {
    report.add(spanOf(node), {
      code: 'alias',
      message: `${all} do not use aliases.`,
      fix: 'Write the value itself.',
      field,
    });
    return true;
  }
  if (node?.tag !== undefined) {
    report.add(tagSpan(node, node.tag, report.text), {
      code: 'tag',
      message: `${all} do not use tags such as ${code(node.tag)}.`,
      fix: 'Write the value without the tag.',
      field,
    });
    return true;
  }
  const anchor = (node as { anchor?: string } | null)?.anchor;
  if (anchor !== undefined) {
    report.add(spanOf(node), {
      code: 'alias',
      message: `${all} do not use anchors such as ${code(`&${anchor}`)}.`,
      fix: 'Take the anchor out.',
      field,
    });
    return true;
  }
  return false;
}

/** A tag stands before its value; the value's own span when it is not found there. */
function tagSpan(node: Node, tag: string, text: string): Span {
  const [from, to] = spanOf(node);
  const last = text.lastIndexOf('!', from);
  const at = text[last - 1] === '!' ? last - 1 : last;
  return at >= 0 && from - at <= tag.length + 32 ? [at, to] : [from, to];
}

/** Nothing at all, or a plain null. */
export function isNothing(node: Node | null | undefined): boolean {
  if (node === null || node === undefined) return true;
  return isScalar(node) && node.type === 'PLAIN' && /^(?:|~|null|Null|NULL)$/.test(nodeText(node));
}
