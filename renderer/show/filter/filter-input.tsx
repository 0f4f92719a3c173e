/** The line in which a filter is typed. */
import { CircleHelp, Search, X } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useState, type Ref } from 'react';
import type { FilterHelp } from '#shared/history/filter-help.ts';
import { IconButton } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';

export interface FilterInputProps {
  /** What a screen reader calls it. */
  readonly label: string;
  readonly placeholder: string;
  /** Words that may stand before a colon. */
  readonly keys: readonly string[];
  /** Examples behind a button; none: there is no such button. */
  readonly help?: readonly FilterHelp[];
  readonly text: string;
  /** Id of the list of mistakes, while there is one. */
  readonly problems: string | null;
  readonly inputRef: Ref<HTMLInputElement>;
  readonly onChange: (text: string) => void;
}

/** `Esc` empties it, and leaves it when it is empty. */
export function FilterInput({ label, placeholder, keys, help, text, problems, inputRef, onChange }: FilterInputProps) {
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
        className={`h-7.5 w-full rounded-md border border-line-strong/55 bg-panel pl-8 ${help ? 'pr-15' : 'pr-8'}`}
      />
      {text !== '' && (
        <IconButton
          label="Clear the filter"
          icon={X}
          size="sm"
          className={`absolute top-0.75 ${help ? 'right-8' : 'right-1'}`}
          onClick={() => onChange('')}
        />
      )}
      {help && (
        <Help help={help} onPick={(example) => onChange(text.trim() === '' ? example : `${text.trim()} ${example}`)} />
      )}
      <span id="filter-help" className="sr-only">
        Words, and {keys.join(', ')} followed by a colon and a value.
      </span>
    </div>
  );
}

/** What can be typed; a click puts an example into the filter. */
function Help({ help, onPick }: { help: readonly FilterHelp[]; onPick: (example: string) => void }) {
  const [open, setOpen] = useState(false);
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger asChild>
        <IconButton label="What can be filtered by" icon={CircleHelp} size="sm" className="absolute top-0.75 right-1" />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          aria-label="What can be filtered by"
          align="end"
          sideOffset={6}
          collisionPadding={8}
          className="layer-in z-50 max-h-[min(520px,var(--radix-popover-content-available-height))] w-110 max-w-[calc(100vw-16px)] overflow-auto rounded-md border bg-panel p-1 shadow-sm"
        >
          <ul>
            {help.map(({ example, meaning }) => (
              <li key={example}>
                <button
                  type="button"
                  className="flex w-full items-baseline gap-3 rounded px-2 py-1 text-left hover:bg-raised"
                  onClick={() => {
                    setOpen(false);
                    onPick(example);
                  }}
                >
                  <code className="w-44 shrink-0 font-mono text-sm">{example}</code>
                  <span className="min-w-0 text-muted">{meaning}</span>
                </button>
              </li>
            ))}
          </ul>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
