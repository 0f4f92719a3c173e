/** The closed taxonomy of error codes (ENG-7). A code is stable: scripts and tests may switch on it. */
export const ERROR_CODES = [
  'engine-unreachable',
  'engine-unsupported',
  'image-pull',
  'image-build',
  'image-unsupported',
  'container-create',
  'container-start',
  'policy-invalid',
  'plan-refused',
  'input-invalid',
  'network-unavailable',
  'storage',
  'auth',
  'internal',
] as const;

/** One of {@link ERROR_CODES}. */
export type ErrorCode = (typeof ERROR_CODES)[number];

/** What every error carries, in this order of use: what happened, why, what to do now. */
export interface AppErrorData {
  readonly code: ErrorCode;
  /** One plain sentence: what happened. */
  readonly message: string;
  /** The likely cause, in one sentence. */
  readonly why?: string | undefined;
  /** The next step for the person, in one sentence. */
  readonly next?: string | undefined;
  /** Raw text for a bug report (an engine's message, a path); never shown as the message. */
  readonly details?: string | undefined;
}

/** An error that a person may see. Thrown inside one process; crosses a boundary as {@link AppErrorData}. */
export class AppError extends Error implements AppErrorData {
  readonly code: ErrorCode;
  readonly why: string | undefined;
  readonly next: string | undefined;
  readonly details: string | undefined;

  constructor(data: AppErrorData, options?: { cause?: unknown }) {
    super(data.message, options);
    this.name = 'AppError';
    this.code = data.code;
    this.why = data.why;
    this.next = data.next;
    this.details = data.details;
  }

  toData(): AppErrorData {
    return { code: this.code, message: this.message, why: this.why, next: this.next, details: this.details };
  }
}

/** Turns anything thrown into an {@link AppError}; an unknown error becomes `internal` with its text as details. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return new AppError(
    {
      code: 'internal',
      message: 'Bellglass met an error that it does not know.',
      why: text,
      next: 'Try again; if it happens twice, send the output of `bellglass doctor --bundle`.',
      details: thrown instanceof Error ? thrown.stack : text,
    },
    { cause: thrown },
  );
}
