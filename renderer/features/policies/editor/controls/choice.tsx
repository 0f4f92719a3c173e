import clsx from 'clsx';
import { RadioGroup } from 'radix-ui';

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
