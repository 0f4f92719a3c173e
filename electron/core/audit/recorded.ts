/** Records the calls of an object in the audit, so that what acts does not know of it (AUD-1). */
import type { AuditEntry } from '#shared/audit/record.ts';
import { AppError } from '#shared/lib/app-error.ts';
import type { AuditLog } from './audit.ts';

export type Told = Omit<AuditEntry, 'outcome'>;

/** What one method's call says of itself; `result` is undefined when it failed. Null leaves it out. */
type Rule<F> = F extends (...args: infer A) => Promise<infer R>
  ? (result: R | undefined, ...args: A) => Told | null
  : never;

export type Rules<T> = { readonly [K in keyof T]?: Rule<T[K]> };

/** Errors as a record names them: by their code, since a message may quote anything. */
export function outcomeOf(failure: unknown): string {
  const code = failure instanceof AppError ? failure.code : 'internal';
  return ['input-invalid', 'policy-invalid', 'plan-refused'].includes(code) ? `refused: ${code}` : `failed: ${code}`;
}

/** The same object; calls that a rule names are recorded with what came of them. */
export function recorded<T extends object>(target: T, audit: AuditLog, rules: Rules<T>): T {
  const named = rules as Readonly<
    Record<PropertyKey, ((result: unknown, ...args: unknown[]) => Told | null) | undefined>
  >;
  const wrapped = new Map<PropertyKey, unknown>();
  const wrap = (key: PropertyKey, method: (...args: unknown[]) => unknown): unknown => {
    const rule = Object.hasOwn(named, key) ? named[key] : undefined;
    if (rule === undefined) return method.bind(target);
    const tell = (outcome: string, result: unknown, args: unknown[]): void => {
      const told = rule(result, ...args);
      if (told !== null) audit.record({ ...told, outcome });
    };
    return async (...args: unknown[]): Promise<unknown> => {
      try {
        const result = await method.apply(target, args);
        tell('done', result, args);
        return result;
      } catch (failure) {
        tell(outcomeOf(failure), undefined, args);
        throw failure;
      }
    };
  };
  return new Proxy(target, {
    get(_, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      if (!wrapped.has(key)) wrapped.set(key, wrap(key, value as (...args: unknown[]) => unknown));
      return wrapped.get(key);
    },
  });
}
