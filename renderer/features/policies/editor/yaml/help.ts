/** What the field table knows, as completion and hover help of the YAML editor. Pure. */
import { NETWORK_MODES, TRUST_LEVELS } from '#shared/domain/policy.ts';
import { anyField, FIELD_PATHS, isFieldPath, isListPath } from '#shared/policy/fields.ts';
import type { Place } from './place.ts';

export interface Offer {
  readonly label: string;
  /** Text to insert. */
  readonly apply: string;
  readonly detail: string;
  readonly info: string;
}

const TOP: Readonly<Record<string, string>> = {
  trust_level: 'Level that the policy starts from: untrusted, limited, trusted or system.',
  description: 'What the policy is for, in one sentence.',
};

const plain = (text: string): string => text.replaceAll('`', '');

function keysUnder(above: readonly string[]): Offer[] {
  const prefix = above.length === 0 ? '' : `${above.join('.')}.`;
  const next = new Map<string, string[]>();
  for (const path of FIELD_PATHS) {
    if (!path.startsWith(prefix)) continue;
    const [key = ''] = path.slice(prefix.length).split('.');
    next.set(key, [...(next.get(key) ?? []), path]);
  }
  const offers = [...next].map(([key, paths]): Offer => {
    const path = `${prefix}${key}`;
    if (!isFieldPath(path))
      return {
        label: key,
        apply: `${key}:\n${'  '.repeat(above.length + 1)}`,
        detail: `${paths.length} settings`,
        info: '',
      };
    const { label, help, kind, defaults } = anyField(path);
    return {
      label: key,
      apply: `${key}: `,
      detail: label,
      info: `${plain(help)} untrusted gives ${kind.format(defaults.untrusted)}.`,
    };
  });
  const top = above.length === 0 ? Object.entries(TOP) : [];
  return [...top.map(([key, info]): Offer => ({ label: key, apply: `${key}: `, detail: '', info })), ...offers];
}

function valuesOf(path: string): Offer[] {
  const word = (label: string, detail = '', info = ''): Offer => ({ label, apply: label, detail, info });
  if (path === 'trust_level') return TRUST_LEVELS.map((level) => word(level));
  if (path === 'network.mode') return NETWORK_MODES.map((mode) => word(mode));
  if (!isFieldPath(path)) return [];
  const { kind, defaults } = anyField(path);
  if (kind.choices) return kind.choices.map((choice) => word(choice));
  if (kind.name === 'list' || kind.name === 'map') return [];
  const given = new Map<string, string[]>();
  for (const level of TRUST_LEVELS) {
    const text = kind.format(defaults[level]);
    given.set(text, [...(given.get(text) ?? []), level]);
  }
  return [...given].map(([text, levels]) => word(text, `as ${levels.join(', ')}`));
}

/** What may be written at a place. */
export function offersAt({ above, key, part }: Place): Offer[] {
  if (part === 'key') {
    const path = above.join('.');
    if (isListPath(path))
      return ['add', 'remove'].map((verb) => ({
        label: verb,
        apply: `${verb}:\n${'  '.repeat(above.length + 1)}- `,
        detail: '',
        info: verb === 'add' ? 'Entries added to the list below.' : 'Entries taken from the list below.',
      }));
    return keysUnder(above);
  }
  return part === 'value' && key !== null ? valuesOf([...above, key].join('.')) : [];
}

/** The word is written out: nothing is offered for it any more, so that Enter begins a new line. */
export function isWritten(offers: readonly Offer[], typed: string): boolean {
  return offers.some(({ label }) => label === typed.trim());
}

/** What hovering a key says: name, help, and what every level gives; null for what is no setting. */
export function helpAt({ above, key }: Place): { title: string; text: string; levels: string } | null {
  if (key === null) return null;
  const path = [...above, key].join('.');
  if (above.length === 0 && Object.hasOwn(TOP, key)) return { title: key, text: TOP[key] ?? '', levels: '' };
  if (!isFieldPath(path)) return null;
  const { label, help, kind, defaults } = anyField(path);
  const levels = TRUST_LEVELS.map((level) => `${level} ${kind.format(defaults[level])}`).join(' · ');
  return { title: `${label} (${path})`, text: plain(help), levels };
}
