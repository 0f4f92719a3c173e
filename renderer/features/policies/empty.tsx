import { Plus } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Shield } from 'lucide-react';
import { showDialog } from './view-state.ts';

/** What own policies are for, while there are none. */
export function NoPolicies({ onImport }: { onImport: () => void }) {
  return (
    <section
      aria-label="No own policies"
      className="flex shrink-0 flex-wrap items-center gap-x-4 gap-y-2 border-b bg-background px-4 py-3"
    >
      <Icon of={Shield} size={20} className="text-accent" />
      <p className="min-w-64 flex-1">
        <strong className="font-semibold">A policy of your own starts from a level and changes what differs.</strong>{' '}
        <span className="text-muted">
          Give one script two hosts and 192 MiB, and nothing else. It is a YAML file that you can share and review.
        </span>
      </p>
      <Button onClick={onImport}>Import a file…</Button>
      <Button variant="primary" icon={Plus} onClick={() => showDialog({ kind: 'new', from: 'limited' })}>
        Make one from limited
      </Button>
    </section>
  );
}
