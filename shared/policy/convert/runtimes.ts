/** `policies:` with one entry for each runtime, and `workflows:` with resources for each step (POL-4). Pure. */
import type { FieldPath } from '../../domain/policy.ts';
import { coresPercent, count, dockerBytes, milliseconds, mixedBytes } from './amounts.ts';
import * as container from './container.ts';
import { Draft, levelOf, naming, type Given, type Made, type Report } from './draft.ts';
import { givenOf, Section } from './section.ts';
import type { MapTree } from './source.ts';

const RUNTIME_NAMES: Readonly<Record<string, string>> = {
  python: 'python',
  python3: 'python',
  py: 'python',
  node: 'node',
  nodejs: 'node',
  javascript: 'node',
  js: 'node',
  bash: 'bash',
  sh: 'bash',
  shell: 'bash',
  polyglot: 'polyglot',
};

function runtimeOf(draft: Draft, given: Given): boolean {
  const runtime = RUNTIME_NAMES[given.text.trim().toLowerCase()];
  if (runtime !== undefined) draft.text('image.runtime', runtime, given);
  return runtime !== undefined;
}

/** `policies:` with one entry per runtime. */
export function fromPolicies(tree: MapTree, report: Report): Made {
  const root = new Section('', tree, report);
  const outer = root.section('policies');
  const nameOf = naming();
  const drafts: Draft[] = [];
  for (const { key, path, tree: entry } of outer?.entries() ?? []) {
    if (entry.kind !== 'map') {
      report.refuse(givenOf(path, entry), 'A policy of a runtime is a map.');
      continue;
    }
    const section = new Section(path, entry, report);
    const draft = new Draft(
      nameOf(key),
      levelOf(report, section.text('trust_level')),
      section.text('description')?.text ?? '',
      report,
    );
    runtimeOf(draft, { path, text: key, at: entry.at });
    const text = (names: readonly string[], put: (given: Given) => void): void => {
      const given = section.text(...names);
      if (given !== undefined) put(given);
    };
    text(['image'], (given) => container.image(draft, given));
    text(['memory', 'mem_limit', 'memory_limit'], (given) =>
      draft.amount('resources.memory', dockerBytes(given.text), given),
    );
    text(['cpus', 'cpu', 'cpu_limit'], (given) => draft.amount('resources.cpu', coresPercent(given.text), given));
    text(['pids_limit', 'pids', 'max_processes'], (given) =>
      draft.amount('resources.processes', count(given.text), given),
    );
    text(['timeout', 'timeout_seconds'], (given) => container.timeout(draft, given));
    text(['network', 'network_mode'], (given) => container.networkMode(draft, given));
    text(['user'], (given) => container.user(draft, given));
    text(['workdir', 'working_dir'], (given) => container.workingDir(draft, given));
    const readonly = section.flag('readonly', 'read_only');
    if (readonly !== undefined) container.always(draft, readonly.given, readonly.value, 'a read-only root');
    const privileged = section.flag('privileged');
    if (privileged !== undefined) container.privileged(draft, privileged.given, privileged.value);
    for (const { name, value, given } of section.pairs(/:/, 'tmpfs'))
      container.tmpfsText(draft, {
        ...given,
        text: value === null ? name : `${name}:${/=/.test(value) ? value : `size=${value}`}`,
      });
    for (const given of section.texts('cap_add')) container.capAdd(draft, given);
    for (const given of section.texts('cap_drop')) container.capDrop(draft, given);
    for (const given of section.texts('security_opt')) container.securityOption(draft, given);
    for (const { name, value, given } of section.pairs(/=/, 'env', 'environment'))
      container.environment(draft, name, value, given);
    section.rest();
    drafts.push(draft);
  }
  root.rest('It is outside of `policies:`.');
  return { drafts, settings: [] };
}

function resources(draft: Draft, section: Section | undefined): void {
  if (section === undefined) return;
  const take = (field: FieldPath, read: (text: string) => number | null, ...names: string[]): void => {
    const given = section.text(...names);
    if (given !== undefined) draft.amount(field, read(given.text), given);
  };
  take('resources.cpu', coresPercent, 'cpu_limit', 'cpu', 'cpus');
  take('resources.memory', mixedBytes, 'mem_limit', 'memory_limit', 'memory');
  take('resources.processes', count, 'pids_limit');
  take('resources.wall_time', milliseconds, 'timeout');
  section.skip('What is set aside for a container is not a limit.', 'cpu_request', 'mem_request');
  section.rest();
}

/** `workflows:` with resources per workflow and step: one policy for each step, the workflow's own below it. */
export function fromWorkflows(tree: MapTree, report: Report): Made {
  const root = new Section('', tree, report);
  const outer = root.section('workflows');
  const nameOf = naming();
  const drafts: Draft[] = [];
  for (const { key, path, tree: entry } of outer?.entries() ?? []) {
    if (entry.kind !== 'map') {
      report.refuse(givenOf(path, entry), 'A workflow is a map.');
      continue;
    }
    const workflow = new Section(path, entry, report);
    const shared = workflow.take('resources');
    const own = (): Section | undefined =>
      shared?.tree.kind === 'map' ? new Section(shared.path, shared.tree, report) : undefined;
    const steps = workflow.items('steps');
    if (shared !== undefined && steps.length === 0) {
      const draft = new Draft(nameOf(key), 'untrusted', '', report);
      resources(draft, own());
      drafts.push(draft);
    }
    for (const [index, step] of steps.entries()) {
      if (step.tree.kind !== 'map') {
        report.refuse(givenOf(step.path, step.tree), 'A step is a map.');
        continue;
      }
      const section = new Section(step.path, step.tree, report);
      const id = section.text('id', 'name')?.text ?? String(index + 1);
      const draft = new Draft(nameOf(`${key}-${id}`), 'untrusted', '', report);
      resources(draft, own());
      resources(draft, section.section('resources'));
      const image = section.text('image');
      if (image !== undefined && !runtimeOf(draft, image)) container.image(draft, image);
      const runtime = section.text('runtime');
      if (runtime !== undefined && !runtimeOf(draft, runtime)) report.refuse(runtime, 'There is no such runtime.');
      if (image === undefined && runtime === undefined)
        runtimeOf(draft, { path: `${step.path} (no image)`, text: 'bash', at: step.tree.at });
      container.command(draft, section, 'run.entrypoint', 'entrypoint');
      container.command(draft, section, 'run.command', 'command');
      for (const { name, value, given } of section.pairs(/=/, 'env', 'environment'))
        container.environment(draft, name, value, given);
      const dir = section.text('working_dir');
      if (dir !== undefined) container.workingDir(draft, dir);
      const timeout = section.text('timeout');
      if (timeout !== undefined) container.timeout(draft, timeout);
      section.skip('It is what runs, not what it may do.', 'run', 'script', 'condition', 'needs', 'depends_on');
      section.rest();
      drafts.push(draft);
    }
    workflow.skip('It is not about what a script may do.', 'name', 'description', 'env', 'on');
    workflow.rest();
  }
  root.skip('It is not about what a script may do.', 'version', 'name');
  root.rest('It is outside of `workflows:`.');
  return { drafts, settings: [] };
}
