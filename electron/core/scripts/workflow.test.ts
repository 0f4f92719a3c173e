import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WORKFLOW_LIMITS } from '#shared/domain/workflow.ts';
import { isWorkflowFile, loadOpened, loadWorkflow } from './workflow.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'bellglass-flow-'));
});
afterEach(() => rm(home, { recursive: true }));

async function file(name: string, text: string | Uint8Array): Promise<string> {
  const path = join(home, name);
  await writeFile(path, text);
  return path;
}

it.each([
  ['flow.yaml', 'workflows:\n  w: {}\n', true],
  ['flow.yml', '# first\n"workflows" : {}\n', true],
  ['flow.YAML', 'x-a: 1\nworkflows: {}\n', true],
  ['policy.yaml', 'trust_level: limited\n', false],
  ['nested.yaml', 'a:\n  workflows: {}\n', false],
  ['script.py', 'workflows: {}\n', false],
])('tells a workflow from another file by its name and text: %s (WF-1)', async (name, text, is) => {
  expect(await isWorkflowFile(await file(name, text))).toBe(is);
});

it('is no workflow file when it is not there, or is a folder (WF-1)', async () => {
  await mkdir(join(home, 'folder.yaml'));
  expect(await isWorkflowFile(join(home, 'folder.yaml'))).toBe(false);
  expect(await isWorkflowFile(join(home, 'nothing.yaml'))).toBe(false);
});

const FLOW = `workflows:
  w:
    steps:
      - { run: echo }
      - { script: lib/a.py }
      - { script: lib/a.py }
      - { script: missing.py }
`;

it('reads the scripts that steps name, each once; a missing one is the plan’s to tell (WF-1)', async () => {
  await mkdir(join(home, 'lib'));
  await file('lib/a.py', 'print(1)');
  await file('secret.txt', 'not named');
  expect(await loadWorkflow(await file('flow.yaml', FLOW))).toMatchObject({
    name: 'flow.yaml',
    text: FLOW,
    folder: home,
    files: [{ path: 'lib/a.py', content: btoa('print(1)') }],
  });
});

it('follows no link out of the folder: not of a script, not of a folder on the way (WF-1)', async () => {
  const outside = await mkdtemp(join(tmpdir(), 'bellglass-outside-'));
  await writeFile(join(outside, 'a.py'), 'a key');
  const path = await file('flow.yaml', FLOW);
  await symlink(outside, join(home, 'lib'));
  await expect(loadWorkflow(path)).rejects.toMatchObject({ code: 'input-invalid' });
  await rm(join(home, 'lib'));
  await mkdir(join(home, 'lib'));
  await symlink(join(outside, 'a.py'), join(home, 'lib', 'a.py'));
  await expect(loadWorkflow(path)).rejects.toMatchObject({
    message: 'lib/a.py leads out of the folder of the workflow.',
  });
  await rm(join(home, 'lib', 'a.py'));
  await file('real.py', 'print(2)');
  await symlink(join(home, 'real.py'), join(home, 'lib', 'a.py'));
  expect((await loadWorkflow(path)).files).toMatchObject([{ path: 'lib/a.py', content: btoa('print(2)') }]);
  await rm(outside, { recursive: true });
});

it('refuses what is no text, and what is too large (WF-1, POL-7)', async () => {
  await expect(loadWorkflow(await file('a.yaml', Uint8Array.of(0xff, 0xfe, 0)))).rejects.toMatchObject({
    code: 'input-invalid',
    message: 'a.yaml is no workflow file.',
  });
  await expect(loadWorkflow(await file('b.yaml', 'x'.repeat(WORKFLOW_LIMITS.text + 1)))).rejects.toMatchObject({
    why: 'It has more than 1024 KiB.',
  });
  await expect(loadWorkflow(join(home, 'nothing.yaml'))).rejects.toMatchObject({ code: 'input-invalid' });
});

it('opens a workflow file with its scripts, and a script by itself (WF-1, RUN-1)', async () => {
  await mkdir(join(home, 'lib'));
  await file('lib/a.py', 'print(1)');
  const opened = await loadOpened(await file('flow.yaml', FLOW));
  expect(opened).toMatchObject({ name: 'flow.yaml', entry: 'flow.yaml', folder: home });
  expect(opened.files.map(({ path, content }) => [path, atob(content)])).toEqual([
    ['flow.yaml', FLOW],
    ['lib/a.py', 'print(1)'],
  ]);
  expect((await loadOpened(join(home, 'lib', 'a.py'))).files.map(({ path }) => path)).toEqual(['a.py']);
});
