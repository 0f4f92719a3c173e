import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toAppError } from '../../lib/app-error.ts';
import { normalName } from './name.ts';
import { coversPort, parseRule } from './rule.ts';
import { rules } from './kind.ts';

const problem = (text: string) => {
  try {
    parseRule(text);
  } catch (failure) {
    return toAppError(failure);
  }
  throw new Error(`${text} was read`);
};

describe('network rules', () => {
  it.each([
    ['api.prices.example', 'api.prices.example'],
    ['API.Prices.Example.', 'api.prices.example'],
    ['*.cdn.example:443,8443', '*.cdn.example:443,8443'],
    ['host:8443,443-445,444', 'host:443-445,8443'],
    ['host:8000-8010/tcp', 'host:8000-8010'],
    ['host:53/UDP', 'host:53/udp'],
    ['host:*', 'host:*'],
    ['192.0.2.77/24:8080/tcp', '192.0.2.0/24:8080'],
    ['192.0.2.7/32', '192.0.2.7'],
    ['0.0.0.0/0:443', '0.0.0.0/0:443'],
    ['[2001:DB8::/32]:443', '[2001:db8::/32]:443'],
    ['[::ffff:192.0.2.1]:443', '192.0.2.1:443'],
    ['_dns.service_a.example', '_dns.service_a.example'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['*.BÜCHER.example:80', '*.xn--bcher-kva.example:80'],
  ])('reads %s as %s (POL-4, NET-2)', (given, text) => {
    expect(parseRule(given).text).toBe(text);
    expect(parseRule(text).text).toBe(text);
  });

  it('means 443 and 80 over TCP without ports, and nothing else (POL-4)', () => {
    const rule = parseRule('api.example');
    const open = [1, 22, 79, 80, 81, 442, 443, 444, 8080].filter((port) => coversPort(rule, port, 'tcp'));
    expect(open).toEqual([80, 443]);
    expect(coversPort(rule, 443, 'udp')).toBe(false);
  });

  it.each([
    ['', 'Write it like'],
    ['host:0', '`:*`'],
    ['host:65536', '65535'],
    ['host:http', '`443`'],
    ['host:90-80', '`80-90`'],
    ['host:', '`443`'],
    ['host/udp', ':53/udp'],
    ['host:1/icmp', '`/tcp`'],
    ['*', 'full'],
    ['a.*.example', '*.example.org'.slice(2)],
    ['*example.org', 'example.org'],
    ['-bad.example', 'api.example.org'],
    ['a..b', 'api.example.org'],
    [`${'a'.repeat(64)}.example`, 'api.example.org'],
    ['https://api.example/x', '`api.example`'],
    ['2001:db8::1', '`[2001:db8::1]:443`'],
    ['[2001:db8::zz]:443', 'Write it like'],
    ['192.0.2.0/33', 'Write it like'],
    ['300.1.1.1', 'Write it like'],
    ['010.0.0.1', 'Write it like'],
    ['0x7f.1', 'api.example.org'],
    ['a b', 'api.example.org'],
    ['a\nb', 'api.example.org'],
    ['x'.repeat(5000), 'Write it like'],
  ])('refuses %j with a fix (POL-4)', (text, fix) => {
    const error = problem(text);
    expect(error.code).toBe('policy-invalid');
    expect(error.next).toContain(fix);
  });

  it('takes a name of 253 characters and refuses one of 254 (NET-2)', () => {
    const name = `${'a'.repeat(61)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}`;
    expect(name.length).toBe(253);
    expect(parseRule(`${name}.:443`).text).toBe(`${name}:443`);
    expect(problem(`e${name}`).code).toBe('policy-invalid');
  });

  it('writes foreign names as browsers do (NET-2)', () => {
    for (const name of ['bücher.example', 'пример.испытание', '例え.テスト', 'ñandú.example', 'ΑΒΓ.example'])
      expect(normalName(name)).toBe(new URL(`http://${name}`).hostname);
  });

  it('never throws anything but policy-invalid, and what it reads it reads again the same (POL-7)', () => {
    const piece = fc.constantFrom(
      'a',
      '*',
      '.',
      ':',
      '[',
      ']',
      '/',
      '1',
      '65536',
      '-',
      ',',
      'tcp',
      'udp',
      '::',
      '0',
      'ü',
      ' ',
      '%',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece, { maxLength: 12 }).map((all) => all.join('')),
        ),
        (text) => {
          let rule;
          try {
            rule = parseRule(text);
          } catch (failure) {
            expect(toAppError(failure).code).toBe('policy-invalid');
            return;
          }
          expect(parseRule(rule.text)).toEqual(rule);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('splits a list at commas between rules, not before ports (POL-4)', () => {
    const kind = rules('looser');
    const value = kind.parse('a.example:443,8443, b.example,c.example:1,2-3/udp');
    expect(value).toEqual(['a.example:443,8443', 'b.example', 'c.example:1-3/udp']);
    expect(kind.parse(kind.format(value))).toEqual(value);
    expect(kind.parse('none')).toEqual([]);
    expect(() => kind.parse(Array.from({ length: 10_000 }, (_, i) => `h${i}.example`).join(','))).toThrow('too long');
  });
});
