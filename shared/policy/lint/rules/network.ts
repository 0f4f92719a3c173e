/** Rules about the network as a whole. */
import { MIB, formatRate } from '../../../lib/units.ts';
import { anyField } from '../../fields.ts';
import { parseAddress } from '../../network/address.ts';
import { parsePublish } from '../../network/kind.ts';
import { specialKind } from '../../network/special.ts';
import { AppError } from '../../../lib/app-error.ts';
import { plain, replace, setAll, setTo, when, withoutKey } from '../fix.ts';
import type { Hit, Rule } from '../rule.ts';
import { coversTarget, readEntries, specialTarget } from '../target.ts';

const OPEN = 'NIST SP 800-190, 3.4.2, unbounded network access from containers';
const CAPS = [
  ['network.download', 5 * MIB],
  ['network.upload', MIB],
  ['network.connections', 10],
] as const;

function published(text: string): { readonly host: number } | null {
  try {
    return parsePublish(text);
  } catch (thrown) {
    if (thrown instanceof AppError) return null;
    throw thrown;
  }
}

export const network: readonly Rule[] = [
  {
    rule: 'full-network',
    severity: 'warning',
    field: 'network.mode',
    reason: 'With the whole internet a script sends what it finds wherever it wants.',
    reference: OPEN,
    mends: 'Sets the mode `restricted`, which reaches listed hosts only.',
    check: ({ fields }) =>
      when(
        fields['network.mode'].value === 'full',
        () => 'The script reaches the whole network but this machine and cloud metadata.',
        () => setTo('network.mode', 'restricted'),
      ),
  },
  {
    rule: 'nothing-listed',
    severity: 'info',
    field: 'network.allow',
    reason: 'A network on which no host is allowed costs a gateway and reaches nothing.',
    reference: 'NET-2: `restricted` reaches listed hosts only',
    mends: 'Sets the mode `none`.',
    check: ({ fields }) =>
      when(
        fields['network.mode'].value === 'restricted' && fields['network.allow'].value.length === 0,
        () => 'The mode is restricted and no host is listed.',
        () => setTo('network.mode', 'none'),
      ),
  },
  {
    rule: 'list-without-network',
    severity: 'warning',
    field: 'network.allow',
    reason: 'The list reads like an allowance, and nothing of it happens.',
    reference: 'NET-1: `none` has no interface but loopback',
    mends: 'Empties the list; the mode `restricted` would put it in force.',
    check: ({ fields }) =>
      when(
        fields['network.mode'].value === 'none' && fields['network.allow'].value.length > 0,
        () => `Hosts are listed (${fields['network.allow'].value.length}), but the mode is none.`,
        () => setTo('network.allow', [], 'Empty the list'),
      ),
  },
  {
    rule: 'list-under-full',
    severity: 'info',
    field: 'network.allow',
    reason: 'Under `full` every host is reached anyway; only special addresses need an entry.',
    reference: 'NET-1: `full` reaches all but metadata addresses and the engine host',
    mends: 'Removes the entry.',
    check(policy) {
      if (policy.fields['network.mode'].value !== 'full') return [];
      return readEntries(policy.fields['network.allow'].value)
        .filter(({ rule }) => specialTarget(rule.target) === null)
        .map(({ entry }): Hit => ({
          message: `${plain(entry)} has no effect while the mode is full.`,
          fix: replace(policy, 'network.allow', entry),
        }));
    },
  },
  {
    rule: 'network-without-caps',
    severity: 'warning',
    field: 'network.upload',
    reason: 'Without caps a script sends gigabytes, or thousands of requests, before anybody looks.',
    reference: `${OPEN}; CWE-770, allocation of resources without limits`,
    mends: 'Sets 5 MiB/s down, 1 MiB/s up and 10 connections where there is no cap.',
    check({ fields }) {
      const open = CAPS.filter(([path]) => fields[path].value === null);
      return when(
        fields['network.mode'].value !== 'none' && open.length > 0,
        () => `Without a cap: ${open.map(([path]) => anyField(path).label).join(', ')}.`,
        () => setAll('Set the caps', ...open.map(([path, value]) => setTo(path, value))),
      );
    },
  },
  {
    rule: 'own-resolver',
    severity: 'info',
    field: 'network.dns',
    reason: 'Whoever runs the resolver learns every name that is looked up.',
    reference: 'RFC 9076, DNS privacy considerations',
    mends: 'Uses the resolver of the system.',
    check: ({ fields }) =>
      when(
        fields['network.mode'].value !== 'none' && fields['network.dns'].value !== 'system',
        () => `Names are looked up at ${plain(fields['network.dns'].value)}.`,
        () => setTo('network.dns', 'system'),
      ),
  },
  {
    rule: 'name-points-elsewhere',
    severity: 'warning',
    field: 'network.hosts',
    reason: 'An allowed name with an address of its own leads past what the reviewer thinks it is.',
    reference: 'Linux manual, hosts(5)',
    mends: 'Removes the fixed address.',
    check(policy) {
      if (policy.fields['network.mode'].value === 'none') return [];
      const allowed = readEntries(policy.fields['network.allow'].value);
      return Object.entries(policy.fields['network.hosts'].value).flatMap(([name, address]): Hit[] => {
        const listed = allowed.find(({ rule }) => coversTarget(rule.target, { kind: 'name', name }));
        if (listed === undefined) return [];
        const message = `${plain(name)} is allowed by ${plain(listed.entry)}, but stands for ${plain(address)} here.`;
        return [{ message, fix: withoutKey(policy, 'network.hosts', name) }];
      });
    },
  },
  {
    rule: 'name-points-inside',
    severity: 'warning',
    field: 'network.hosts',
    reason: 'A name for a metadata, private or loopback address is how a rule by name reaches inside.',
    reference: 'RFC 6890, special-purpose addresses; the outcome of DNS rebinding',
    mends: 'Removes the fixed address.',
    check: (policy) =>
      Object.entries(policy.fields['network.hosts'].value).flatMap(([name, text]): Hit[] => {
        const address = parseAddress(text);
        const kind = address === null ? null : specialKind(address);
        if (kind === null) return [];
        const message = `${plain(name)} stands for ${plain(text)}, a ${kind} address.`;
        return [{ message, fix: withoutKey(policy, 'network.hosts', name) }];
      }),
  },
  {
    rule: 'privileged-port',
    severity: 'warning',
    field: 'network.publish',
    reason: 'Ports below 1024 belong to services of the system; others take the answer for theirs.',
    reference: 'CIS Docker Benchmark 1.2.0, 5.7',
    mends: 'Removes the port.',
    check: (policy) =>
      policy.fields['network.publish'].value.flatMap((entry): Hit[] => {
        const port = published(entry)?.host ?? 65_535;
        if (port >= 1024) return [];
        return [{ message: `Port ${port} of this machine is taken.`, fix: replace(policy, 'network.publish', entry) }];
      }),
  },
  {
    rule: 'many-ports',
    severity: 'info',
    field: 'network.publish',
    reason: 'Each published port is a way for programs of this machine to talk to the script.',
    reference: 'CIS Docker Benchmark 1.2.0, 5.8',
    mends: 'Keeps the first five.',
    check({ fields }) {
      const list = fields['network.publish'].value;
      return when(
        list.length > 5,
        () => `${list.length} ports are published.`,
        () => setTo('network.publish', list.slice(0, 5), 'Keep the first five'),
      );
    },
  },
  {
    rule: 'fast-upload',
    severity: 'info',
    field: 'network.upload',
    reason: 'At such a rate a whole home folder is gone within a minute.',
    reference: 'Arithmetic: more than 50 MiB/s is more than 3 GB a minute',
    mends: 'Lowers the cap to 1 MiB/s.',
    check({ fields }) {
      const upload = fields['network.upload'].value;
      return when(
        fields['network.mode'].value !== 'none' && upload !== null && upload > 50 * MIB,
        () => `Up to ${formatRate(upload ?? 0)} may leave.`,
        () => setTo('network.upload', MIB),
      );
    },
  },
];
