/** Names of hosts in the one form in which rules and questions are compared (NET-2). */
import { encodeLabel } from './punycode.ts';

const NAME_MAX = 253;
const LABEL_MAX = 63;
/** Underscores are no host names by the letter, but services use them. */
const LABEL = /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?$/;
/** Letters, marks, digits and hyphens of any script. */
const FOREIGN = /^[\p{L}\p{M}\p{N}-]+$/u;

/**
 * Lower case, ASCII (`xn--…`), no dot at the end; null for what is no name: empty, longer than 253 characters, a label
 * that is empty, longer than 63 or of other characters, or anything that looks like an address.
 */
export function normalName(text: string): string | null {
  if (text.length > 4 * NAME_MAX) return null;
  const plain = text
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFKC')
    .replace(/[。．｡]/g, '.')
    .replace(/\.$/, '');
  const labels = plain.split('.').map((label) => {
    // oxlint-disable-next-line no-control-regex
    if (/^[\x00-\x7f]*$/.test(label)) return label;
    return FOREIGN.test(label) && label.length <= LABEL_MAX ? `xn--${encodeLabel(label)}` : '';
  });
  const name = labels.join('.');
  if (name.length === 0 || name.length > NAME_MAX) return null;
  if (!labels.every((label) => label.length <= LABEL_MAX && LABEL.test(label))) return null;
  // Libraries read such a name as an address: 1.2.3, 0x7f.1, 2130706433.
  return /^(\d+|0x[0-9a-f]*)$/.test(labels.at(-1)!) ? null : name;
}

/** `*.example.org` covers `a.example.org` and `a.b.example.org`, but neither `example.org` nor `evilexample.org`. */
export function underSuffix(name: string, suffix: string): boolean {
  return name.length > suffix.length + 1 && name.endsWith(`.${suffix}`);
}
