/** Answers about the network, by the rules that the gateway enforces. */
import type { EffectivePolicy, FieldPath } from '../../domain/policy.ts';
import { parseAddress } from '../network/address.ts';
import { decide, ruleSet, type Decision } from '../network/decide.ts';
import { specialKind, specialName } from '../network/special.ts';
import type { Question } from './question.ts';
import { byField, fixed, type Answer, type WhyContext } from './reply.ts';

const LOOPBACK = 'every sandbox has a loopback interface of its own';

function removed(policy: EffectivePolicy, ...calls: readonly string[]): Answer | null {
  const found = policy.fields['security.seccomp_rules'].value.find((rule) => calls.includes(rule.replace(/^-/, '')));
  if (found === undefined) return null;
  return byField(policy, 'security.seccomp_rules', false, `No: the system call ${found.slice(1)} is taken away.`);
}

function decided(policy: EffectivePolicy, decision: Decision, note = ''): Answer {
  const field = decision.rule.slice(0, decision.rule.indexOf(':')) as FieldPath;
  const yes = decision.verdict === 'allowed';
  return byField(policy, field, yes, `${yes ? 'Yes' : 'No'}: ${decision.why}${yes ? note : ''}`, decision.rule);
}

function byRules(
  policy: EffectivePolicy,
  context: WhyContext,
  attempt: { host: string; port: number | null; protocol: 'tcp' | 'udp' },
): Answer {
  const mode = policy.fields['network.mode'].value;
  if (mode === 'none')
    return byField(policy, 'network.mode', false, 'No: the script has no network at all, not even to look a name up.');
  const rules = ruleSet({
    mode,
    allow: policy.fields['network.allow'].value,
    block: policy.fields['network.block'].value,
    hosts: context.hosts ?? [],
    given: policy.fields['network.hosts'].value,
  });
  const address = parseAddress(attempt.host);
  const name = address === null ? attempt.host : null;
  const decision = decide(rules, { name, address, port: attempt.port, protocol: attempt.protocol });
  if (address?.kind() === 'ipv6' && decision.verdict === 'allowed' && context.capabilities?.ipv6 === false)
    return byField(
      policy,
      decision.rule.slice(0, decision.rule.indexOf(':')) as FieldPath,
      'depends',
      `It depends: ${decision.why.replace(/\.$/, '')}, but this engine gives a sandbox no IPv6, or was not tried yet.`,
      decision.rule,
    );
  const note =
    name === null || attempt.port === null || rules.given.has(name)
      ? ''
      : ' An address that is private, or of this machine, is refused all the same.';
  return decided(policy, decision, note);
}

export function connect(
  policy: EffectivePolicy,
  question: Extract<Question, { kind: 'connect' }>,
  context: WhyContext,
): Answer {
  const without = removed(policy, 'socket', 'connect');
  if (without) return without;
  const address = parseAddress(question.host);
  const kind = address === null ? specialName(question.host) : specialKind(address);
  if (kind === 'loopback')
    return fixed(
      'depends',
      'It depends: loopback is the sandbox itself, so something answers only if the script listens there.',
      LOOPBACK,
    );
  return byRules(policy, context, question);
}

export function lookup(policy: EffectivePolicy, name: string, context: WhyContext): Answer {
  if (name === 'localhost')
    return fixed(
      'depends',
      'It depends on the engine: where it writes a hosts file, the name stands for the sandbox itself.',
      LOOPBACK,
    );
  if (parseAddress(name) !== null)
    return fixed(true, 'Yes: an address needs no lookup.', 'addresses are not looked up');
  return byRules(policy, context, { host: name, port: null, protocol: 'udp' });
}

/** The first port that needs no privilege; Docker lowers it to 0 in a namespace of the sandbox's own, Podman does not. */
const UNPRIVILEGED = 1024;

export function listen(policy: EffectivePolicy, port: number, { capabilities }: WhyContext): Answer {
  const without = removed(policy, 'socket', 'bind', 'listen');
  if (without) return without;
  const inside = 'the network of a sandbox is its own';
  const published = policy.fields['network.publish'].value.some(
    (entry) => entry.split('/')[0]?.split(':').at(-1) === String(port),
  );
  if (port < UNPRIVILEGED && !policy.fields['security.capabilities'].value.includes('NET_BIND_SERVICE')) {
    if (capabilities === null)
      return fixed('depends', 'It depends: some engines keep ports below 1024 for root.', inside);
    if (capabilities.kind === 'podman')
      return byField(
        policy,
        'security.capabilities',
        false,
        'No: on this engine ports below 1024 need the capability NET_BIND_SERVICE.',
      );
  }
  return published
    ? byField(policy, 'network.publish', true, 'Yes: programs of this machine reach it as well.')
    : fixed(true, 'Yes: only the sandbox itself reaches it.', inside);
}
