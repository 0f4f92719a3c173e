/** A policy's text with more allowed hosts, as a reviewer would have written it (NET-4). Pure. */
import { editPolicy, readPolicy, writePolicy } from '../document/index.ts';
import type { PolicyDocument } from '../../domain/policy-document.ts';
import { anyField } from '../fields.ts';
import { parseRule } from '../network/rule.ts';

const PATH = 'network.allow';

/** Comments, order and everything else stay. A policy whose mode is `none` becomes `restricted`. Throws AppError `policy-invalid`. */
export function withHosts(text: string, rules: readonly string[]): string {
  const wanted = rules.map((rule) => parseRule(rule).text);
  const { document } = readPolicy('', '', text);
  const change = document?.changes[PATH];
  const value = document?.values[PATH];
  const plus = (list: readonly string[]): string[] => [...new Set([...list, ...wanted])];
  const listed = change
    ? { add: plus(change.add), remove: change.remove.filter((one) => !wanted.includes(one)) }
    : value
      ? plus(value)
      : { add: wanted, remove: [] };
  const mode = document?.values['network.mode'] ?? anyField('network.mode').defaults[document?.level ?? 'untrusted'];
  return editPolicy(text, [
    ...(mode === 'none' ? [{ path: 'network.mode', value: 'restricted' } as const] : []),
    { path: PATH, value: listed },
  ]);
}

/** A new policy that is `document` and allows these hosts too. Throws AppError `policy-invalid`. */
export function newWithHosts(document: PolicyDocument, rules: readonly string[]): string {
  return withHosts(writePolicy(document), rules);
}
