import { ArrowDownToLine } from 'lucide-react';
import type { Tier } from '#shared/domain/policy.ts';
import { Chip, type Tone } from '../ui/chip.tsx';

const TONES: Readonly<Record<Tier, Tone>> = {
  level: 'neutral',
  settings: 'neutral',
  project: 'violet',
  policy: 'accent',
  workflow: 'violet',
  step: 'violet',
  run: 'accent',
};

/** Which tier a value came from. `name` is what a person calls it; a policy's own values say `policy`. */
export function SourceChip({ tier, name }: { tier: Tier; name: string }) {
  return (
    <Chip tone={TONES[tier]} title={`From ${tier === 'level' ? `the level ${name}` : name}`}>
      {tier === 'policy' ? 'policy' : name}
    </Chip>
  );
}

/** A ceiling of the settings cut the value. `asked` is what would be there without it. */
export function CeilingChip({ asked }: { asked: string }) {
  return (
    <Chip tone="amber" icon={ArrowDownToLine} title={`${asked} was asked for; a ceiling of the settings cut it`}>
      ceiling, asked {asked}
    </Chip>
  );
}
