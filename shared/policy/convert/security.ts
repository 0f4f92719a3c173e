/** A `security:` document: limits for all tasks, one policy for each task, and settings of its runtime (POL-4). Pure. */
import { anyField, FIELDS } from '../fields.ts';
import type { AskedSetting } from './conversion.ts';
import { Draft, levelOf, naming, type Given, type Made, type Report } from './draft.ts';
import { files, limits, network, permissions, security, type Put } from './security-task.ts';
import { givenOf, Section } from './section.ts';
import type { MapTree } from './source.ts';

const SECONDS = /^\d+$/;

function runtimeConfig(section: Section | undefined, settings: AskedSetting[]): void {
  if (section === undefined) return;
  const why = (given: Given): string => `${given.path}: ${given.text} applies to the whole program, so you are asked.`;
  const ask = (key: string, given: Given | undefined, value: (text: string) => string): void => {
    if (given === undefined) return;
    settings.push({ key, value: value(given.text), why: why(given) });
    section.report.add(given, 'mapped', `settings: ${key}`, 'Applies to the whole program: you are asked first.');
  };
  ask('max_concurrent', section.text('max_concurrent_containers', 'max_concurrent'), (text) => text);
  ask('sweep_interval', section.text('cleanup_interval'), (text) => (SECONDS.test(text) ? `${text} s` : text));
  section.skip('Choose the engine in Settings: there may be several of a kind.', 'container_runtime');
  section.rest('Bellglass has no such setting.');
}

/** `security:` with `default_limits`, `task_policies` and `runtime_config`. */
export function fromSecurity(name: string, tree: MapTree, report: Report): Made {
  const root = new Section('', tree, report);
  const outer = root.section('security') ?? root;
  const settings: AskedSetting[] = [];
  const nameOf = naming();
  const drafts: Draft[] = [];
  const base = outer.take('default_limits');
  const defaults = base?.tree.kind === 'map' ? { path: base.path, tree: base.tree } : undefined;
  const tasks = outer.take('task_policies');
  const entries =
    tasks === undefined || tasks.tree.kind === 'text'
      ? []
      : tasks.tree.kind === 'map'
        ? tasks.tree.entries.map(({ key, value }) => ({ key, path: `${tasks.path}.${key}`, tree: value }))
        : tasks.tree.items.map((item, index) => ({ key: '', path: `${tasks.path}[${index}]`, tree: item }));
  if (defaults !== undefined && entries.length === 0) {
    const draft = new Draft(nameOf(name), 'untrusted', 'Limits for everything', report);
    limits(new Section(defaults.path, defaults.tree, report), (field, amount, given) =>
      draft.amount(field, amount, given),
    );
    drafts.push(draft);
  }
  for (const { key, path, tree: task } of entries) {
    if (task.kind !== 'map') {
      report.refuse(givenOf(path, task), 'A task policy is a map.');
      continue;
    }
    const section = new Section(path, task, report);
    const wanted = key || (section.text('name', 'task', 'id')?.text ?? name);
    const level = levelOf(report, section.text('trust_level'));
    const draft = new Draft(nameOf(wanted), level, section.text('description')?.text ?? '', report);
    const overrides = section.section('resource_limits', 'limits', 'overrides');
    if (overrides !== undefined) limits(overrides, (field, amount, given) => draft.amount(field, amount, given));
    if (defaults !== undefined) limits(new Section(defaults.path, defaults.tree, report), tighterThanLevel(draft));
    const net = section.section('network_policy', 'network');
    if (net !== undefined) network(draft, net);
    const fs = section.section('filesystem_policy', 'filesystem');
    if (fs !== undefined) files(draft, fs);
    permissions(draft, section.section('file_permissions'));
    const sec = section.section('security_policy');
    if (sec !== undefined) security(draft, sec);
    section.rest();
    drafts.push(draft);
  }
  runtimeConfig(outer.section('runtime_config'), settings);
  outer.rest();
  root.rest('It is outside of `security:`.');
  return { drafts, settings };
}

/** Limits for all tasks hold where the task says nothing and its level by itself would grant more. */
function tighterThanLevel(draft: Draft): Put {
  return (field, amount, given) => {
    const shown = { ...given, path: `${given.path} (for ${draft.name})` };
    if (draft.has(field)) return draft.report.ignore(shown, 'The task sets its own.');
    const { kind } = anyField(field);
    const own = FIELDS[field].defaults[draft.level];
    if (amount !== null && Number.isFinite(amount) && kind.looser?.(amount, own) !== true)
      return draft.amount(field, amount, shown);
    draft.report.add(
      shown,
      'approximated',
      `${field}: ${kind.format(own)}`,
      `The level \`${draft.level}\` itself grants less.`,
    );
  };
}
