import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { placeAt } from './place.ts';

const TEXT = `# a comment: not a key
trust_level: limited
resources:
  memory: 192 MiB
  on_breach:
    output: drop
network:
  mode: restricted
  allow:
    - api.example:443
    - 
files:
`;

const at = (part: string, offset = part.length): ReturnType<typeof placeAt> =>
  placeAt(TEXT, TEXT.indexOf(part) + offset);

describe('the place in a text', () => {
  test('knows the keys above a value, across a sibling group', () => {
    expect(at('output: dr')).toMatchObject({
      above: ['resources', 'on_breach'],
      key: 'output',
      part: 'value',
      typed: 'dr',
    });
    expect(at('mode: re')).toMatchObject({ above: ['network'], key: 'mode', part: 'value', typed: 're' });
  });

  test('knows a key that is being typed and where it begins', () => {
    const place = at('memory', 3);
    expect(place).toMatchObject({ above: ['resources'], key: 'memory', part: 'key', typed: 'mem' });
    expect(TEXT.slice(place.from, place.from + 3)).toBe('mem');
  });

  test('knows the list that an entry belongs to, also while it is empty', () => {
    expect(at('- api.ex')).toMatchObject({ above: ['network', 'allow'], part: 'item', typed: 'api.ex' });
    expect(at('    - \n', 6)).toMatchObject({ above: ['network', 'allow'], part: 'item', typed: '' });
  });

  test('takes a comment for no key', () => {
    expect(at('trust_level: li')).toMatchObject({ above: [], key: 'trust_level' });
  });

  test('takes the last word of a list in one line', () => {
    expect(placeAt('network: { mode: full }\nx: [a, bc', 33)).toMatchObject({ key: 'x', part: 'value', typed: 'bc' });
  });
});

test('says where any position of any text is without failing, and never beyond it', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', ':', ' ', '\n', '-', '#', '[', '"') }),
      fc.nat(60),
      (text, cut) => {
        const position = Math.min(cut, text.length);
        const { from, typed } = placeAt(text, position);
        expect(from).toBeLessThanOrEqual(position);
        expect(text.slice(from, position)).toBe(typed);
      },
    ),
    { numRuns: 200 },
  );
});
