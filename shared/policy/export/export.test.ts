import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { TRUST_LEVELS, type EffectivePolicy, type TrustLevel } from '../../domain/policy.ts';
import { compile } from '../compile.ts';
import { convert } from '../convert/convert.ts';
import { words } from '../convert/words.ts';
import { effective } from '../merge/effective.ts';
import { parseSet } from '../merge/set.ts';
import { policyOf } from '../testing/examples.ts';
import { exportAs } from './export.ts';
import { EXPORT_FORMS, type Exported, type ExportContext, type ExportForm } from './form.ts';
import { shellWord } from './quote.ts';

const CONTEXT: ExportContext = {
  runtime: 'python',
  image: 'bellglass/python:1',
  seccompFile: '/opt/strict profile.json',
};

function exported(form: ExportForm, policy: EffectivePolicy, context = CONTEXT): Exported {
  return exportAs(form, policy, compile(policy, context.runtime, null).options, context);
}

/** The words of the one command in the text, as a shell reads them. */
function shell(text: string): string[] {
  return words(text)
    .filter(({ operator }) => !operator)
    .map((word) => word.text);
}

function rebuilt(text: string): EffectivePolicy {
  const line = shell(text);
  const set: Record<string, string> = {};
  for (const [index, word] of line.entries()) {
    if (word !== '--set') continue;
    const pair = line[index + 1] ?? '';
    set[pair.slice(0, pair.indexOf('='))] = pair.slice(pair.indexOf('=') + 1);
  }
  const level = line[line.indexOf('--trust') + 1] as TrustLevel;
  return effective({ level, name: level, tiers: [{ tier: 'run', name: 'this run', ...parseSet(set) }], ceilings: {} });
}

const values = ({ fields }: EffectivePolicy): unknown =>
  Object.fromEntries(Object.entries(fields).map(([path, { value }]) => [path, value]));

describe('copy as (POL-5)', () => {
  it.each(EXPORT_FORMS)('gives a text as %s for every level', (form) => {
    for (const level of TRUST_LEVELS) expect(exported(form, policyOf(level)).text).toMatchSnapshot(level);
  });

  it('never loosens what it cannot carry: no capability, and no network for names', () => {
    const policy = policyOf('system', {
      'security.capabilities': 'NET_RAW',
      'network.mode': 'restricted',
      'network.allow': 'api.example',
    });
    const line = exported('docker-run', policy);
    expect(shell(line.text)).not.toContain('--cap-add');
    expect(line.text).toContain('--network none');
    expect(line.cannot.join(' ')).toMatch(/Allowed names.*/);
    expect(line.cannot.join(' ')).toContain('NET_RAW');
  });

  it('says for every form and level what is not carried, and names the profile’s file', () => {
    for (const level of TRUST_LEVELS) {
      for (const form of ['docker-run', 'compose', 'kubernetes'] as const) {
        const { cannot } = exported(form, policyOf(level));
        expect(cannot.some((line) => line.includes('CPU time'))).toBe(true);
        expect(cannot.some((line) => line.includes('strict profile.json'))).toBe(true);
        expect(cannot.some((line) => line.includes('Wall time'))).toBe(form !== 'kubernetes');
      }
    }
  });

  it('carries address ranges into the NetworkPolicy, and all but metadata for full', () => {
    const [pod, rules] = parseAllDocuments(
      exported('kubernetes', policyOf('trusted', { 'network.allow': '192.0.2.0/24:8080/tcp' })).text,
    ).map((document) => document.toJS() as Record<string, Record<string, unknown>>);
    expect(pod?.['spec']?.['hostNetwork']).toBe(false);
    expect(rules?.['spec']?.['egress']).toEqual([
      { to: [{ ipBlock: { cidr: '192.0.2.0/24' } }], ports: [{ protocol: 'TCP', port: 8080 }] },
    ]);
    const full = exported('kubernetes', policyOf('system')).text;
    expect(full).toContain('169.254.169.254/32');
    expect(full).toContain('fd00:ec2::254/128');
  });

  it('keeps a comma, a quote and a dollar sign in folders and variables', () => {
    const policy = policyOf('limited');
    const options = {
      ...compile(policy, 'python', null).options,
      mounts: [{ type: 'bind' as const, source: `/a,b"c'$d`, target: '/x', readOnly: true, bytes: 0 }],
    };
    const odd = {
      ...policy,
      fields: { ...policy.fields, 'run.env': { ...policy.fields['run.env'], value: { A: "it's $HOME `id` \\ \n x" } } },
    };
    const line = shell(exportAs('docker-run', odd, options, CONTEXT).text);
    expect(line).toContain("A=it's $HOME `id` \\ \n x");
    expect(line.find((word) => word.startsWith('type=bind'))).toContain(`"source=/a,b""c'$d"`);
    const file = parse(exportAs('compose', odd, options, CONTEXT).text) as {
      services: { script: { environment: object; volumes: object[] } };
    };
    expect(file.services.script.environment).toMatchObject({ A: "it's $$HOME `id` \\ \n x" });
    expect(file.services.script.volumes[0]).toMatchObject({ source: `/a,b"c'$$d`, read_only: true });
  });
});

