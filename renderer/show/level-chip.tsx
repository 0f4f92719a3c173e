import { Shield, ShieldCheck, ShieldHalf, ShieldOff } from 'lucide-react';
import type { TrustLevel } from '#shared/domain/policy.ts';
import { Chip, type Tone } from '../ui/chip.tsx';
import type { LucideIcon } from '../ui/icon.tsx';

export const LEVELS: Record<TrustLevel, { tone: Tone; icon: LucideIcon; who: string }> = {
  untrusted: { tone: 'red', icon: Shield, who: 'Code you know nothing about' },
  limited: { tone: 'amber', icon: ShieldHalf, who: 'Code you have read a little' },
  trusted: { tone: 'accent', icon: ShieldCheck, who: 'Code you would run anyway' },
  system: { tone: 'violet', icon: ShieldOff, who: 'Your own tools' },
};

/** A trust level with its icon, name and colour. `name` is a policy's name when it differs from the level's. */
export function LevelChip({ level, name }: { level: TrustLevel; name?: string }) {
  const look = LEVELS[level];
  return (
    <Chip tone={look.tone} icon={look.icon}>
      {name ?? level}
    </Chip>
  );
}
