/** Which paths out of a sandbox may ever become paths elsewhere. Pure; the same answer on every system. */
import { TAKEN_LIMITS, type LeftReason } from '../domain/exchange.ts';
import { utf8Length } from '../script/bytes.ts';

/** Names that Windows gives to devices, whatever comes after a dot. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;
/** Control, format and separator characters, lone halves, private signs for bytes that are no text, and what Windows refuses. */
const REFUSED = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\ufffd\\:*?"<>|]/u;

function badName(name: string): boolean {
  return (
    name === '' ||
    name === '.' ||
    name === '..' ||
    REFUSED.test(name) ||
    DEVICE.test(name) ||
    /[. ]$/.test(name) ||
    utf8Length(name) > TAKEN_LIMITS.name
  );
}

/** The names of a path, or why it lands nowhere. A folder's `/` at the end is allowed. */
export function landing(path: string): { readonly names: readonly string[] } | { readonly reason: LeftReason } {
  if (path.length > 4 * TAKEN_LIMITS.path) return { reason: 'name' };
  const names = path.replace(/\/$/, '').split('/');
  if (names.length > TAKEN_LIMITS.depth) return { reason: 'deep' };
  if (utf8Length(path) > TAKEN_LIMITS.path || names.some(badName)) return { reason: 'name' };
  return { names };
}

/** What two names have in common that some file systems cannot tell apart. */
export function folded(path: string): string {
  return path.normalize('NFC').toLowerCase().toUpperCase();
}
