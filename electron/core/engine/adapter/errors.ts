/** Turns what an engine answers into one of our errors (ENG-7): by operation and status first, by its words last. Pure. */
import { AppError, type AppErrorData } from '#shared/lib/app-error.ts';

/** What was asked of the engine when it failed. */
export type Operation =
  | 'connect'
  | 'create'
  | 'start'
  | 'exec'
  | 'attach'
  | 'inspect'
  | 'update'
  | 'control'
  | 'remove'
  | 'stats'
  | 'events'
  | 'image'
  | 'build'
  | 'import'
  | 'pull';

/** The failure, taken apart from whatever the client library threw. */
export interface Failure {
  /** HTTP status of the answer; null when there was none. */
  readonly status: number | null;
  /** `ENOENT`, `ECONNREFUSED` …; null when the engine answered. */
  readonly errno: string | null;
  /** The engine's own words. */
  readonly text: string;
}

/** What the operation was about, for the sentence: an image, a name, an address. */
export interface Subject {
  readonly address: string;
  readonly image?: string | undefined;
  readonly name?: string | undefined;
}

const START_ENGINE = 'Start the engine, or let Bellglass start one of its own in Settings.';

function unreachable(failure: Failure, subject: Subject): AppErrorData {
  const message = `No container engine answers at ${subject.address}.`;
  const common = { code: 'engine-unreachable', message } as const;
  switch (failure.errno) {
    case 'ENOENT':
      return { ...common, why: 'There is no socket: the engine is not running.', next: START_ENGINE };
    case 'ECONNREFUSED':
      return {
        ...common,
        why: 'A socket is there but nobody listens on it: the engine has stopped.',
        next: START_ENGINE,
      };
    case 'EACCES':
    case 'EPERM':
      return {
        ...common,
        message: `Bellglass may not use the engine at ${subject.address}.`,
        why: 'Your user has no permission for its socket.',
        next: 'Add your user to the group `docker` and log in again, or use a rootless engine.',
      };
    case 'ETIMEDOUT':
      return { ...common, why: 'It took the connection but gave no answer in time.', next: 'Restart the engine.' };
    default:
      return { ...common, why: 'The connection broke.', next: START_ENGINE };
  }
}

interface Rule {
  readonly operations: readonly Operation[];
  readonly status?: number;
  readonly text?: RegExp;
  readonly error: (subject: Subject) => AppErrorData;
}

const CONTAINER_OPERATIONS: readonly Operation[] = [
  'start',
  'exec',
  'attach',
  'inspect',
  'update',
  'control',
  'remove',
  'stats',
];

