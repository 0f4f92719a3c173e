import { Dialog } from '../../ui/layers/dialog.tsx';
import { Kbd } from '../../ui/kbd.tsx';

/** Every shortcut of the view; keys as tinykeys writes them. */
export const SHORTCUTS = [
  { keys: ['p', 'Space'], what: 'Pause or resume the run' },
  { keys: ['$mod+.'], what: 'Stop the run' },
  { keys: ['r'], what: 'Run again, when it is finished' },
  { keys: ['c'], what: 'Copy the bellglass run command' },
  { keys: ['$mod+f', '/'], what: 'Search the output' },
  { keys: ['t'], what: 'Times of arrival on or off' },
  { keys: ['w'], what: 'Wrap long lines or not' },
  { keys: ['h'], what: 'Hold the output still, or let it go on' },
  { keys: ['n'], what: 'Go to the denied hosts, when there are any' },
  { keys: ['a', 's', 'b'], what: 'There: allow for this run, add to the policy, keep blocked' },
  { keys: ['[', ']'], what: 'Tab before, tab after' },
  { keys: ['$mod+Shift+Escape'], what: 'Out of the terminal' },
  { keys: ['$mod+d'], what: 'End the input of the script, in its input line' },
  { keys: ['ArrowLeft', 'ArrowRight'], what: 'Move the cursor of the charts, on a chart' },
  { keys: ['Enter'], what: 'Show the mark at that cursor in the timeline' },
  { keys: ['?'], what: 'This list' },
] as const;

export function ShortcutList({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keys of this view" onClose={onClose}>
      <dl className="flex flex-col px-4 py-2">
        {SHORTCUTS.map(({ keys, what }) => (
          <div key={what} className="flex items-center gap-3 border-b py-1.5 last:border-b-0">
            <dt className="flex-1">{what}</dt>
            <dd className="flex gap-1.5">
              {keys.map((key) => (
                <span key={key}>
                  <Kbd keys={key} />
                  <span className="sr-only">{key}</span>
                </span>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
