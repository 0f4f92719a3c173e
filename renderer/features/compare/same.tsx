import { Equal } from 'lucide-react';
import type { ReactNode } from 'react';
import { Icon } from '../../ui/icon.tsx';

/** Says that there is nothing to tell apart. */
export function Same({ children }: { children: ReactNode }) {
  return (
    <p className="flex items-center gap-2 text-muted">
      <Icon of={Equal} size={14} />
      {children}
    </p>
  );
}

/** Heads of the columns of run A and run B, in their colours. */
export const SIDES = {
  a: { title: 'A', className: 'font-mono text-accent' },
  b: { title: 'B', className: 'font-mono text-violet' },
} as const;
