/** Reads a workflow file and the scripts that its steps name from disk; nothing outside of its folder (WF-1). */
import { open, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { WorkflowLaunch } from '#shared/contract/workflows.ts';
import { WORKFLOW_LIMITS } from '#shared/domain/workflow.ts';
import { AppError } from '#shared/lib/app-error.ts';
import { fromBase64, textOf, toBase64, utf8 } from '#shared/script/bytes.ts';
import { showName, showShort } from '#shared/script/display.ts';
import { readWorkflows } from '#shared/workflow/read.ts';
import { loadLaunch, type LoadedLaunch } from './load.ts';

export type LoadedWorkflow = Pick<WorkflowLaunch, 'name' | 'text' | 'project'> &
  Required<Pick<WorkflowLaunch, 'files' | 'folder'>>;

/** Bytes of a file that are looked at to tell a workflow from another YAML file. */
const LOOKED = 256 * 1024;

/** A YAML file with `workflows:` at the start of a line. False for what cannot be read. */
export async function isWorkflowFile(path: string): Promise<boolean> {
  if (!/\.ya?ml$/i.test(path)) return false;
  try {
    await using file = await open(path);
    if (!(await file.stat()).isFile()) return false;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LOOKED), 0, LOOKED, 0);
    return /^["']?workflows["']?[ \t]*:/m.test(buffer.subarray(0, bytesRead).toString('utf8'));
  } catch {
    return false;
  }
}

/** Absent when it is not there: the plan says so at its place in the file. */
async function scriptOf(folder: string, path: string): Promise<WorkflowLaunch['files']> {
  const real = await realpath(join(folder, path)).catch(() => null);
  if (real === null) return [];
  // A link of a downloaded folder must not carry another file into a sandbox.
  if (!real.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`))
    throw new AppError({
      code: 'input-invalid',
      message: `${showShort(path, 80)} leads out of the folder of the workflow.`,
      why: 'It is a link, or lies below one.',
      next: 'Put the script itself beside the workflow file.',
    });
  const { files } = await loadLaunch(real);
  return files.slice(0, 1).map((file) => ({ ...file, path }));
}

/** Throws AppError `input-invalid` for a file that cannot be read; its mistakes are the plan's to tell. */
export async function loadWorkflow(path: string): Promise<LoadedWorkflow> {
  const { name, files, folder, project } = await loadLaunch(path);
  const bytes = fromBase64(files[0]?.content ?? '');
  const text = bytes === null || files.length !== 1 ? null : textOf(bytes);
  if (text === null || (bytes?.length ?? 0) > WORKFLOW_LIMITS.text)
    throw new AppError({
      code: 'input-invalid',
      message: `${showName(name)} is no workflow file.`,
      why:
        text === null
          ? 'A workflow is one file with UTF-8 text.'
          : `It has more than ${WORKFLOW_LIMITS.text / 1024} KiB.`,
      next: 'Give a YAML file that begins with `workflows:`.',
    });
  const named = new Set(
    [...readWorkflows(name, text).workflows.values()].flatMap(({ steps }) => steps.map(({ script }) => script)),
  );
  const scripts: NonNullable<WorkflowLaunch['files']> = [];
  for (const script of named) if (script !== null) scripts.push(...((await scriptOf(folder, script)) ?? []));
  return { name, text, folder, files: scripts, ...(project !== undefined && { project }) };
}

/** What the app is asked to open: a script, a folder, or a workflow file with the scripts that its steps name. */
export async function loadOpened(path: string): Promise<LoadedLaunch> {
  if (!(await isWorkflowFile(path))) return await loadLaunch(path);
  const { name, text, files, folder, project } = await loadWorkflow(path);
  const own = { path: name, content: toBase64(utf8(text)) };
  return { name, entry: name, files: [own, ...files], folder, notes: [], ...(project !== undefined && { project }) };
}
