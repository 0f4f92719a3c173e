import clsx from 'clsx';
import { LoaderCircle } from 'lucide-react';
import type { ComponentPropsWithRef, ReactNode } from 'react';
import { Icon, type LucideIcon } from './icon.tsx';
import { Kbd } from './kbd.tsx';
import { Tip } from './layers/tooltip.tsx';

const VARIANTS = {
  primary: 'border-transparent bg-accent text-on-accent hover:not-disabled:bg-accent-hover',
  default: 'bg-panel text-text hover:not-disabled:bg-raised',
  danger: 'bg-panel text-red hover:not-disabled:bg-red-pale',
  destroy: 'border-transparent bg-red text-on-red hover:not-disabled:bg-red-hover',
  ghost: 'border-transparent text-muted hover:not-disabled:bg-raised hover:not-disabled:text-text',
} as const;

type Common = Omit<ComponentPropsWithRef<'button'>, 'type'> & {
  /** `danger` opens something destructive, `destroy` is the last step of it. */
  variant?: keyof typeof VARIANTS;
  size?: 'sm' | 'md' | 'lg';
  /** Shows a spinner and refuses clicks; the size stays. */
  busy?: boolean;
  type?: 'button' | 'submit';
};

const SIZES = { sm: 'h-6 gap-1.5 px-2 text-sm', md: 'h-7.5 gap-1.5 px-2.5', lg: 'h-9 gap-2 px-3.5' } as const;

/** A button with words. `keys` (tinykeys binding) is shown and announced, but not bound here. */
export function Button({
  variant = 'default',
  size = 'md',
  icon,
  keys,
  busy = false,
  className,
  children,
  disabled,
  type = 'button',
  ...rest
}: Common & { icon?: LucideIcon; keys?: string; children: ReactNode }) {
  return (
    <button
      {...rest}
      type={type}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      aria-keyshortcuts={keys?.replace('$mod', 'Control')}
      className={clsx(
        'inline-flex shrink-0 items-center justify-center rounded-md border font-medium whitespace-nowrap transition-colors disabled:opacity-55',
        VARIANTS[variant],
        SIZES[size],
        className,
      )}
    >
      {busy ? <Icon of={LoaderCircle} className="animate-spin" /> : icon && <Icon of={icon} />}
      {children}
      {keys && <Kbd keys={keys} onAccent={variant === 'primary' || variant === 'destroy'} />}
    </button>
  );
}

/** A square button with an icon; `label` is its name and its hint. */
export function IconButton({
  label,
  icon,
  variant = 'ghost',
  size = 'md',
  busy = false,
  className,
  disabled,
  keys,
  ...rest
}: Common & { label: string; icon: LucideIcon; keys?: string }) {
  return (
    <Tip
      text={
        keys ? (
          <span className="inline-flex items-center gap-2">
            {label} <Kbd keys={keys} />
          </span>
        ) : (
          label
        )
      }
    >
      <button
        type="button"
        {...rest}
        disabled={disabled || busy}
        aria-label={label}
        aria-keyshortcuts={keys?.replace('$mod', 'Control')}
        className={clsx(
          'inline-flex shrink-0 items-center justify-center rounded-md border transition-colors disabled:opacity-55',
          VARIANTS[variant],
          size === 'sm' ? 'size-6' : 'size-7.5',
          className,
        )}
      >
        <Icon of={busy ? LoaderCircle : icon} className={busy ? 'animate-spin' : ''} />
      </button>
    </Tip>
  );
}
