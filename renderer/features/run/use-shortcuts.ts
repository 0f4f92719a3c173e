import { useEffect, useRef } from 'react';
import { tinykeys } from 'tinykeys';

/** True where a letter is text or an activation of its own: fields, the terminal, controls, open layers. */
function taken(event: KeyboardEvent, letter: boolean): boolean {
  const target = event.target instanceof Element ? event.target : null;
  if (document.querySelector('[role=dialog], [role=alertdialog], [role=menu]')) return true;
  if (target?.closest('input, textarea, select, [contenteditable=true]')) return letter;
  return event.key === ' ' && target?.closest('button, a, summary, [role=tab], [role=separator]') != null;
}

/** Binds the view's shortcuts; letters stay text in fields and in the terminal. */
export function useShortcuts(bindings: Readonly<Record<string, () => void>>): void {
  const latest = useRef(bindings);
  latest.current = bindings;
  const keys = Object.keys(bindings).join(' ');
  useEffect(() => {
    const map = Object.fromEntries(
      keys.split(' ').map((key) => [
        key,
        (event: KeyboardEvent) => {
          if (event.defaultPrevented || taken(event, !key.startsWith('$mod'))) return;
          event.preventDefault();
          latest.current[key]?.();
        },
      ]),
    );
    return tinykeys(window, map);
  }, [keys]);
}
