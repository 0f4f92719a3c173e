/** Random policies. */
import fc from 'fast-check';
import type { PolicyDocument } from '../../../domain/policy-document.ts';
import { TRUST_LEVELS, type FieldPath, type Mount } from '../../../domain/policy.ts';
import { anyField, FIELD_PATHS, isListPath } from '../../fields.ts';

const WORDS: { readonly [P in FieldPath]?: fc.Arbitrary<string> } = {
  'network.allow': fc.constantFrom(
    'api.example',
    '*.cdn.example:443,8443',
    '192.0.2.0/24:8080',
    '[2001:db8::/32]:443',
    'no',
    'none',
    'null',
    '0x1f.example',
    'a.example:53/udp',
  ),
  'network.block': fc.constantFrom('bad.example', '10.0.0.0/8', '2001-01-01'),
  'network.publish': fc.constantFrom('8080:80', '53:53/udp', '443:443'),
  'files.blocked_paths': fc.constantFrom('/etc/hostname', '/opt/a b', '/srv/#x', "/srv/it's"),
  'security.seccomp_rules': fc.constantFrom('-socket', '-ptrace', '-bind'),
  'security.capabilities': fc.constantFrom('NET_BIND_SERVICE', 'CHOWN', 'SYS_TIME'),
};
const PATH_WORDS = fc.constantFrom('/data', '/srv/a b', '/opt/x: y', '/srv/100 %', '/srv/é');
const TEXTS: { readonly [P in FieldPath]?: readonly string[] } = {
  'network.dns': ['system', '192.0.2.53', '2001:db8::1'],
  'security.user': ['1000:1000', '7:8', '12:30'],
  'security.apparmor': ['auto', 'my-profile', '1e3'],
  'security.selinux': ['auto', 'type:my_script_t'],
  'security.oci_runtime': ['auto', 'runc', 'no', '5'],
  'image.runtime': ['python', 'node'],
  'image.name': ['golang:1.22', '1:2', 'null'],
  'image.digest': [`sha256:${'0a'.repeat(32)}`],
  'run.working_dir': ['/workspace', '/workspace/a b: c #d'],
};
const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    '',
    'no',
    'null',
    '~',
    'a, b',
    ' x ',
    '# c',
    'a: b',
    '-',
    '*a',
    '&a',
    '!t',
    "it's",
    '"',
    '0x1',
    '1e3',
    'a\nb\n',
    '\t',
    '%',
    '@',
    '`',
    '---',
    '? x',
    '\u2028',
    '\uFEFF',
  ),
);
const mounts = fc.subarray(['/data', '/srv/a', '/opt/b c']).chain((targets) =>
  fc.tuple(
    ...targets.map((target) =>
      fc.oneof(
        fc.record<Mount>({
          type: fc.constant('bind'),
          source: fc.constantFrom('./data', './a b', 'C\\data', 'no'),
          target: fc.constant(target),
          mode: fc.constantFrom('ro', 'rw'),
        }),
        fc.record<Mount>({ type: fc.constant('tmpfs'), target: fc.constant(target), mode: fc.constant('rw') }),
      ),
    ),
  ),
);

/** A good value of a field, in its plainest form. */
export function valueOf(path: FieldPath): fc.Arbitrary<unknown> {
  const { kind } = anyField(path);
  const orNull = (inner: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
    kind.nullWord === undefined ? inner : fc.option(inner, { nil: null, freq: 4 });
  if (path === 'files.mounts') return mounts;
  if (path === 'run.env')
    return fc.dictionary(
      fc.constantFrom('A', 'B_1', 'PATH', '__proto__', 'constructor', 'no'),
      anyText.filter((text) => !/[\0]|\p{Cs}/u.test(text)),
      { maxKeys: 4, noNullPrototype: true },
    );
  if (path === 'network.hosts')
    return fc.dictionary(fc.constantFrom('db.example', 'no', 'x-host'), fc.constantFrom('192.0.2.1', '2001:db8::1'), {
      noNullPrototype: true,
    });
  if (path === 'run.entrypoint' || path === 'run.command')
    return fc.option(
      fc.array(
        anyText.filter((text) => !/[\0]|\p{Cs}/u.test(text)),
        { minLength: 1, maxLength: 4 },
      ),
      { nil: null },
    );
  if (kind.name === 'list') return fc.uniqueArray(WORDS[path] ?? PATH_WORDS, { maxLength: 5 });
  if (kind.name === 'boolean') return fc.boolean();
  if (kind.name === 'choice') return fc.constantFrom(...(kind.choices ?? []));
  if (kind.name === 'text') return orNull(fc.constantFrom(...(TEXTS[path] ?? ['auto'])));
  const { min = 1, max = 1 } = kind;
  return orNull(
    fc
      .oneof(fc.integer({ min, max: Math.min(max, 2 ** 31 - 1) }), fc.constantFrom(min, Math.min(max, 1024 ** 3)))
      .filter((value) => kind.parse(kind.format(value)) === value),
  );
}

/** A list change, for fields that have one. */
export const changeOf = (path: FieldPath) =>
  fc.record({ add: valueOf(path) as fc.Arbitrary<string[]>, remove: valueOf(path) as fc.Arbitrary<string[]> });

const said = (path: FieldPath) =>
  isListPath(path)
    ? fc.oneof(
        valueOf(path).map((value) => ({ values: { [path]: value } })),
        changeOf(path).map((change) => ({ changes: { [path]: change } })),
      )
    : valueOf(path).map((value) => ({ values: { [path]: value } }));

export const description = fc.oneof(
  fc.constantFrom('', 'Fetches prices, nothing else', 'no', '# not a comment', 'a: b', 'two\nlines', ' padded '),
  fc.string({ unit: 'grapheme-ascii', maxLength: 60 }),
);

/** A document as reading gives it. */
export const documents: fc.Arbitrary<PolicyDocument> = fc
  .record({
    level: fc.option(fc.constantFrom(...TRUST_LEVELS)),
    description,
    parts: fc.subarray([...FIELD_PATHS]).chain((paths) => fc.tuple(...paths.map((path) => said(path)))),
  })
  .map(({ level, description, parts }) => {
    const values = Object.assign(
      {},
      ...parts.map((part) => ('values' in part ? part.values : {})),
    ) as PolicyDocument['values'];
    const changes = Object.assign(
      {},
      ...parts.map((part) => ('changes' in part ? part.changes : {})),
    ) as PolicyDocument['changes'];
    const grants =
      (values['security.capabilities']?.length ?? 0) + (changes['security.capabilities']?.add.length ?? 0) > 0;
    return { name: 'p', level: grants ? 'system' : level, description, values, changes };
  });
