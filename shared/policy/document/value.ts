/** One value of a policy file, read as its field wants it; nothing is guessed from how YAML would type it (POL-4). Pure. */
import { isScalar, isSeq, type Node, type Scalar } from 'yaml';
import type { FieldPath } from '../../domain/policy.ts';
import { anyField } from '../fields.ts';
import { listOf, mapOf } from './lists.ts';
import { readMounts } from './mounts.ts';
import { disguised, isNothing, type ReadValue } from './node.ts';
import { example, parsed } from './parsed.ts';
import { code, spanOf, type Report, type Span } from './report.ts';
import { nodeText } from './safe-yaml.ts';

function isPlain(node: Scalar): boolean {
  return node.type === 'PLAIN';
}

/** A value as text, from a scalar that is not null; otherwise the mistake is reported. */
function textOf(path: FieldPath, node: Node | null, place: Span, report: Report): string | undefined {
  const { kind } = anyField(path);
  if (isScalar(node) && !isNothing(node)) return nodeText(node);
  const word = kind.nullWord === 'unlimited' ? 'unlimited' : undefined;
  if (isNothing(node)) {
    report.add(isScalar(node) && spanOf(node)[0] < spanOf(node)[1] ? spanOf(node) : place, {
      code: 'wrong-type',
      message: `${code(path)} has no value.`,
      fix: word === undefined ? `Write it like \`${example(path)}\`, or take the line out.` : `Write \`${word}\`.`,
      field: path,
      ...(word !== undefined && isScalar(node) && spanOf(node)[0] < spanOf(node)[1] ? { replacement: word } : {}),
    });
    return undefined;
  }
  report.add(spanOf(node), {
    code: 'wrong-type',
    message: `${code(path)} is one value, not a ${isSeq(node) ? 'list' : 'map'}.`,
    fix: `Write it like \`${example(path)}\`.`,
    field: path,
  });
  return undefined;
}

function booleanOf(path: FieldPath, node: Scalar, report: Report): ReadValue {
  const text = nodeText(node);
  if (isPlain(node) && /^(?:true|True|TRUE|false|False|FALSE)$/.test(text))
    return { value: text.toLowerCase() === 'true' };
  const word = text.trim().toLowerCase();
  const replacement = /^(?:true|yes|on|y|1)$/.test(word)
    ? 'true'
    : /^(?:false|no|off|n|0)$/.test(word)
      ? 'false'
      : undefined;
  report.add(spanOf(node), {
    code: 'wrong-type',
    message: `${code(text)} is ${isPlain(node) ? 'neither true nor false' : 'a text, neither true nor false'}.`,
    fix: replacement === undefined ? 'Write `true` or `false`.' : `Write \`${replacement}\`.`,
    field: path,
    replacement,
  });
  return undefined;
}

/** Reads the value of one field. `place` is where to point when nothing stands there. Never throws for what a file may hold. */
export function readValue(path: FieldPath, node: Node | null, place: Span, report: Report): ReadValue {
  const { kind } = anyField(path);
  if (disguised(node, report, path)) return undefined;
  if (path === 'files.mounts') return readMounts(node, place, report);
  if (kind.name === 'list') return listOf(path, node, place, report);
  if (kind.name === 'map') return mapOf(path, node, place, report);
  if (kind.nullWord === 'none' && node !== null && isNothing(node)) return { value: null };
  const text = textOf(path, node, place, report);
  if (text === undefined) return undefined;
  if (kind.name === 'boolean') return booleanOf(path, node as Scalar, report);
  const value = parsed(path, kind, text, node!, report);
  return value === undefined ? undefined : { value };
}
