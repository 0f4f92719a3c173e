import { Check } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { createContext, useContext, useMemo, useRef, type ReactNode } from 'react';
import { Icon, type LucideIcon } from '../icon.tsx';
import { Kbd } from '../kbd.tsx';

const ITEM =
  'flex min-h-7.5 items-center gap-2 rounded px-2 outline-none select-none data-disabled:opacity-55 data-highlighted:bg-raised';

/** Does what was chosen when the menu is gone: a dialog that opens before loses the focus to the menu's button. */
const Chosen = createContext<(act: () => void) => void>((act) => act());

/** A drop-down menu. `trigger` is one button. */
export function Menu({
  trigger,
  label,
  align = 'end',
  children,
}: {
  trigger: ReactNode;
  label: string;
  align?: 'start' | 'end';
  children: ReactNode;
}) {
  const chosen = useRef<(() => void) | null>(null);
  const choose = useMemo(
    () =>
      (act: () => void): void => {
        chosen.current = act;
      },
    [],
  );
  const closed = (): void => {
    const act = chosen.current;
    chosen.current = null;
    // The button has the focus by then.
    if (act !== null) queueMicrotask(act);
  };
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          aria-label={label}
          align={align}
          sideOffset={4}
          collisionPadding={8}
          onCloseAutoFocus={closed}
          className="layer-in z-50 min-w-44 rounded-md border bg-panel p-1 shadow-sm"
        >
          <Chosen value={choose}>{children}</Chosen>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** One action of a {@link Menu}. */
export function MenuItem({
  icon,
  danger = false,
  disabled = false,
  keys,
  tall = false,
  onSelect,
  children,
}: {
  icon?: LucideIcon;
  danger?: boolean;
  disabled?: boolean;
  keys?: string;
  /** Several lines of text. */
  tall?: boolean;
  onSelect: () => void;
  children: ReactNode;
}) {
  const choose = useContext(Chosen);
  return (
    <DropdownMenu.Item
      disabled={disabled}
      onSelect={() => choose(onSelect)}
      className={`${ITEM} ${danger ? 'text-red' : ''} ${tall ? 'py-1.5' : ''}`}
    >
      {icon && <Icon of={icon} />}
      <span className="flex-1">{children}</span>
      {keys && <Kbd keys={keys} />}
    </DropdownMenu.Item>
  );
}

/** A switchable entry that leaves the menu open. */
export function MenuCheck({
  checked,
  onChange,
  disabled = false,
  children,
}: {
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
  children: ReactNode;
}) {
  return (
    <DropdownMenu.CheckboxItem
      checked={checked}
      disabled={disabled}
      onCheckedChange={onChange}
      onSelect={(event) => event.preventDefault()}
      className={ITEM}
    >
      <span className="inline-flex w-4">{checked && <Icon of={Check} className="text-accent" />}</span>
      <span className="flex-1">{children}</span>
    </DropdownMenu.CheckboxItem>
  );
}
