import { Tabs as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { Chip, type Tone } from './chip.tsx';

export interface Tab<T extends string> {
  readonly id: T;
  readonly title: string;
  /** A count worth seeing before the tab is opened. */
  readonly badge?: { readonly text: string; readonly tone: Tone };
  readonly content: ReactNode;
}

/** Tabs with arrow keys. Only the open tab is mounted; the panel scrolls by itself. */
export function Tabs<T extends string>({
  label,
  tabs,
  value,
  onChange,
  aside,
}: {
  label: string;
  tabs: readonly Tab<T>[];
  value: T;
  onChange: (value: T) => void;
  aside?: ReactNode;
}) {
  return (
    <Radix.Root value={value} onValueChange={(next) => onChange(next as T)} className="flex h-full min-h-0 flex-col">
      <div className="flex shrink-0 items-center border-b bg-panel px-4">
        <Radix.List aria-label={label} className="flex gap-5">
          {tabs.map((tab) => (
            <Radix.Trigger
              key={tab.id}
              value={tab.id}
              className="-mb-px inline-flex h-9 items-center gap-1.5 border-b-2 border-transparent font-medium text-muted hover:text-text data-[state=active]:border-accent data-[state=active]:text-accent"
            >
              {tab.title}
              {tab.badge && <Chip tone={tab.badge.tone}>{tab.badge.text}</Chip>}
            </Radix.Trigger>
          ))}
        </Radix.List>
        {aside && <div className="ml-auto flex items-center gap-2">{aside}</div>}
      </div>
      {tabs.map((tab) => (
        <Radix.Content key={tab.id} value={tab.id} className="min-h-0 flex-1 overflow-auto">
          {tab.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
