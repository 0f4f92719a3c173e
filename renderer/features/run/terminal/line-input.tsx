import { CornerDownLeft } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../../ui/button.tsx';

/** One line for the script's stdin; Ctrl+D ends it as in a terminal. */
export function LineInput({ onLine, onEnd }: { onLine: (line: string) => void; onEnd: () => void }) {
  const [line, setLine] = useState('');
  return (
    <form
      className="flex shrink-0 items-center gap-2 border-t border-line-strong/40 bg-terminal py-1 pr-2 pl-3"
      onSubmit={(event) => {
        event.preventDefault();
        onLine(line);
        setLine('');
      }}
    >
      <span aria-hidden className="font-mono text-sm text-terminal-muted">
        stdin ›
      </span>
      <input
        type="text"
        aria-label="Input for the script"
        placeholder="A line for the script; Ctrl D ends its input"
        value={line}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setLine(event.target.value)}
        onKeyDown={(event) => {
          if (!event.ctrlKey || event.key.toLowerCase() !== 'd') return;
          event.preventDefault();
          if (line !== '') onLine(line);
          setLine('');
          onEnd();
        }}
        className="h-6 min-w-0 flex-1 rounded bg-transparent px-1 font-mono text-sm text-terminal-text placeholder:text-terminal-muted"
      />
      <Button size="sm" type="submit" icon={CornerDownLeft}>
        Send
      </Button>
      <Button size="sm" onClick={onEnd}>
        End input
      </Button>
    </form>
  );
}
