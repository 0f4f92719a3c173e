import { useState, type KeyboardEvent } from 'react';
import { toAppError } from '#shared/lib/app-error.ts';
import type { Kind } from '#shared/policy/field.ts';
import { TextInput } from '../../../../ui/field.tsx';
import { Prose } from '../../../../ui/prose.tsx';

/** A value as text: Enter and leaving take it, Esc gives it up, a bad one says why and stays. */
export function Typed({
  label,
  kind,
  value,
  describedBy,
  disabled = false,
  className,
  id,
  mono = true,
  placeholder,
  onKey,
  onValue,
}: {
  label: string;
  kind: Pick<Kind<unknown>, 'parse' | 'format'>;
  value: unknown;
  describedBy?: string;
  disabled?: boolean;
  className?: string;
  id?: string;
  mono?: boolean;
  placeholder?: string;
  /** Keys of the caller; true when it took one. */
  onKey?: (event: KeyboardEvent) => boolean;
  onValue: (value: unknown) => void;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  const [wrong, setWrong] = useState<{ message: string; next: string } | null>(null);
  const shown = kind.format(value);
  const take = (): void => {
    if (typed === null || typed === shown) {
      setTyped(null);
      setWrong(null);
      return;
    }
    try {
      const parsed = kind.parse(typed);
      setTyped(null);
      setWrong(null);
      if (kind.format(parsed) !== shown) onValue(parsed);
    } catch (thrown) {
      const { message, why = '', next = '' } = toAppError(thrown);
      setWrong({ message: `${message} ${why}`.trim(), next });
    }
  };
  return (
    <span className={`flex min-w-0 flex-col gap-1 ${className ?? ''}`}>
      <TextInput
        mono={mono}
        placeholder={placeholder}
        id={id}
        className="w-full"
        aria-label={label}
        aria-invalid={wrong !== null}
        aria-describedby={describedBy}
        disabled={disabled}
        data-taken={typed === null ? '' : undefined}
        value={typed ?? shown}
        onChange={(event) => {
          setTyped(event.target.value);
          setWrong(null);
        }}
        onBlur={take}
        onKeyDown={(event) => {
          if (event.key === 'Enter') {
            event.preventDefault();
            take();
          } else if (event.key === 'Escape' && typed !== null) {
            event.preventDefault();
            event.stopPropagation();
            setTyped(null);
            setWrong(null);
          } else if (typed === null && onKey?.(event) === true) event.preventDefault();
        }}
      />
      {wrong && (
        <span role="alert" className="text-sm text-red">
          <Prose text={`${wrong.message} ${wrong.next}`} />
        </span>
      )}
    </span>
  );
}
