import { Info, OctagonAlert, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import type { Finding } from '#shared/domain/finding.ts';
import { toAppError } from '#shared/lib/app-error.ts';
import { Icon, type LucideIcon } from '../../../ui/icon.tsx';
import { toast } from '../../../ui/layers/toast.tsx';
import { Prose } from '../../../ui/prose.tsx';
import { editsOf } from '../draft/edit.ts';
import { draftOf, edit } from '../draft/store.ts';

export const SEVERITY: Readonly<Record<Finding['severity'], { icon: LucideIcon; tone: string; word: string }>> = {
  info: { icon: Info, tone: 'text-muted', word: 'Note' },
  warning: { icon: TriangleAlert, tone: 'text-amber', word: 'Warning' },
  danger: { icon: OctagonAlert, tone: 'text-red', word: 'Danger' },
};

/** Brings the smallest change of a finding into the draft. */
export function applyFix(name: string, set: Readonly<Record<string, string>>): void {
  const draft = draftOf(name);
  if (draft === null) return;
  try {
    edit(name, ...editsOf(set, draft.document));
  } catch (thrown) {
    toast(toAppError(thrown).message, 'failed');
  }
}

/** What a lint rule says, why on demand, and its fix in one click. */
export function FindingLine({ name, finding, disabled }: { name: string; finding: Finding; disabled: boolean }) {
  const [open, setOpen] = useState(false);
  const { icon, tone, word } = SEVERITY[finding.severity];
  const { fix } = finding;
  return (
    <div className="mt-2 flex items-start gap-2">
      <Icon of={icon} size={14} className={`mt-0.75 ${tone}`} label={`${word}:`} />
      <div className="min-w-0 flex-1">
        <p>
          <Prose text={finding.message} />{' '}
          {fix !== null && (
            <button
              type="button"
              disabled={disabled}
              onClick={() => applyFix(name, fix.set)}
              className="rounded font-medium underline underline-offset-2 hover:text-accent disabled:opacity-55"
            >
              {fix.label}
            </button>
          )}{' '}
          <button
            type="button"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
            className="rounded text-muted underline underline-offset-2 hover:text-text"
          >
            {open ? 'Less' : 'Why'}
          </button>
        </p>
        {open && (
          <p className="mt-0.5 text-sm text-muted">
            <Prose text={finding.reason} /> {finding.reference}. Rule <code className="font-mono">{finding.rule}</code>
          </p>
        )}
      </div>
    </div>
  );
}
