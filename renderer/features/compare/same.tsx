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

/** A column's head: run A or run B, in its colour. */
export function SideHead({ mark, className = '' }: { mark: 'A' | 'B'; className?: string }) {
  return (
    <th scope="col" className={`pb-1 font-mono ${mark === 'A' ? 'text-accent' : 'text-violet'} ${className}`}>
      {mark}
    </th>
  );
}
