/** Everything about a launch that can be judged before an engine is asked: sizes, names, bytes (RUN-1, RUN-4). */
import { LAUNCH_LIMITS } from '../contract/runs.ts';
import type { Launch } from '../contract/runs.ts';
import { RUNTIMES } from '../domain/run.ts';
import type { Runtime, Suggestion } from '../domain/run.ts';
import { refuse, size } from './refuse.ts';
import { checkGiven } from '../exchange/check-given.ts';
import { binaryKind, runnableBinary, wideEncoding } from './binary.ts';
import { fromBase64, roughTextOf, textOf, utf8Length } from './bytes.ts';
import { detectRuntime, interpreterOf, parseRuntime } from './detect.ts';
import type { Interpreter } from './detect.ts';
import { showShort } from './display.ts';
import { checkEnvironment } from './environment.ts';
import { checkTree, normalPath } from './paths.ts';

export interface LaunchFile {
  /** Path in the working folder, normalised; any byte but NUL is legal in a name, so show it with `showName`. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly executable: boolean;
}

/** Something to say before the run; the run may start all the same. */
export interface LaunchWarning {
  readonly message: string;
  readonly suggestion?: Suggestion;
}

/** A launch that was checked: decoded, normalised, within {@link LAUNCH_LIMITS}. */
export interface NormalLaunch {
  /** Safe to show. */
  readonly name: string;
  readonly entry: string;
  readonly files: readonly LaunchFile[];
  readonly runtime: Runtime;
  /** `chosen`, `extension .py` or `shebang`. */
  readonly runtimeFrom: string;
  /** What starts the entry; differs from the runtime for `polyglot` only. */
  readonly interpreter: Interpreter;
  /** The entry's text, null when it is a binary that the interpreter can run. */
  readonly script: string | null;
  readonly trust: Launch['trust'];
  readonly policy: string | undefined;
  readonly set: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** Undefined leaves stdin open for the terminal, null closes it. */
  readonly stdin: string | null | undefined;
  /** Undefined: none. Any JSON value otherwise, like `eventMetadata`. */
  readonly input: unknown;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  readonly eventMetadata: unknown;
  readonly tty: boolean;
  /** Its sandbox stays afterwards, sealed. */
  readonly keep: boolean;
  /** What sources of mounts are relative to: the project's folder, else the script's; undefined when neither is known. */
  readonly folder: string | undefined;
  readonly project: Launch['project'];
  readonly warnings: readonly LaunchWarning[];
}

/** A page knows a dropped folder by its name only: that is no place to start from. */
function folderOf(project: Launch['project']): string | undefined {
  return /^((?:[A-Za-z]:)?[/\\].*)[/\\][^/\\]*$/s.exec(project?.path ?? '')?.[1];
}

/**
 * Checks and decodes a launch. Pure; a script's bytes are never changed.
 * @throws AppError `input-invalid` with the next step, for the first thing that is wrong.
 */
export function validateLaunch(launch: Launch): NormalLaunch {
  const files = decodeFiles(launch);
  const entry = normalPath(launch.entry, 'entry');
  const file = files.find((one) => one.path === entry);
  if (!file) {
    refuse(
      `The file to run, ${showShort(entry, 80)}, is not among the files of this launch.`,
      files.length === 0 ? 'The launch has no files.' : `It has ${listed(files.map((one) => one.path))}.`,
      'Choose one of the files as the entry.',
    );
  }
  const { runtime, from } = detect(entry, file.bytes, launch.runtime ?? runtimeSet(launch.set?.['image.runtime']));
  const interpreter = interpreterOf(runtime, entry, file.bytes);
  const warnings: LaunchWarning[] = [];
  const script = checkScript(entry, file.bytes, interpreter, warnings);
  checkArguments(launch.args ?? []);
  checkEnvironment(launch.env ?? {}, launch.secrets ?? {}, warnings);
  checkStdin(launch.stdin);
  const given = { input: launch.input, variables: launch.variables, eventMetadata: launch.eventMetadata };
  checkGiven(
    given,
    files.map((one) => one.path),
  );
  return {
    ...given,
    name: showShort(launch.name.trim() || entry, LAUNCH_LIMITS.name),
    entry,
    files,
    runtime,
    runtimeFrom: from,
    interpreter,
    script,
    trust: launch.trust,
    policy: launch.policy,
    set: launch.set ?? {},
    args: launch.args ?? [],
    env: launch.env ?? {},
    secrets: launch.secrets ?? {},
    stdin: launch.stdin,
    tty: launch.tty ?? false,
    keep: launch.keep ?? false,
    folder: folderOf(launch.project) ?? launch.folder,
    project: launch.project,
    warnings,
  };
}

/** `--set image.runtime=…` chooses a runtime as well as the launch itself. */
function runtimeSet(text: string | undefined): Runtime | undefined {
  if (text === undefined) return undefined;
  const runtime = parseRuntime(text);
  if (!runtime)
    refuse(
      `There is no runtime ${showShort(text, 40)}.`,
      'Bellglass runs Python, Node.js and bash.',
      `Choose one of ${RUNTIMES.join(', ')}.`,
    );
  return runtime;
}

/** A binary is refused as what it is before anybody asks which language it is in. */
function detect(entry: string, bytes: Uint8Array, chosen: Runtime | undefined): { runtime: Runtime; from: string } {
  try {
    return detectRuntime(entry, bytes, chosen);
  } catch (error) {
    checkBytes(entry, bytes, 'python');
    throw error;
  }
}

function decodeFiles(launch: Launch): LaunchFile[] {
  if (launch.files.length > LAUNCH_LIMITS.fileCount) {
    refuse(
      `This launch has ${launch.files.length} files, more than ${LAUNCH_LIMITS.fileCount}.`,
      'All files are sent into the sandbox before the script starts.',
      'Launch a smaller folder: leave out dependencies and build results.',
    );
  }
  // Four characters of base64 are three bytes: refused before anything is decoded.
  const about = launch.files.reduce((sum, file) => sum + Math.floor((file.content.length * 3) / 4) - 2, 0);
  if (about > LAUNCH_LIMITS.files) tooLarge(about);
  const files = launch.files.map((file): LaunchFile => {
    const path = normalPath(file.path, 'file');
    const bytes = fromBase64(file.content);
    if (!bytes)
      refuse(
        `The content of ${showShort(path, 80)} is not valid base64.`,
        'It was cut or changed on its way here.',
        'Open the file again.',
      );
    return { path, bytes, executable: file.executable ?? false };
  });
  const total = files.reduce((sum, file) => sum + file.bytes.length, 0);
  if (total > LAUNCH_LIMITS.files) tooLarge(total);
  checkTree(files.map((file) => file.path));
  return files;
}

function tooLarge(bytes: number): never {
  refuse(
    `This launch is ${size(bytes)}, more than ${size(LAUNCH_LIMITS.files)}.`,
    'All files are sent into the memory of the sandbox before the script starts.',
    'Leave out data that the script does not need, or let it read the rest from stdin.',
  );
}

function checkScript(
  entry: string,
  bytes: Uint8Array,
  interpreter: Interpreter,
  warnings: LaunchWarning[],
): string | null {
  const name = showShort(entry, 80);
  if (runnableBinary(bytes, interpreter)) return null;
  checkBytes(entry, bytes, interpreter);
  const text = textOf(bytes);
  if ((text ?? 'x').replace(/^\ufeff/, '').trim() === '')
    refuse(`${name} is empty.`, 'There is nothing to run in it.', 'Choose another file, or write the script first.');
  if (text === null) {
    warnings.push({
      message: `${name} is not valid UTF-8; ${interpreter === 'python' ? 'Python refuses to read it unless its first lines name the encoding' : 'letters beyond ASCII may come out wrong'}.`,
    });
  }
  if (interpreter === 'bash' && text !== null) {
    if (text.startsWith('\ufeff'))
      warnings.push({
        message: `${name} begins with a byte order mark, which bash takes as part of the first command; save it without (\`sed -i '1s/^\\xef\\xbb\\xbf//' FILE\`).`,
      });
    if (text.includes('\r\n'))
      warnings.push({
        message: `${name} has Windows line ends (CRLF), which bash takes as part of each command; it will most likely fail. Convert it first: \`sed -i 's/\\r$//' FILE\`.`,
      });
  }
  // Bytes that are no UTF-8 must not hide the rest of the script from its reader.
  return text ?? roughTextOf(bytes);
}

/** Refuses what is no text: programs, archives, pictures, wide encodings, NUL bytes. */
function checkBytes(entry: string, bytes: Uint8Array, interpreter: Interpreter): void {
  const name = showShort(entry, 80);
  if (bytes.length === 0)
    refuse(`${name} is empty.`, 'There is nothing to run in it.', 'Choose another file, or write the script first.');
  const wide = wideEncoding(bytes);
  if (wide)
    refuse(
      `${name} is written in ${wide}, which no runtime of ours can read.`,
      'Scripts are read as UTF-8.',
      `Convert it: \`iconv -f ${wide.slice(0, 6)} -t UTF-8 OLD > NEW\`, or save it as UTF-8 in your editor.`,
    );
  const kind = binaryKind(bytes, interpreter);
  if (kind)
    refuse(
      `${name} is no script but ${kind}.`,
      `${label(interpreter)} cannot run that.`,
      'Choose a script; a program that a script starts may lie beside it in a folder.',
    );
  const zero = bytes.indexOf(0);
  if (zero >= 0)
    refuse(
      `${name} has a NUL byte at position ${zero}, so it is no script.`,
      'Text never has one; the file is binary or damaged.',
      'Choose another file, or remove the byte.',
    );
}

function label(interpreter: Interpreter): string {
  return { python: 'Python', node: 'Node.js', bash: 'bash' }[interpreter];
}

function checkArguments(args: readonly string[]): void {
  let total = 0;
  args.forEach((argument, index) => {
    if (argument.includes('\0'))
      refuse(
        `Argument ${index + 1} has a NUL character.`,
        'No program can receive one in an argument.',
        'Remove it, or pass the data over stdin.',
      );
    const length = utf8Length(argument);
    if (length > LAUNCH_LIMITS.argument) {
      refuse(
        `Argument ${index + 1} is ${size(length)}, longer than ${size(LAUNCH_LIMITS.argument + 1)}.`,
        'Linux takes no longer one.',
        'Pass the data over stdin or in a file of the launch.',
      );
    }
    total += length + 1;
  });
  if (total > LAUNCH_LIMITS.arguments) {
    refuse(
      `The arguments take ${size(total)} together, more than ${size(LAUNCH_LIMITS.arguments)}.`,
      'Linux limits what a program is started with.',
      'Pass the data over stdin or in a file of the launch.',
    );
  }
}

function checkStdin(stdin: string | null | undefined): void {
  if (typeof stdin !== 'string') return;
  // A UTF-16 unit is at most three bytes, so a short text needs no measuring.
  if (stdin.length * 3 <= LAUNCH_LIMITS.stdin) return;
  const length = utf8Length(stdin);
  if (length > LAUNCH_LIMITS.stdin) {
    refuse(
      `The stdin of this launch is ${size(length)}, more than ${size(LAUNCH_LIMITS.stdin)}.`,
      'It is kept in memory until the script reads it.',
      'Put the data into a file of the launch, or make it smaller.',
    );
  }
}

function listed(paths: readonly string[]): string {
  const shown = paths.slice(0, 5).map((path) => showShort(path, 60));
  return paths.length > 5 ? `${shown.join(', ')} and ${paths.length - 5} more` : shown.join(', ');
}
