/** The end of every sheet that starts something: what would happen, *Run* and *Cancel*. */
import { Play } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '../../ui/button.tsx';

export function LaunchFooter({
  label = 'Run',
  words,
  beside = false,
  busy,
  disabled,
  onRun,
  onCancel,
  children,
}: {
  label?: string | undefined;
  /** Said aloud when it changes. */
  words: ReactNode;
  /** The words stand between the buttons instead of above them. */
  beside?: boolean | undefined;
  busy: boolean;
  disabled: boolean;
  onRun: () => void;
  onCancel: () => void;
  /** More buttons. */
  children?: ReactNode;
}) {
  return (
    <footer className="shrink-0 border-t bg-background px-4 py-3">
      {!beside && (
        <p aria-live="polite" className="mb-2 min-h-5 text-muted">
          {words}
        </p>
      )}
      <div className="flex flex-wrap items-center gap-2">
        <Button
          variant="primary"
          size="lg"
          icon={Play}
          keys="$mod+Enter"
          busy={busy}
          disabled={disabled}
          onClick={onRun}
        >
          {label}
        </Button>
        {beside ? (
          <p aria-live="polite" className="min-w-0 flex-1 px-1 text-muted">
            {words}
          </p>
        ) : (
          <span className="flex-1" />
        )}
        {children}
        <Button size="lg" keys="Escape" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </footer>
  );
}
