/** Takes secrets out of what goes to the log (AUD-5). Pure. */

const SECRET_KEY = /token|password|passwd|secret|authorization|cookie|credential|api[-_]?key|private[-_]?key/i;
/** Values of these hold anything a person typed; only their names are kept. */
const NAMES_ONLY = /^(env|environment|secrets|stdin)$/i;
const HIDDEN = '[redacted]';
const LONGEST = 8 * 1024;
const DEEPEST = 6;

const IN_TEXT: readonly [RegExp, string][] = [
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${HIDDEN}`],
  [/(\/\/[^\s/:@]+):[^\s/@]+@/g, `$1:${HIDDEN}@`],
  [/\b([\w-]*(?:token|password|passwd|secret|api[-_]?key)[\w-]*["']?\s*[=:]\s*["']?)[^\s"'&,;}]+/gi, `$1${HIDDEN}`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, HIDDEN],
];

/** A text without what looks like a secret, at most 8 KiB long. */
export function redactText(text: string): string {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length} characters)` : text;
  return IN_TEXT.reduce((safe, [pattern, replacement]) => safe.replace(pattern, replacement), short);
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactText(value);
  if (value instanceof Error) return redactText(value.stack ?? value.message);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEEPEST) return '[deep]';
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => redactValue(item, depth + 1));
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  return redactFields(value as Readonly<Record<string, unknown>>, depth + 1);
}

/** Fields without secrets: by their key, and by what their text looks like. */
export function redactFields(fields: Readonly<Record<string, unknown>>, depth = 0): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => {
      if (SECRET_KEY.test(key)) return [key, HIDDEN];
      if (NAMES_ONLY.test(key)) {
        return [key, typeof value === 'object' && value !== null ? Object.keys(value) : HIDDEN];
      }
      return [key, redactValue(value, depth)];
    }),
  );
}
