/** Rules about single entries of `network.allow`. They look at entries only while the network is on. */
import type { EffectivePolicy } from '../../../domain/policy.ts';
import type { Suggestion } from '../../../domain/run.ts';
import { parseAddress, contains } from '../../network/address.ts';
import { underSuffix } from '../../network/name.ts';
import { formatRule, type NetworkRule } from '../../network/rule.ts';
import { plain, replace } from '../fix.ts';
import type { Hit, Rule } from '../rule.ts';
import {
  REGISTRY_SUFFIXES,
  RESOLVER_ADDRESSES,
  RESOLVERS,
  SERVICE_PORTS,
  SHARED_NAMES,
  SHARED_SUFFIXES,
} from '../shared-hosts.ts';
import { coversTarget, hasPort, readEntries, specialTarget, type Entry } from '../target.ts';

const FIELD = 'network.allow';

/** One hit per entry that `say` has a sentence for; the fix takes the entry away, or puts another in its place. */
function each(
  policy: EffectivePolicy,
  say: (one: Entry) => string | null,
  fix: (one: Entry) => Suggestion | null = ({ entry }) => replace(policy, FIELD, entry),
): Hit[] {
  if (policy.fields['network.mode'].value === 'none') return [];
  return readEntries(policy.fields[FIELD].value).flatMap((one) => {
    const message = say(one);
    return message === null ? [] : [{ message, fix: fix(one) }];
  });
}

const portsOf = (rule: NetworkRule): number => rule.ports.reduce((sum, { from, to }) => sum + to - from + 1, 0);

/** The same host over 443 only. */
function overHttps(policy: EffectivePolicy, { entry, rule }: Entry): Suggestion | null {
  const by = formatRule({ target: rule.target, ports: [{ from: 443, to: 443 }], protocol: 'tcp', bare: false });
  return replace(policy, FIELD, entry, [by], `Use ${plain(by)} instead`);
}

const remove = 'Removes the entry.';

