import clsx from 'clsx';
import { CircleAlert, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { Icon, type LucideIcon } from './icon.tsx';

/** A panel with a hairline border. With a `title` it is a labelled section. */
export function Card({
  title,
  aside,
  className,
  children,
}: {
  title?: ReactNode;
  aside?: ReactNode;
  className?: string;
  children: ReactNode;
}) {
  return (
    <section className={clsx('rounded-md border bg-panel p-3.5', className)}>
      {(title || aside) && (
        <header className="mb-2 flex min-h-5 items-center gap-2">
          <h2 className="font-semibold">{title}</h2>
          {aside && <div className="ml-auto flex items-center gap-2">{aside}</div>}
        </header>
      )}
      {children}
    </section>
  );
}

const CALLOUT = {
  info: { border: 'border-line', text: 'text-muted', icon: Info },
  amber: { border: 'border-amber-line', text: 'text-amber', icon: TriangleAlert },
  red: { border: 'border-red', text: 'text-red', icon: CircleAlert },
  accent: { border: 'border-accent', text: 'text-accent', icon: Info },
} as const;

/** A bordered remark with an icon; amber for limits and warnings, red for refusals and breaches. */
export function Callout({
  tone = 'info',
  icon,
  action,
  className,
  children,
}: {
  tone?: keyof typeof CALLOUT;
  icon?: LucideIcon;
  action?: ReactNode;
  className?: string;
  children: ReactNode;
}) {
  const look = CALLOUT[tone];
  return (
    <div className={clsx('flex items-start gap-2.5 rounded-md border bg-panel p-3', look.border, className)}>
      <span className={clsx('mt-0.5', look.text)}>
        <Icon of={icon ?? look.icon} />
      </span>
      <div className="min-w-0 flex-1">{children}</div>
      {action && <div className="flex shrink-0 items-center gap-2">{action}</div>}
    </div>
  );
}
