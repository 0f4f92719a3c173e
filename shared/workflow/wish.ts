/** What a workflow or a step asks to run under, in our own fields and in shapes found in the wild (WF-1, POL-4). Pure. */
import { isMap, isScalar, YAMLMap, type Node, type Pair } from 'yaml';
import { TRUST_LEVELS, type FieldPath } from '../domain/policy.ts';
import { closest } from '../lib/closest.ts';
import { isFieldPath } from '../policy/fields.ts';
import { overlay, type Layer } from '../policy/merge/overlay.ts';
import { readGroup } from '../policy/document/read.ts';
import { code, spanOf, type Report } from '../policy/document/report.ts';
import { nodeText } from '../policy/document/safe-yaml.ts';
import { readValue } from '../policy/document/value.ts';
import { FIELD_PATHS } from '../policy/fields.ts';
import type { Wish } from './document.ts';
import { wrong, type Keys } from './values.ts';

/** Names of limits in other tools' workflows. */
const FOREIGN: ReadonlyMap<string, FieldPath> = new Map([
  ['cpu_limit', 'resources.cpu'],
  ['cpus', 'resources.cpu'],
  ['mem_limit', 'resources.memory'],
  ['memory_limit', 'resources.memory'],
]);

/** Groups of a policy that stand in a workflow and in a step by their own names. */
const GROUPS = ['resources', 'network', 'files', 'security', 'quota'] as const;

const EMPTY: Layer = { values: {}, changes: {} };

function one(path: FieldPath, node: Node | null, key: Node, report: Report): Layer {
  const read = readValue(path, node, spanOf(key), report);
  if (read === undefined) return EMPTY;
  if ('change' in read) return { values: {}, changes: { [path]: read.change } };
  return { values: { [path]: read.value }, changes: {} };
}

/** A group with names of other tools among its own. */
function group(name: string, map: YAMLMap<Node, Node | null>, report: Report): Layer {
  const own = new YAMLMap<Node, Node | null>();
  let layer = EMPTY;
  for (const pair of map.items) {
    const path = name === 'resources' ? FOREIGN.get(nodeText(pair.key).toLowerCase()) : undefined;
    if (path === undefined) own.items.push(pair);
    else layer = overlay(layer, one(path, pair.value, pair.key, report));
  }
  return overlay(layer, readGroup(name, own, report));
}

/** `set: { resources.memory: 192 MiB }`. */
function dotted(map: YAMLMap<Node, Node | null>, report: Report): Layer {
  let layer = EMPTY;
  for (const { key, value } of map.items) {
    const path = nodeText(key);
    if (path.startsWith('x-')) continue;
    if (isFieldPath(path)) layer = overlay(layer, one(path, value, key, report));
    else {
      const near = closest(path, FIELD_PATHS);
      wrong(
        report,
        spanOf(key),
        `There is no policy field ${code(path)}.`,
        near === null ? 'Write a dotted path like `resources.memory`.' : `Did you mean \`${near}\`?`,
      );
    }
  }
  return layer;
}

/** Values of the tier; `timeout` is the wall time, `image` an image of another maker or the group of that name. */
function readLayer(keys: Keys): Layer {
  const { report } = keys;
  let layer = EMPTY;
  for (const name of GROUPS) {
    const map = keys.map(name);
    if (map !== undefined) layer = overlay(layer, group(name, map, report));
  }
  const image = keys.take('image');
  if (image !== undefined && isMap(image.node)) layer = overlay(layer, readGroup('image', image.node, report));
  else if (image !== undefined) layer = overlay(layer, one('image.name', image.node, image.key, report));
  const timeout = keys.take('timeout');
  if (timeout !== undefined) layer = overlay(layer, one('resources.wall_time', timeout.node, timeout.key, report));
  const set = keys.map('set');
  return set === undefined ? layer : overlay(layer, dotted(set, report));
}

/** Environment as a map, or as a list of `NAME=value`. Names are judged when the step is planned. */
function readEnv(keys: Keys, onText: (text: string, node: Node) => void): Record<string, string> {
  const found = keys.take('env', 'environment');
  if (found === undefined) return {};
  const { report } = keys;
  const entries: [string, string][] = [];
  const add = (name: string, text: string, node: Node): void => {
    onText(text, node);
    entries.push([name, text]);
  };
  if (isMap(found.node)) {
    for (const { key, value } of found.node.items as Pair<Node, Node | null>[]) {
      if (value !== null && !isScalar(value))
        wrong(report, spanOf(value), `${code(nodeText(key))} is one text.`, 'Write texts, numbers, true or false.');
      else add(nodeText(key), nodeText(value), value ?? key);
    }
  } else {
    const items = 'items' in found.node ? (found.node.items as (Node | null)[]) : [];
    for (const item of items) {
      const text = nodeText(item);
      const at = text.indexOf('=');
      if (item === null || at < 1)
        wrong(report, spanOf(item ?? found.node), 'This is no `NAME=value`.', 'Write `env: { NAME: value }`.');
      else add(text.slice(0, at), text.slice(at + 1), item);
    }
    if (!('items' in found.node)) wrong(report, spanOf(found.node), '`env` is a map.', 'Write `env: { NAME: value }`.');
  }
  return Object.fromEntries(entries);
}

/** Takes policy, level, limits and environment out of a map. */
export function readWish(keys: Keys, onText: (text: string, node: Node) => void): Wish {
  const policy = keys.text('policy');
  const level = keys.text('trust_level', 'trust');
  const word = level?.text.trim().toLowerCase();
  const trust = TRUST_LEVELS.find((known) => known === word) ?? null;
  if (level !== undefined && trust === null) {
    const near = closest(level.text, TRUST_LEVELS);
    wrong(
      keys.report,
      spanOf(level.node),
      `There is no trust level ${code(level.text)}.`,
      near === null ? `Write one of ${TRUST_LEVELS.join(', ')}.` : `Did you mean \`${near}\`?`,
    );
  }
  if (policy !== undefined && policy.text.trim() === '')
    wrong(keys.report, spanOf(policy.node), '`policy` has no name.', 'Name a policy or a trust level.');
  return { policy: policy?.text.trim() ?? null, trust, layer: readLayer(keys), env: readEnv(keys, onText) };
}
