/** What stayed in the sandbox, with the reason of each. */
import type { RunData } from '#shared/domain/exchange.ts';
import { LEFT_WORDS } from '#shared/exchange/words.ts';

export function Left({ left, more }: { left: RunData['left']; more: number }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by keyboard
    <section aria-label="Left in the sandbox" tabIndex={0} className="h-full overflow-auto px-4 py-2">
      <h3 className="pb-1 text-muted">Left in the sandbox, which is gone:</h3>
      <ul>
        {left.map(({ path, reason }, at) => (
          <li key={at} className="grid grid-cols-[minmax(0,2fr)_minmax(0,3fr)] gap-4 py-0.5">
            <span className="truncate font-mono text-sm" title={path}>
              {path}
            </span>
            <span>{LEFT_WORDS[reason]}</span>
          </li>
        ))}
      </ul>
      {more > 0 && <p className="py-0.5 text-muted">and {more.toLocaleString('en')} more</p>}
    </section>
  );
}