/** First match wins. Rules without a pattern stand after the ones with it, per operation and status. */
const RULES: readonly Rule[] = [
  {
    operations: ['create', 'start', 'exec', 'build', 'import', 'pull'],
    text: /no space left on device|disk quota exceeded/i,
    error: () => ({
      code: 'storage',
      message: 'The disk of the container engine is full.',
      why: 'The engine could not write its files.',
      next: 'Free some space on that disk, for example with `docker system prune`, then try again.',
    }),
  },
  {
    operations: ['create', 'start'],
    text: /seccomp/i,
    error: () => ({
      code: 'container-create',
      message: 'The engine did not accept the seccomp profile.',
      why: 'Its version may not know a rule of the profile.',
      next: 'Update the engine, or choose the other profile in the policy.',
    }),
  },
  {
    operations: ['create'],
    text: /unknown (or invalid )?runtime|runtime .* (not found|is not installed)|invalid runtime|no default OCI runtime/i,
    error: () => ({
      code: 'container-create',
      message: 'The engine does not have the OCI runtime that the policy asks for.',
      why: 'It is not installed or not registered with the engine.',
      next: 'Set `security.oci_runtime` to one that the doctor page lists.',
    }),
  },
  {
    operations: ['create', 'start', 'update'],
    text: /minimum memory limit|memory limit could be too low/i,
    error: () => ({
      code: 'container-create',
      message: 'The memory limit is too small for a sandbox.',
      why: 'The engine needs a few megabytes to start anything.',
      next: 'Raise `resources.memory` to 16 MiB or more.',
    }),
  },
  {
    operations: ['pull'],
    text: /invalid reference format/i,
    error: (subject) => ({
      code: 'input-invalid',
      message: `"${subject.image ?? ''}" is no name of an image.`,
      why: 'A name has lower-case letters, digits and . _ - / : only.',
      next: 'Correct the name.',
    }),
  },
  {
    operations: ['create'],
    status: 404,
    error: (subject) => ({
      code: 'image-unsupported',
      message: `The image ${subject.image ?? ''} is not there.`.replace('  ', ' '),
      why: 'It was never built or was deleted in the meantime.',
      next: 'Build the images again in Settings.',
    }),
  },
  {
    operations: ['create'],
    text: /no such image|image not known/i,
    error: (subject) => ({
      code: 'image-unsupported',
      message: `The image ${subject.image ?? ''} is not there.`.replace('  ', ' '),
      why: 'It was never built or was deleted in the meantime.',
      next: 'Build the images again in Settings.',
    }),
  },
  {
    operations: ['create'],
    text: /already in use/i,
    error: (subject) => ({
      code: 'container-create',
      message: `A container named ${subject.name ?? 'like this'} exists already.`,
      why: 'An earlier one was not removed.',
      next: 'Try again: a new run gets a new name.',
    }),
  },
  {
    operations: ['create'],
    error: () => ({
      code: 'container-create',
      message: 'The engine could not create the sandbox.',
      why: 'It refused one of the options.',
      next: 'Look at the details; the doctor page shows what this engine supports.',
    }),
  },
  {
    operations: ['exec', 'start'],
    text: /executable file not found|no such file or directory|command not found/i,
    error: () => ({
      code: 'container-start',
      message: 'The program to start is not in the image.',
      why: 'The image is incomplete or for another runtime.',
      next: 'Build the images again, or choose another runtime.',
    }),
  },
  {
    operations: ['exec', 'start'],
    text: /permission denied/i,
    error: () => ({
      code: 'container-start',
      message: 'The program in the image may not be started.',
      why: 'It is not executable for the user of the script.',
      next: 'Build the images again, or choose another image.',
    }),
  },
  {
    operations: ['control'],
    text: /not paused/i,
    error: () => ({
      code: 'container-start',
      message: 'The sandbox is not paused.',
      why: 'It was resumed before.',
      next: 'Nothing needs to be done.',
    }),
  },
  {
    operations: ['exec', 'attach', 'control', 'update'],
    text: /paused/i,
    error: () => ({
      code: 'container-start',
      message: 'The sandbox is paused.',
      why: 'The engine does nothing in a paused container.',
      next: 'Resume the run first.',
    }),
  },
  {
    operations: ['exec', 'attach', 'control', 'update', 'stats'],
    text: /not running|container state improper|is stopped|can only .* running/i,
    error: () => ({
      code: 'container-start',
      message: 'The sandbox is not running any more.',
      why: 'It ended or was stopped by somebody else.',
      next: 'Start the run again.',
    }),
  },
  {
    operations: CONTAINER_OPERATIONS,
    status: 404,
    error: () => ({
      code: 'container-start',
      message: 'The sandbox is gone.',
      why: 'It was removed by somebody else.',
      next: 'Start the run again.',
    }),
  },
  {
    operations: ['update'],
    error: () => ({
      code: 'container-start',
      message: 'The engine could not change the limits.',
      why: 'It refuses them for a running container.',
      next: 'Start the run again with the new limits.',
    }),
  },
  {
    operations: CONTAINER_OPERATIONS,
    error: () => ({
      code: 'container-start',
      message: 'The engine could not run the sandbox.',
      why: 'It met an error of its own.',
      next: 'Look at the details; the self-check on the doctor page shows whether sandboxes work here.',
    }),
  },
  {
    operations: ['pull'],
    text: /not found|manifest unknown|does not exist|denied/i,
    error: (subject) => ({
      code: 'image-pull',
      message: `The registry does not have the image ${subject.image ?? ''}.`.replace(' .', '.'),
      why: 'The name is wrong, or it needs a login.',
      next: 'Check the name, or log in with `docker login`.',
    }),
  },
  {
    operations: ['pull'],
    error: (subject) => ({
      code: 'image-pull',
      message: `The image ${subject.image ?? ''} could not be fetched.`.replace('  ', ' '),
      why: 'The registry cannot be reached from the engine.',
      next: 'Check the network of the engine, then try again.',
    }),
  },
  {
    operations: ['build', 'import'],
    error: (subject) => ({
      code: 'image-build',
      message: `The image ${subject.image ?? ''} could not be built.`.replace('  ', ' '),
      why: 'A build step failed.',
      next: 'Look at the build log, then build again.',
    }),
  },
  {
    operations: ['image'],
    status: 409,
    error: (subject) => ({
      code: 'image-unsupported',
      message: `The image ${subject.image ?? ''} is in use.`.replace('  ', ' '),
      why: 'A container still needs it.',
      next: 'Stop the runs that use it first.',
    }),
  },
  {
    operations: ['image'],
    error: (subject) => ({
      code: 'image-unsupported',
      message: `The engine could not handle the image ${subject.image ?? ''}.`.replace(' .', '.'),
      why: 'It is missing or damaged.',
      next: 'Build the images again in Settings.',
    }),
  },
];

function tooOld(text: string): boolean {
  return /client version .* is too new|maximum supported API version/i.test(text);
}

/** The one classifier. The engine's own words are kept as details. */
export function classify(operation: Operation, failure: Failure, subject: Subject): AppError {
  const details = failure.text;
  if (failure.errno !== null) return new AppError({ ...unreachable(failure, subject), details }, { cause: failure });
  if (tooOld(failure.text)) {
    return new AppError({
      code: 'engine-unsupported',
      message: `The engine at ${subject.address} is too old.`,
      why: 'Bellglass needs API version 1.41 (Docker 20.10) or newer.',
      next: 'Update the engine.',
      details,
    });
  }
  const rule = RULES.find(
    (rule) =>
      rule.operations.includes(operation) &&
      (rule.status === undefined || rule.status === failure.status) &&
      (rule.text === undefined || rule.text.test(failure.text)),
  );
  if (rule) return new AppError({ ...rule.error(subject), details }, { cause: failure });
  return new AppError({
    code: 'engine-unreachable',
    message: `The engine at ${subject.address} answered with an error.`,
    why: 'It is starting, stopping or damaged.',
    next: 'Try again; if it happens twice, restart the engine.',
    details,
  });
}

function field(thrown: object, name: string): unknown {
  return (thrown as Record<string, unknown>)[name];
}

/** Reads status, errno and words out of anything the client library throws. */
export function toFailure(thrown: unknown): Failure {
  if (typeof thrown !== 'object' || thrown === null) return { status: null, errno: null, text: String(thrown) };
  const status = field(thrown, 'statusCode');
  const code = field(thrown, 'code');
  const json = field(thrown, 'json');
  const answered =
    typeof json === 'object' && json !== null ? (field(json, 'message') ?? field(json, 'cause')) : undefined;
  const message = thrown instanceof Error ? thrown.message : JSON.stringify(thrown);
  return {
    status: typeof status === 'number' ? status : null,
    errno: typeof status !== 'number' && typeof code === 'string' ? code : null,
    text: (typeof answered === 'string' ? answered : message).trim(),
  };
}
