/** The three answers in the palette, and the way to the card. */
import { Ban, Check, FilePlus2, ShieldQuestion } from 'lucide-react';
import type { Command } from '../../../state/commands.ts';
import { goToCard } from './card.tsx';
import { needsOwnLook } from '#shared/policy/allowing/asking.ts';
import { hostWords } from './model.ts';
import type { Denied } from './use-denied.ts';

export function deniedCommands(denied: Denied): Command[] {
  const { asking, stale } = denied;
  if (asking.length === 0) return [];
  const group = 'Denied hosts';
  // What must be looked at one by one is not answered from a list that shows no reason.
  const plain = asking.filter((one) => asking.length === 1 || !needsOwnLook(one));
  const who = hostWords(plain);
  return [
    { id: 'denied-go', title: 'Go to the denied hosts', group, icon: ShieldQuestion, keys: 'n', run: goToCard },
    ...(stale === null && plain.length > 0
      ? [
          {
            id: 'denied-allow',
            title: `Allow ${who} for this run`,
            group,
            icon: Check,
            run: () => denied.allow(plain),
          },
          {
            id: 'denied-add',
            title: `Add ${who} to the policy…`,
            group,
            icon: FilePlus2,
            run: () => denied.add(plain),
          },
        ]
      : []),
    {
      id: 'denied-keep',
      title: `Keep ${hostWords(asking)} blocked`,
      group,
      icon: Ban,
      run: () => denied.keep(asking),
    },
  ];
}
