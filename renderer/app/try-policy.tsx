import { ClipboardPaste, FileUp, FlaskConical, FolderUp } from 'lucide-react';
import { useCallback } from 'react';
import { useClient, useLoad } from '../state/client.tsx';
import { Button } from '../ui/button.tsx';
import { ErrorCard } from '../ui/error-card.tsx';
import { Dialog } from '../ui/layers/dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { Skeleton } from '../ui/states.tsx';
import type { Launching } from './launching.tsx';

/** Which script a policy is tried on: then comes the launch sheet with this policy chosen. */
export function TryPolicy({
  policy,
  launching,
  onClose,
}: {
  policy: string;
  launching: Launching;
  onClose: () => void;
}) {
  const client = useClient();
  const { data: samples, error } = useLoad(useCallback(() => client.system.samples(), [client]));
  const choose = (way: () => void) => () => {
    launching.tryUnder(policy);
    onClose();
    way();
  };
  return (
    <Dialog
      title={`Try ${policy} on a run`}
      description="Choose a script. Nothing runs before you say so in the launch sheet."
      onClose={onClose}
    >
      <div className="flex flex-col gap-3 p-4">
        <div className="flex flex-wrap gap-2">
          <Button icon={FileUp} onClick={choose(() => launching.pick(false))}>
            Open file
          </Button>
          <Button icon={FolderUp} onClick={choose(() => launching.pick(true))}>
            Open folder
          </Button>
          <Button icon={ClipboardPaste} onClick={choose(launching.paste)}>
            Paste
          </Button>
        </div>
        <h3 className="font-semibold">Or a sample</h3>
        {error && <ErrorCard error={error} />}
        {samples ? (
          <ul className="flex flex-col rounded-md border">
            {samples.map((sample) => (
              <li key={sample.id} className="border-b last:border-b-0">
                <button
                  type="button"
                  onClick={choose(() => launching.sample(sample))}
                  className="flex w-full items-center gap-2.5 px-3 py-1.5 text-left hover:bg-raised focus-visible:-outline-offset-2"
                >
                  <Icon of={FlaskConical} className="text-muted" />
                  <span className="min-w-0 flex-1 truncate">{sample.title}</span>
                  <span className="font-mono text-sm text-muted">{sample.entry}</span>
                </button>
              </li>
            ))}
          </ul>
        ) : (
          !error && <Skeleton className="h-40" />
        )}
      </div>
    </Dialog>
  );
}
