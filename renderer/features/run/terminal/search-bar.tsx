import { ChevronDown, ChevronUp, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { IconButton } from '../../../ui/button.tsx';
import { matchWords, type Matches } from '../model/output-words.ts';

interface Props {
  readonly text: string;
  readonly matches: Matches;
  readonly onText: (text: string) => void;
  readonly onStep: (direction: 'next' | 'previous') => void;
  readonly onClose: () => void;
}

/** Finds text in the output: Enter goes on, Shift+Enter back, Esc closes. */
export function SearchBar({ text, matches, onText, onStep, onClose }: Props) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.select(), []);
  return (
    <div
      role="search"
      aria-label="Output"
      className="absolute top-2 right-4 z-10 flex items-center gap-1 rounded-md border bg-panel p-1 text-text shadow-sm"
    >
      <input
        ref={input}
        type="text"
        aria-label="Search the output"
        placeholder="Search"
        value={text}
        spellCheck={false}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onStep(event.shiftKey ? 'previous' : 'next');
          else if (event.key === 'Escape') onClose();
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
        className="h-6 w-44 rounded border bg-panel px-2 font-mono text-sm"
      />
      <span role="status" className="min-w-16 text-center font-mono text-sm text-muted">
        {text === '' ? '' : matchWords(matches)}
      </span>
      <IconButton size="sm" icon={ChevronUp} label="Previous match" onClick={() => onStep('previous')} />
      <IconButton size="sm" icon={ChevronDown} label="Next match" onClick={() => onStep('next')} />
      <IconButton size="sm" icon={X} label="Close search" onClick={onClose} />
    </div>
  );
}
