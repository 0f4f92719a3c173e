import clsx from 'clsx';
import type { ReactNode } from 'react';
import { Icon, type LucideIcon } from './icon.tsx';

export const TONES = {
  neutral: 'bg-raised text-muted',
  accent: 'bg-accent-pale text-accent',
  amber: 'bg-amber-pale text-amber',
  red: 'bg-red-pale text-red',
  violet: 'bg-violet-pale text-violet',
} as const;
export type Tone = keyof typeof TONES;

/** A small word on a pale ground. State chips always carry an icon too. */
export function Chip({
  tone = 'neutral',
  icon,
  spin = false,
  title,
  className,
  children,
}: {
  tone?: Tone;
  icon?: LucideIcon;
  spin?: boolean;
  title?: string;
  className?: string;
  children: ReactNode;
}) {
  return (
    <span
      title={title}
      className={clsx(
        'inline-flex h-5 max-w-full items-center gap-1 rounded px-1.5 text-sm font-medium whitespace-nowrap',
        TONES[tone],
        className,
      )}
    >
      {icon && <Icon of={icon} size={13} className={spin ? 'animate-spin' : ''} />}
      <span className="truncate">{children}</span>
    </span>
  );
}
