import clsx from 'clsx';
import { LoaderCircle } from 'lucide-react';
import type { ReactNode } from 'react';
import { Icon, type LucideIcon } from './icon.tsx';

/** Says what a list is for when it has nothing yet, and offers the first action. */
export function Empty({
  icon,
  title,
  action,
  children,
}: {
  icon: LucideIcon;
  title: string;
  action?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <div className="mx-auto flex max-w-120 flex-col items-center px-6 py-12 text-center">
      <span className="mb-3 inline-flex size-10 items-center justify-center rounded-md border bg-panel text-muted">
        <Icon of={icon} size={20} />
      </span>
      <h2 className="font-semibold">{title}</h2>
      {children && <div className="mt-1 text-muted">{children}</div>}
      {action && <div className="mt-4 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}

/** A grey stand-in of the final size. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={clsx('pulse-soft block rounded bg-raised', className)} />;
}

/** Work of unknown length, with words. */
export function Busy({ children }: { children: ReactNode }) {
  return (
    <span role="status" className="inline-flex items-center gap-2 text-muted">
      <Icon of={LoaderCircle} className="animate-spin" />
      {children}
    </span>
  );
}

const BAR = { accent: 'bg-accent', amber: 'bg-amber', red: 'bg-red', neutral: 'bg-line-strong' } as const;

/** A share as a bar, 0 to 1. `label` names it; the number itself stands beside it as text. */
export function Bar({
  share,
  tone = 'accent',
  label,
  className,
}: {
  share: number;
  tone?: keyof typeof BAR;
  label: string;
  className?: string;
}) {
  const percent = Math.round(Math.min(1, Math.max(0, share)) * 100);
  return (
    <span
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      className={clsx('block h-1.5 overflow-hidden rounded-full bg-raised ring-1 ring-line ring-inset', className)}
    >
      <span className={clsx('block h-full rounded-full', BAR[tone])} style={{ width: `${percent}%` }} />
    </span>
  );
}
