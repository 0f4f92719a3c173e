/** The line in which a filter is typed. */
import { Search, X } from 'lucide-react';
import type { Ref } from 'react';
import { IconButton } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';

export interface FilterInputProps {
  /** What a screen reader calls it. */
  readonly label: string;
  readonly placeholder: string;
  /** Words that may stand before a colon. */
  readonly keys: readonly string[];
  readonly text: string;
  /** Id of the list of mistakes, while there is one. */
  readonly problems: string | null;
  readonly inputRef: Ref<HTMLInputElement>;
  readonly onChange: (text: string) => void;
}

/** `Esc` empties it, and leaves it when it is empty. */
export function FilterInput({ label, placeholder, keys, text, problems, inputRef, onChange }: FilterInputProps) {
  return (
    <div className="relative min-w-60 flex-1 basis-72">
      <Icon of={Search} size={14} className="pointer-events-none absolute top-2 left-2.5 text-muted" />
      <input
        ref={inputRef}
        type="text"
        spellCheck={false}
        value={text}
        aria-label={label}
        aria-describedby={problems ?? 'filter-help'}
        aria-invalid={problems !== null}
        aria-keyshortcuts="/"
        placeholder={placeholder}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          if (text === '') event.currentTarget.blur();
          else onChange('');
        }}
        className="h-7.5 w-full rounded-md border border-line-strong/55 bg-panel pr-8 pl-8"
      />
      {text !== '' && (
        <IconButton
          label="Clear the filter"
          icon={X}
          size="sm"
          className="absolute top-0.75 right-1"
          onClick={() => onChange('')}
        />
      )}
      <span id="filter-help" className="sr-only">
        Words, and {keys.join(', ')} followed by a colon and a value.
      </span>
    </div>
  );
}
