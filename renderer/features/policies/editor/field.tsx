import { Undo2 } from 'lucide-react';
import { memo, useId } from 'react';
import type { FieldPath } from '#shared/domain/policy.ts';
import { anyField } from '#shared/policy/fields.ts';
import { EnforcementMark } from '../../../show/enforcement.tsx';
import { glued } from '../../../show/format.ts';
import { CeilingChip, SourceChip } from '../../../show/source-chip.tsx';
import { usePolicies } from '../../../state/policies.ts';
import { IconButton } from '../../../ui/button.tsx';
import { Prose } from '../../../ui/prose.tsx';
import { edit } from '../draft/store.ts';
import { Control } from './controls/control.tsx';
import { FindingLine } from './finding-line.tsx';
import { useFieldPiece } from './use-draft.ts';

/** One setting: what it is, where its value came from, its control, what a reviewer says, whether it holds here. */
export const FieldCard = memo(function FieldCard({ name, path }: { name: string; path: FieldPath }) {
  const hint = useId();
  const { now, below, change, set, broken, findings } = useFieldPiece(name, path);
  const context = usePolicies((state) => state.context);
  if (!now || !below) return null;
  const field = anyField(path);
  const { kind, label, help } = field;
  const asked = now.clampedFrom ?? now.value;
  const ceiling = context?.ceilings[path];
  const fact = context?.capabilities ? field.enforcement(context.capabilities, now.value) : null;
  const gives = below.tier === 'level' ? below.name : `the ${below.name}`;
  return (
    <div
      role="group"
      aria-label={label}
      data-field={path}
      className="rounded-md border bg-panel px-3.5 py-3 [content-visibility:auto] [contain-intrinsic-size:auto_112px]"
    >
      <header className="mb-1.5 flex min-h-6 flex-wrap items-center gap-x-2 gap-y-1">
        <h3 className="font-semibold" title={path}>
          {label}
        </h3>
        <SourceChip tier={now.tier} name={now.name} />
        {now.clampedFrom !== undefined && <CeilingChip asked={kind.format(now.clampedFrom)} />}
        <span className="ml-auto inline-flex items-center gap-1.5 text-sm">
          <EnforcementMark state={fact?.state ?? null} why={fact?.why ?? ''} />
          <IconButton
            label={`Revert ${label} to ${gives}`}
            icon={Undo2}
            size="sm"
            className={set ? '' : 'invisible'}
            disabled={!set || broken}
            onClick={() => edit(name, { to: 'level-default', field: path })}
          />
        </span>
      </header>
      <Control
        path={path}
        value={asked}
        below={below.clampedFrom ?? below.value}
        change={change}
        set={set}
        ceiling={ceiling}
        folders={context?.mountFolders}
        describedBy={hint}
        disabled={broken}
        onEdit={(next) => edit(name, next)}
      />
      <p id={hint} className="mt-1.5 text-sm text-muted">
        <Prose text={help} />
        <br />
        {glued(`${gives} gives ${shortly(kind.format(below.value))}`)}
        {ceiling !== undefined && <> · {glued(`ceiling ${shortly(kind.format(ceiling))} (settings)`)}</>}
      </p>
      {findings.map((finding) => (
        <FindingLine key={finding.rule + finding.message} name={name} finding={finding} disabled={broken} />
      ))}
    </div>
  );
});

function shortly(text: string): string {
  return text.length > 44 ? `${text.slice(0, 42)}…` : text;
}