it('writes words that a shell reads back exactly (POL-5)', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (word) => {
      fc.pre(!word.includes('\0'));
      expect(words(shellWord(word)).map(({ text, acts, operator }) => [text, acts, operator])).toEqual(
        word === '' ? [['', false, false]] : [[word, false, false]],
      );
    }),
    { numRuns: 500 },
  );
});

it('gives a bellglass run line whose values come to the same policy (POL-5)', () => {
  const MIB = fc.integer({ min: 8, max: 4096 }).map((n) => `${n} MiB`);
  fc.assert(
    fc.property(
      fc.constantFrom(...TRUST_LEVELS),
      fc.record(
        {
          'resources.memory': MIB,
          'resources.cpu': fc.integer({ min: 1, max: 900 }).map((n) => `${n} %`),
          'resources.wall_time': fc.integer({ min: 100, max: 10_000_000 }).map((n) => `${n} ms`),
          'resources.disk_read': fc.constantFrom('unlimited', '1 MiB/s'),
          'resources.on_breach.output': fc.constantFrom('drop', 'kill'),
          'network.allow': fc.constantFrom('none', 'api.example, *.cdn.example', '192.0.2.0/24:8080'),
          'files.blocked_paths': fc.constantFrom('/etc/hostname', '/etc/passwd,/etc/group'),
          'run.env': fc.constantFrom('A=b c', 'A=1, B=2', "A='x'"),
          'security.user': fc.constantFrom('1000:1000', '2000:3000'),
        },
        { requiredKeys: [] },
      ),
      (level, set) => {
        const policy = policyOf(level, set);
        const { text, cannot } = exported('bellglass-run', policy);
        expect(cannot).toEqual([]);
        expect(values(rebuilt(text))).toEqual(values(policy));
      },
    ),
    { numRuns: 150 },
  );
});

it('reads its own docker run and Compose texts back without loosening anything (POL-4, POL-5)', () => {
  for (const level of TRUST_LEVELS) {
    const policy = policyOf(level, { 'network.mode': 'none' });
    for (const form of ['docker-run', 'compose'] as const) {
      const { documents, problems } = convert('back', exported(form, policy).text);
      expect(problems).toEqual([]);
      expect(documents[0]?.values).toMatchObject({
        'resources.memory': policy.fields['resources.memory'].value,
        'resources.cpu': policy.fields['resources.cpu'].value,
        'resources.processes': policy.fields['resources.processes'].value,
        'resources.open_files': policy.fields['resources.open_files'].value,
        'security.user': '1000:1000',
      });
      expect(documents[0]?.values['security.capabilities']).toBeUndefined();
    }
  }
});
