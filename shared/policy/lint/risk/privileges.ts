/** What the kernel lets a script do adds to the risk. */
import type { EffectivePolicy } from '../../../domain/policy.ts';
import { POWERFUL, ROOT_LIKE } from '../capability-words.ts';
import { plain } from '../fix.ts';
import type { Part } from './part.ts';

const LIKE_ROOT = 50;
const POWER = 8;
/** Listening on a low port of its own namespace is the least of them. */
const LEAST: Readonly<Record<string, number>> = { NET_BIND_SERVICE: 2 };

export function privilegeRisk({ fields }: EffectivePolicy): Part[] {
  const group = 'privileges';
  const capabilities = [...new Set(fields['security.capabilities'].value)].map((name): Part => {
    const what = ROOT_LIKE[name] ?? POWERFUL[name] ?? 'is not known here';
    const points = ROOT_LIKE[name] === undefined ? (LEAST[name] ?? POWER) : LIKE_ROOT;
    return { group, field: 'security.capabilities', points, why: `${plain(name)} ${what}.` };
  });
  const low = fields['security.user'].value.split(':').some((id) => Number(id) < 1000);
  return [
    ...capabilities,
    {
      group,
      field: 'security.seccomp',
      points: fields['security.seccomp'].value === 'standard' ? 3 : 0,
      why: 'More system calls than the runtimes were seen to need.',
    },
    { group, field: 'security.user', points: low ? 3 : 0, why: 'The script has an id of the system.' },
    {
      group,
      field: 'security.user_namespace',
      points: fields['security.user_namespace'].value === 'off' ? 5 : 0,
      why: 'Ids inside are the same ids outside.',
    },
    {
      group,
      field: 'security.canaries',
      points: fields['security.canaries'].value ? 0 : 3,
      why: 'No decoy keys tell of a search for keys.',
    },
    {
      group,
      field: 'run.warm_interpreter',
      points: fields['run.warm_interpreter'].value ? 1 : 0,
      why: 'The interpreter was started beforehand.',
    },
  ];
}
