import clsx from 'clsx';
import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import { Icon } from '../../../ui/icon.tsx';

/** A quiet word under the terminal; `pressed` makes it a switch, shown by a tick. */
export function ToolbarButton({
  label,
  pressed,
  disabled = false,
  title,
  onClick,
  children,
}: {
  /** A longer name than the visible word; begins with it. */
  label?: string;
  pressed?: boolean;
  disabled?: boolean;
  title?: string;
  onClick: () => void;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      aria-label={label}
      aria-pressed={pressed}
      title={title}
      disabled={disabled}
      onClick={onClick}
      className={clsx(
        'inline-flex h-6 items-center gap-1 rounded px-1 hover:not-disabled:bg-raised hover:not-disabled:text-text disabled:opacity-55',
        pressed ? 'text-text' : 'text-muted',
      )}
    >
      {children}
      {pressed && <Icon of={Check} size={13} className="text-accent" />}
    </button>
  );
}
