const isMac = navigator.platform.startsWith('Mac');
const WORDS: Record<string, string> = {
  '[Shift]': '',
  $mod: isMac ? '⌘' : 'Ctrl',
  Shift: '⇧',
  Enter: '↵',
  Escape: 'Esc',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
};

/** A tinykeys binding as people write it: `$mod+Enter` is `Ctrl ↵`, on a Mac `⌘ ↵`. */
export function keyWords(binding: string): string {
  return binding
    .split('+')
    .map((part) => WORDS[part] ?? (part.length === 1 ? part.toUpperCase() : part))
    .filter(Boolean)
    .join(' ');
}

/** A key cap. `keys` is a tinykeys binding; screen readers get it from `aria-keyshortcuts` of the control, not from here. */
export function Kbd({ keys, onAccent = false }: { keys: string; onAccent?: boolean }) {
  return (
    <kbd
      aria-hidden
      className={`inline-flex h-4.5 items-center rounded border px-1 font-mono text-xs whitespace-nowrap ${onAccent ? 'border-current' : 'border-line bg-raised text-muted'}`}
    >
      {keyWords(keys)}
    </kbd>
  );
}
