import clsx from 'clsx';
import { ClipboardPaste, FileUp, FlaskConical, FolderUp, Upload } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';

export interface LaunchWays {
  readonly onOpenFile: () => void;
  readonly onOpenFolder: () => void;
  readonly onPaste: () => void;
  readonly onSamples: () => void;
}

/** Every way to bring a script in; the drop itself is caught by the whole window. */
export function LaunchStrip({ ways, busy, className }: { ways: LaunchWays; busy: boolean; className?: string }) {
  return (
    <section
      aria-label="Launch"
      className={clsx(
        'flex flex-wrap items-center gap-x-4 gap-y-2.5 rounded-md border border-dashed border-line-strong bg-panel px-4 py-3',
        className,
      )}
    >
      <span className="inline-flex size-9 items-center justify-center rounded-md bg-accent-pale text-accent">
        <Icon of={Upload} size={18} />
      </span>
      <p className="min-w-50 flex-1">
        <strong className="block font-semibold">{busy ? 'Reading…' : 'Drop a script, folder or workflow'}</strong>
        <span className="text-muted">Nothing runs before you have seen what it may do.</span>
      </p>
      <div className="flex flex-wrap gap-2">
        <Button variant="primary" icon={FileUp} onClick={ways.onOpenFile}>
          Open file
        </Button>
        <Button icon={FolderUp} onClick={ways.onOpenFolder}>
          Open folder
        </Button>
        <Button icon={ClipboardPaste} keys="$mod+V" onClick={ways.onPaste}>
          Paste
        </Button>
        <Button icon={FlaskConical} onClick={ways.onSamples}>
          Samples
        </Button>
      </div>
    </section>
  );
}