export const hosts: readonly Rule[] = [
  {
    rule: 'metadata-allowed',
    severity: 'danger',
    field: FIELD,
    reason: 'Cloud metadata hands the keys of the machine to whoever asks from it.',
    reference: 'MITRE ATT&CK T1552.005, cloud instance metadata API',
    mends: remove,
    check: (policy) =>
      each(policy, ({ entry, rule }) =>
        specialTarget(rule.target) === 'metadata' ? `${plain(entry)} is where a cloud keeps metadata and keys.` : null,
      ),
  },
  {
    rule: 'this-machine-allowed',
    severity: 'danger',
    field: FIELD,
    reason: "Services on the engine's machine often trust whoever connects from the machine itself.",
    reference: 'CWE-918, server-side request forgery: the same reach; NIST SP 800-190, 3.4.2',
    mends: remove,
    check: (policy) =>
      each(policy, ({ entry, rule }) => {
        const kind = specialTarget(rule.target);
        return kind === 'host' || kind === 'loopback' ? `${plain(entry)} stands for the engine's own machine.` : null;
      }),
  },
  {
    rule: 'inside-network-allowed',
    severity: 'warning',
    field: FIELD,
    reason: 'What answers on private and link-local addresses counts on nobody from outside reaching it.',
    reference: 'RFC 1918, RFC 4193 and RFC 3927; NIST SP 800-190, 3.4.2',
    mends: remove,
    check: (policy) =>
      each(policy, ({ entry, rule }) => {
        const kind = specialTarget(rule.target);
        const inside =
          rule.target.kind === 'addresses' ? '' : rule.target.kind === 'name' ? rule.target.name : rule.target.suffix;
        if (kind === 'private' || kind === 'link-local')
          return `${plain(entry)} is ${kind}: a network around the engine.`;
        return kind === null && /(^|\.)(internal|local|lan|home\.arpa|intranet|corp)$/.test(inside)
          ? `${plain(entry)} is a name of an inside network.`
          : null;
      }),
  },
  {
    rule: 'any-address',
    severity: 'danger',
    field: FIELD,
    reason: 'A range as wide as the internet makes the list of allowed hosts one of all hosts.',
    reference: 'NIST SP 800-190, 3.4.2, unbounded network access from containers',
    mends: remove,
    check: (policy) =>
      each(policy, ({ entry, rule: { target } }) =>
        target.kind === 'addresses' && target.range.bits < 8 && specialTarget(target) === null
          ? `${plain(entry)} is ${target.range.bits <= 1 ? 'half the internet or more' : 'a large part of the internet'}.`
          : null,
      ),
  },
  {
    rule: 'wide-range',
    severity: 'warning',
    field: FIELD,
    reason: 'A wide range holds machines of many owners, and some of them are rented by the hour.',
    reference: 'NIST SP 800-190, 3.4.2, unbounded network access from containers',
    mends: remove,
    check: (policy) =>
      each(policy, ({ entry, rule: { target } }) => {
        if (target.kind !== 'addresses' || target.range.bits < 8 || specialTarget(target) !== null) return null;
        const wide = target.range.address.kind() === 'ipv4' ? target.range.bits < 20 : target.range.bits < 40;
        return wide ? `${plain(entry)} is a range of many owners.` : null;
      }),
  },
  {
    rule: 'wildcard-on-registry',
    severity: 'danger',
    field: FIELD,
    reason: 'Anybody can register a name there within minutes.',
    reference: 'Public Suffix List, ICANN section',
    mends: remove,
    check: (policy) =>
      each(policy, ({ entry, rule: { target } }) =>
        target.kind === 'wild' && (!target.suffix.includes('.') || REGISTRY_SUFFIXES.includes(target.suffix))
          ? `${plain(entry)} covers every name under \`${target.suffix}\`.`
          : null,
      ),
  },
  {
    rule: 'wildcard-on-shared-host',
    severity: 'warning',
    field: FIELD,
    reason: "A wildcard on a shared CDN, hosting or storage domain admits other people's sites.",
    reference: 'Public Suffix List, private section; MITRE ATT&CK T1567, exfiltration over web service',
    mends: `${remove} Name the one host that is meant.`,
    check: (policy) =>
      each(policy, ({ entry, rule: { target } }) => {
        if (target.kind !== 'wild') return null;
        const { suffix } = target;
        const owner = SHARED_SUFFIXES.find(
          (shared) =>
            suffix === shared || underSuffix(suffix, shared) || (underSuffix(shared, suffix) && suffix.includes('.')),
        );
        return owner === undefined ? null : `${plain(entry)} admits everybody's sites on ${owner}.`;
      }),
  },
  {
    rule: 'shared-host',
    severity: 'warning',
    field: FIELD,
    reason:
      'The host serves and takes content of anybody with an account, so data can be sent to a stranger through it.',
    reference: 'MITRE ATT&CK T1567, exfiltration over web service',
    mends: remove,
    check: (policy) =>
      each(policy, ({ entry, rule: { target } }) =>
        target.kind === 'name' && SHARED_NAMES.includes(target.name)
          ? `${plain(entry)} takes uploads of anybody with an account.`
          : null,
      ),
  },
  {
    rule: 'resolver-allowed',
    severity: 'warning',
    field: FIELD,
    reason: 'Lookups inside HTTPS or TLS pass the filter of names unread and can carry data out.',
    reference: 'RFC 8484, DNS queries over HTTPS; MITRE ATT&CK T1071.004, DNS',
    mends: remove,
    check: (policy) =>
      each(policy, ({ entry, rule: { target } }) => {
        const found =
          target.kind === 'name'
            ? RESOLVERS.includes(target.name)
            : target.kind === 'addresses' &&
              target.range.bits >= 20 &&
              RESOLVER_ADDRESSES.some((text) => {
                const address = parseAddress(text);
                return address !== null && contains(target.range, address);
              });
        return found ? `${plain(entry)} is a public resolver.` : null;
      }),
  },
  {
    rule: 'plain-http-only',
    severity: 'warning',
    field: FIELD,
    reason: 'Whoever is on the way reads and changes what goes over plain HTTP, programs that are fetched included.',
    reference: 'CWE-319, cleartext transmission of sensitive information',
    mends: 'Uses port 443 instead.',
    check: (policy) =>
      each(
        policy,
        ({ entry, rule }) =>
          portsOf(rule) === 1 && hasPort(rule, 80) && rule.protocol === 'tcp'
            ? `${plain(entry)} is plain HTTP only.`
            : null,
        (one) => overHttps(policy, one),
      ),
  },
  {
    rule: 'every-port',
    severity: 'warning',
    field: FIELD,
    reason: 'With every port open, whatever listens on that host can be reached, administration included.',
    reference: 'CIS Docker Benchmark 1.2.0, 5.8; NIST SP 800-190, 3.4.2',
    mends: 'Uses port 443 instead.',
    check: (policy) =>
      each(
        policy,
        ({ entry, rule }) => (portsOf(rule) > 1000 ? `${plain(entry)} opens ${portsOf(rule)} ports.` : null),
        (one) => overHttps(policy, one),
      ),
  },
  {
    rule: 'service-port',
    severity: 'warning',
    field: FIELD,
    reason: 'Over these ports a script administers other machines, reads databases or sends mail in your name.',
    reference: 'IANA service name and port number registry; MITRE ATT&CK T1021, remote services',
    mends: 'Uses port 443 instead.',
    check: (policy) =>
      each(
        policy,
        ({ entry, rule }) => {
          if (portsOf(rule) > 1000) return null;
          const found = Object.entries(SERVICE_PORTS).filter(([port]) => hasPort(rule, Number(port)));
          if (found.length === 0) return null;
          return `${plain(entry)} opens ${found.map(([port, name]) => `${port} (${name})`).join(', ')}.`;
        },
        (one) => overHttps(policy, one),
      ),
  },
  {
    rule: 'allowed-and-blocked',
    severity: 'warning',
    field: FIELD,
    reason: 'A block beats every allowance, so the entry says something that does not happen.',
    reference: 'NET-2: deny beats allow',
    mends: 'Removes the entry that has no effect.',
    check(policy) {
      const blocked = readEntries(policy.fields['network.block'].value);
      return each(policy, ({ entry, rule }) => {
        const by = blocked.find(
          (block) =>
            coversTarget(block.rule.target, rule.target) &&
            (block.rule.bare || (block.rule.protocol === rule.protocol && coversPorts(block.rule, rule))),
        );
        return by === undefined ? null : `${plain(entry)} is never reached: ${plain(by.entry)} is blocked.`;
      });
    },
  },
  {
    rule: 'covered-twice',
    severity: 'info',
    field: FIELD,
    reason: 'Who removes the narrow entry later believes that the host is closed, and it is not.',
    reference: 'Set arithmetic: every connection of it is one of the wider entry',
    mends: 'Removes the narrow entry.',
    check(policy) {
      const all = readEntries(policy.fields[FIELD].value);
      const places = new Map(all.map((one, at) => [one, at]));
      const names = Map.groupBy(all, ({ rule: { target } }) => (target.kind === 'name' ? target.name : ''));
      const others = names.get('') ?? [];
      return each(policy, (one) => {
        const { target } = one.rule;
        const near = target.kind === 'name' ? [...(names.get(target.name) ?? []), ...others] : others;
        const by = near.find((other) => other !== one && shadows(places, other, one));
        return by === undefined ? null : `${plain(one.entry)} is covered by ${plain(by.entry)} already.`;
      });
    },
  },
];

function coversPorts(wide: NetworkRule, narrow: NetworkRule): boolean {
  return narrow.ports.every((inner) => wide.ports.some((outer) => outer.from <= inner.from && inner.to <= outer.to));
}

/** Of two entries that mean the same, the later one is covered. */
function shadows(places: ReadonlyMap<Entry, number>, wide: Entry, narrow: Entry): boolean {
  const covers = (a: NetworkRule, b: NetworkRule): boolean =>
    a.protocol === b.protocol && coversTarget(a.target, b.target) && coversPorts(a, b);
  if (!covers(wide.rule, narrow.rule)) return false;
  return !covers(narrow.rule, wide.rule) || (places.get(wide) ?? 0) < (places.get(narrow) ?? 0);
}
