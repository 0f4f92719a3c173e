/** Answers about system calls, capabilities and the environment. */
import type { EffectivePolicy } from '../../domain/policy.ts';
import { fit } from '../plan/fit.ts';
import { COMMON, CONDITIONAL, FORBIDDEN, STANDARD_ONLY } from '../kernel/syscalls.ts';
import { byField, fixed, type Answer, type WhyContext } from './reply.ts';

const COMMON_CALLS = new Set(Object.values(COMMON).flat());

/** By the table that the seccomp profiles are generated from. */
export function syscall(policy: EffectivePolicy, name: string, { capabilities }: WhyContext): Answer {
  const field = 'security.seccomp';
  const profile = policy.fields[field].value;
  if (capabilities?.seccomp === false)
    return byField(policy, field, 'depends', 'It depends on the kernel alone: this engine cannot filter system calls.');
  if (policy.fields['security.seccomp_rules'].value.includes(`-${name}`))
    return byField(
      policy,
      'security.seccomp_rules',
      false,
      `No: a rule takes ${name} away.`,
      `security.seccomp_rules: -${name}`,
    );
  if (CONDITIONAL.includes(name))
    return byField(
      policy,
      field,
      'depends',
      `It depends on the arguments: ${name} is allowed for what ordinary programs ask.`,
    );
  if (COMMON_CALLS.has(name))
    return byField(policy, field, true, `Yes: ${name} passes the filter; the kernel still checks what it is for.`);
  if (STANDARD_ONLY.includes(name))
    return profile === 'standard'
      ? byField(policy, field, true, `Yes: ${name} passes the filter; the kernel still checks what it is for.`)
      : byField(policy, field, false, `No: ${name} is not in the profile strict; standard has it.`);
  const why = FORBIDDEN.includes(name) ? 'it gives power over the kernel' : 'no profile has it';
  return fixed(false, `No: ${name} is refused at every level; ${why}.`, 'both profiles refuse it');
}

export function capability(policy: EffectivePolicy, name: string): Answer {
  const field = 'security.capabilities';
  if (name === 'SETUID' || name === 'SETGID')
    return fixed(false, `No: ${name} is never granted.`, 'no script becomes another user');
  if (policy.fields[field].value.includes(name))
    return byField(policy, field, true, `Yes: ${name} is granted.`, `${field}: ${name}`);
  return byField(
    policy,
    field,
    false,
    `No: ${name} is not granted${policy.level === 'system' ? '' : ', and only system may'}.`,
  );
}

/** What every script finds in its environment. */
const EVERYWHERE = ['PATH', 'HOME', 'USER', 'LANG', 'TMPDIR', 'PYTHONUNBUFFERED', 'PYTHONDONTWRITEBYTECODE'];

export function env(policy: EffectivePolicy, name: string, { runtime }: WhyContext): Answer {
  const field = 'run.env';
  if (Object.hasOwn(policy.fields[field].value, name))
    return byField(policy, field, true, `Yes: the policy sets ${name}.`, `${field}: ${name}`);
  const given = EVERYWHERE.includes(name) || Object.hasOwn(fit(policy, runtime, []).env, name);
  if (given) return fixed(true, `Yes: Bellglass sets ${name} for the script.`, 'every script gets a small environment');
  if (name === 'TERM') {
    const tty = policy.fields['run.tty'].value;
    return byField(
      policy,
      'run.tty',
      tty,
      tty ? 'Yes: a terminal sets TERM.' : 'No: without a terminal TERM is not set.',
    );
  }
  if (name.startsWith('BELLGLASS_'))
    return fixed(
      'depends',
      'It depends on the run: such names tell it about itself.',
      'every run has an id and folders',
    );
  return byField(policy, field, false, `No: ${name} is not set; nothing of your own environment is passed.`);
}
