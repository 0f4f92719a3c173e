/** `bellglass project …`: a project file counts once its content is approved; until then it only tightens (POL-3). */
import { createHash } from 'node:crypto';
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { findProject, PROJECT_FILE } from '#core/scripts/project.ts';
import type { Launch } from '#shared/contract/runs.ts';
import { AppError } from '#shared/lib/app-error.ts';
import { readPolicy } from '#shared/policy/document/read.ts';
import { EXIT } from '../exit-codes.ts';
import { printJson, type Outputs } from '../messages.ts';
import { openCore } from '../open-core.ts';
import { oneLine } from '../output.ts';
import type { World } from '../world.ts';

interface ProjectOptions {
  readonly json?: boolean;
}

/** `path` is the file itself, a script or a folder. */
async function projectOf(path: string): Promise<NonNullable<Launch['project']>> {
  const full = resolve(path);
  const found = await stat(full).catch(() => null);
  const own = basename(full) === PROJECT_FILE;
  if (found !== null || own) {
    const folder = own ? dirname(full) : found?.isDirectory() ? full : dirname(await realpath(full));
    const project = await findProject(folder).catch((failure: unknown) => {
      if (failure instanceof AppError) throw failure;
      return null;
    });
    if (project !== null) return project;
  }
  throw new AppError({
    code: 'input-invalid',
    message: `${path} has no project file.`,
    why: `There is no ${PROJECT_FILE} beside it or above it.`,
    next: `Give the path of a ${PROJECT_FILE}, a script or a folder.`,
  });
}

async function approve(
  world: World,
  outputs: Outputs,
  path: string,
  { json = false }: ProjectOptions,
): Promise<number> {
  const project = await projectOf(path);
  const { problems } = readPolicy(project.path, 'bellglass', project.text);
  const error = problems.find(({ severity }) => severity === 'error');
  if (error)
    throw new AppError({
      code: 'policy-invalid',
      message: `${error.file}:${error.line}:${error.column}: ${error.message}`,
      why: 'A broken file cannot be approved: what it asks for is unknown.',
      next: error.fix,
    });
  const hash = createHash('sha256').update(project.text).digest('hex');
  const opened = await openCore(world, 'bellglass project');
  const { core } = opened;
  try {
    await core.policies.approveProject(project.path, hash);
  } finally {
    await opened.close();
  }
  if (json) await printJson(outputs.stdout, { path: project.path, hash, approved: true });
  else {
    const lines = project.text.trimEnd().split('\n');
    await outputs.stdout.write(`${lines.map((line) => `  ${indented(line)}`).join('\n')}\n`);
    await outputs.stderr.write(
      `Approved: ${oneLine(project.path)} with this content. Any change needs a new approval.\n`,
    );
  }
  return EXIT.ok;
}

/** The line with its indentation and nothing that moves a cursor. */
function indented(line: string): string {
  return `${/^ */.exec(line)?.[0] ?? ''}${oneLine(line)}`;
}

async function revoke(world: World, outputs: Outputs, path: string, { json = false }: ProjectOptions): Promise<number> {
  const opened = await openCore(world, 'bellglass project');
  const { core } = opened;
  try {
    // The file may be gone, so a path that was approved counts as it is.
    const known = core.policies.approvals().find((one) => one.path === path || one.path === resolve(path));
    const target = known?.path ?? (await projectOf(path)).path;
    await core.policies.revokeProject(target);
    if (json) await printJson(outputs.stdout, { path: target, approved: false });
    else await outputs.stderr.write(`No longer approved: ${oneLine(target)}.\n`);
  } finally {
    await opened.close();
  }
  return EXIT.ok;
}

async function list(world: World, outputs: Outputs, { json = false }: ProjectOptions): Promise<number> {
  const opened = await openCore(world, 'bellglass project');
  const { core } = opened;
  try {
    const approvals = core.policies.approvals();
    if (approvals.length === 0 && !json) await outputs.stderr.write('Nothing is approved.\n');
    for (const approval of approvals)
      if (json) await printJson(outputs.stdout, approval);
      else
        await outputs.stdout.write(
          `${new Date(approval.at).toISOString()}  ${approval.hash.slice(0, 12)}  ${oneLine(approval.path)}\n`,
        );
  } finally {
    await opened.close();
  }
  return EXIT.ok;
}

/** Registers the commands. */
export function projectCommands(program: Command, world: World, outputs: Outputs, done: (code: number) => void): void {
  const project = program
    .command('project')
    .summary('approve project files')
    .description(`A ${PROJECT_FILE} beside a script, or above it, only tightens until you approve its content.`);
  project
    .command('approve')
    .summary('let a project file count as it is now')
    .argument('<path>', `a ${PROJECT_FILE}, a script or a folder`)
    .option('--json', 'print {"path": …, "hash": …}')
    .action(async (path: string, options: ProjectOptions) => done(await approve(world, outputs, path, options)));
  project
    .command('revoke')
    .summary('let it only tighten again')
    .argument('<path>', `a ${PROJECT_FILE}, a workflow file, a script or a folder`)
    .option('--json', 'print {"path": …}')
    .action(async (path: string, options: ProjectOptions) => done(await revoke(world, outputs, path, options)));
  project
    .command('list')
    .summary('what is approved')
    .option('--json', 'print one JSON object per line')
    .action(async (options: ProjectOptions) => done(await list(world, outputs, options)));
}
