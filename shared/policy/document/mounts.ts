/** `files.mounts` of a policy file: a list of maps (POL-4). */
import { isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import type { Mount } from '../../domain/policy.ts';
import { AppError } from '../../lib/app-error.ts';
import { closest } from '../../lib/closest.ts';
import { mountOf, mounts } from '../kinds.ts';
import { mountsProblem } from '../mounts/check.ts';
import { forbiddenSource } from './forbidden.ts';
import { code, spanOf, type Report, type Span } from './report.ts';
import { nodeText } from './safe-yaml.ts';
import { flow } from './scalar.ts';
import { disguised, isNothing, type ReadValue } from './node.ts';

const FIELD = 'files.mounts';
const KEYS = ['type', 'source', 'target', 'mode'] as const;
type Key = (typeof KEYS)[number];
const FORM = 'Write a list like `[{ source: ./data, target: /data, mode: ro }]`, or `[]` for none.';

/** A mount as a plain map, in the order in which we write it. */
export function mountMap({ type, source, target, mode }: Mount): Record<string, string> {
  return { type, ...(source === undefined ? {} : { source }), target, mode };
}

function partsOf(node: Node, report: Report): Partial<Record<Key, string>> | undefined {
  if (!isMap(node)) {
    let replacement: string | undefined;
    try {
      const [mount] = isScalar(node) ? mounts.parse(nodeText(node)) : [];
      if (mount !== undefined) replacement = flow(mountMap(mount));
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown;
    }
    report.add(spanOf(node), {
      code: 'wrong-type',
      message: 'A mount is a map with `type`, `source`, `target` and `mode`.',
      fix: replacement === undefined ? FORM : `Write \`${replacement}\`.`,
      field: FIELD,
      replacement,
    });
    return undefined;
  }
  const parts: Partial<Record<Key, string>> = {};
  let failed = false;
  for (const pair of node.items as Pair<Node, Node | null>[]) {
    const name = nodeText(pair.key);
    if (name.startsWith('x-')) continue;
    const key = KEYS.find((one) => one === name);
    if (key === undefined) {
      const near = closest(name, KEYS);
      report.add(spanOf(pair.key), {
        code: 'unknown-key',
        message: `A mount has no ${code(name)}.`,
        fix: near === null ? 'It has `type`, `source`, `target` and `mode`.' : `Did you mean \`${near}\`?`,
        field: FIELD,
        ...(near === null ? {} : { replacement: near }),
      });
      failed = true;
    } else if (disguised(pair.value, report, FIELD)) failed = true;
    else if (isScalar(pair.value) && !isNothing(pair.value)) parts[key] = nodeText(pair.value);
    else {
      report.add(isNothing(pair.value) ? spanOf(pair.key) : spanOf(pair.value), {
        code: 'wrong-type',
        message: `\`${key}\` of a mount is one word.`,
        fix: 'Write it like `{ source: ./data, target: /data, mode: ro }`.',
        field: FIELD,
      });
      failed = true;
    }
  }
  return failed ? undefined : parts;
}

function mountAt(node: Node, report: Report): Mount | undefined {
  const parts = partsOf(node, report);
  if (parts === undefined) return undefined;
  const refused = parts.source === undefined ? null : forbiddenSource(parts.source);
  if (refused !== null) {
    report.add(spanOf(node), { code: 'forbidden', ...refused, field: FIELD });
    return undefined;
  }
  try {
    const { type = 'bind', source, target = '', mode = 'ro' } = parts;
    return mountOf({ type, source, target, mode });
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    report.add(spanOf(node), {
      code: 'bad-value',
      message: `${thrown.message} ${thrown.why ?? ''}`.trim(),
      fix: thrown.next ?? FORM,
      field: FIELD,
    });
    return undefined;
  }
}

/** Reads the list; whether this machine allows a folder is asked when a run starts. */
export function readMounts(node: Node | null, place: Span, report: Report): ReadValue {
  if (!isSeq(node)) {
    const replacement = isMap(node) ? undefined : '[]';
    const there = !isNothing(node) || (isScalar(node) && spanOf(node)[0] < spanOf(node)[1]);
    report.add(there ? spanOf(node) : place, {
      code: 'wrong-type',
      message: '`files.mounts` is a list of mounts.',
      fix: FORM,
      field: FIELD,
      ...(replacement !== undefined && there && isNothing(node) ? { replacement } : {}),
    });
    return undefined;
  }
  const value: Mount[] = [];
  let failed = false;
  for (const item of node.items as (Node | null)[]) {
    if (report.full) return undefined;
    const mount = item === null || disguised(item, report, FIELD) ? undefined : mountAt(item, report);
    // Problems of the list as a whole are shown where the list first has them.
    const problem = mount === undefined ? null : mountsProblem([...value, mount]);
    if (problem !== null)
      report.add(spanOf(item), {
        code: 'bad-value',
        message: `${problem.message} ${problem.why ?? ''}`.trim(),
        fix: problem.next ?? FORM,
        field: FIELD,
      });
    if (mount === undefined || problem !== null) failed = true;
    else value.push(mount);
  }
  return failed ? undefined : { value };
}
