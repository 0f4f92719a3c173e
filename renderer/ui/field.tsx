import clsx from 'clsx';
import { Check, ChevronDown } from 'lucide-react';
import { RadioGroup, Select as Radix, Switch as RadixSwitch } from 'radix-ui';
import type { ComponentPropsWithRef, ReactNode } from 'react';
import { Icon } from './icon.tsx';

/** As `ref`: the field takes the focus when it appears because the person asked for it. */
export function focusOnMount(field: HTMLElement | null): void {
  field?.focus();
}

const BOX =
  'rounded-md border border-line-strong/55 bg-panel px-2 text-text aria-invalid:border-red disabled:bg-raised disabled:text-muted';

/** One line of text. Give it an `aria-label` or a label element. `mono` for values, code and numbers. */
export function TextInput({ mono = false, className, ...rest }: ComponentPropsWithRef<'input'> & { mono?: boolean }) {
  return (
    <input
      autoComplete="off"
      spellCheck={false}
      {...rest}
      className={clsx(BOX, 'h-7.5 min-w-0', mono && 'font-mono text-sm', className)}
    />
  );
}

/** Several lines of text in the mono font. */
export function TextArea({ className, ...rest }: ComponentPropsWithRef<'textarea'>) {
  return (
    <textarea
      spellCheck={false}
      {...rest}
      className={clsx(BOX, 'block min-h-16 resize-y py-1.5 font-mono text-sm leading-5', className)}
    />
  );
}

/** A choice of a few words. */
export function Select<T extends string>({
  label,
  value,
  options,
  onChange,
  disabled,
  placeholder,
  className,
}: {
  label: string;
  value: T;
  options: readonly { value: T; text: string; icon?: ReactNode }[];
  onChange: (value: T) => void;
  disabled?: boolean;
  /** Stands there while `value` is empty. */
  placeholder?: string;
  className?: string;
}) {
  return (
    <Radix.Root value={value} onValueChange={(next) => onChange(next as T)} disabled={disabled}>
      <Radix.Trigger aria-label={label} className={clsx(BOX, 'inline-flex h-7.5 items-center gap-1.5', className)}>
        <Radix.Value placeholder={placeholder} />
        <Icon of={ChevronDown} size={14} className="ml-auto text-muted" />
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          position="popper"
          sideOffset={4}
          collisionPadding={8}
          className="layer-in z-60 min-w-(--radix-select-trigger-width) rounded-md border bg-panel p-1 shadow-sm"
        >
          <Radix.Viewport>
            {options.map((option) => (
              <Radix.Item
                key={option.value}
                value={option.value}
                className="flex h-7.5 items-center gap-2 rounded pr-3 pl-2 outline-none select-none data-highlighted:bg-raised"
              >
                <span className="inline-flex w-4">
                  <Radix.ItemIndicator>
                    <Icon of={Check} className="text-accent" />
                  </Radix.ItemIndicator>
                </span>
                <Radix.ItemText>{option.text}</Radix.ItemText>
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** On or off. */
export function Switch({
  label,
  checked,
  onChange,
  disabled,
}: {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
}) {
  return (
    <RadixSwitch.Root
      aria-label={label}
      checked={checked}
      onCheckedChange={onChange}
      disabled={disabled}
      className="inline-flex h-5 w-9 items-center rounded-full border border-line-strong bg-raised px-0.5 transition-colors disabled:opacity-55 data-[state=checked]:border-accent data-[state=checked]:bg-accent"
    >
      <RadixSwitch.Thumb className="size-3.5 rounded-full bg-line-strong transition-transform data-[state=checked]:translate-x-4 data-[state=checked]:bg-on-accent" />
    </RadixSwitch.Root>
  );
}

/** A choice of few words, side by side; arrows move. */
export function Choice<T extends string>({
  label,
  describedBy,
  value,
  choices,
  disabled = false,
  onChange,
}: {
  label: string;
  describedBy?: string;
  value: T;
  choices: readonly { readonly value: T; readonly text: string }[];
  disabled?: boolean;
  onChange: (value: T) => void;
}) {
  return (
    <RadioGroup.Root
      aria-label={label}
      aria-describedby={describedBy}
      orientation="horizontal"
      value={value}
      disabled={disabled}
      onValueChange={(next) => onChange(next as T)}
      className="inline-flex w-fit max-w-full flex-wrap rounded-md border border-line-strong/55 bg-raised p-0.5"
    >
      {choices.map((choice) => (
        <RadioGroup.Item
          key={choice.value}
          value={choice.value}
          className={clsx(
            'h-6 rounded px-2.5 whitespace-nowrap transition-colors disabled:opacity-55',
            choice.value === value
              ? 'bg-panel font-medium text-accent ring-1 ring-line-strong/55'
              : 'text-muted hover:text-text',
          )}
        >
          {choice.text}
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}
