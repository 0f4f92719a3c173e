import { Check, CircleX, Equal, TriangleAlert } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { PolicyDocument, Problem } from '#shared/domain/policy-document.ts';
import type { AskedSetting, ReportLine } from '#shared/policy/convert/conversion.ts';
import { nameProblem } from '#shared/policy/names.ts';
import { summary } from '#shared/policy/say/summary.ts';
import { toErrorData } from '../../../rpc/client.ts';
import { count, glued } from '../../../show/format.ts';
import { LevelChip } from '../../../show/level-chip.tsx';
import { useClient } from '../../../state/client.tsx';
import { NO_POLICIES, usePolicies } from '../../../state/policies.ts';
import { go } from '../../../state/route.ts';
import { Button } from '../../../ui/button.tsx';
import { Callout } from '../../../ui/card.tsx';
import { ErrorCard, type ShownError } from '../../../ui/error-card.tsx';
import { TextInput } from '../../../ui/field.tsx';
import { Icon, type LucideIcon } from '../../../ui/icon.tsx';
import { Dialog } from '../../../ui/layers/dialog.tsx';
import { toast } from '../../../ui/layers/toast.tsx';
import { Prose } from '../../../ui/prose.tsx';
import { ReportTable } from '../../../ui/tables/report.tsx';
import { writeNew } from '../actions.ts';
import { effectiveOf } from '../draft/meaning.ts';
import { showDialog } from '../view-state.ts';
import { importing, type Imported } from './importing.ts';

const RESULTS: Readonly<Record<ReportLine['result'], { icon: LucideIcon; tone: string; word: string }>> = {
  mapped: { icon: Check, tone: 'text-accent', word: 'mapped' },
  approximated: { icon: TriangleAlert, tone: 'text-amber', word: 'approximated' },
  refused: { icon: CircleX, tone: 'text-red', word: 'refused' },
  ignored: { icon: Equal, tone: 'text-muted', word: 'left out' },
};

/** What files become as policies: every line accounted for, before anything is saved. */
export function Import({ files }: { files: readonly { readonly name: string; readonly text: string }[] }) {
  const client = useClient();
  const policies = usePolicies((state) => state.policies ?? NO_POLICIES);
  const taken = useMemo(() => policies.map(({ name }) => name), [policies]);
  // Names are proposed once: what is saved meanwhile must not rename what is on screen.
  const [imported] = useState<readonly Imported[]>(() => importing(files, taken));
  const [names, setNames] = useState<Readonly<Record<string, string>>>({});
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ShownError | null>(null);
  const all = imported.flatMap(({ policies: made }) => made);
  const chosen = all.filter(({ id }) => !left.has(id));
  const nameOf = (id: string, proposed: string): string => names[id] ?? proposed;
  const wrongName = (id: string, proposed: string): string | null => {
    const name = nameOf(id, proposed);
    const problem = nameProblem(name);
    if (problem) return problem.why;
    if (taken.some((one) => one.toLowerCase() === name.toLowerCase())) return `There is a policy ${name} already.`;
    const twice = chosen.filter((one) => nameOf(one.id, one.name).toLowerCase() === name.toLowerCase()).length > 1;
    return twice && !left.has(id) ? 'Two of these have this name.' : null;
  };
  const ready = chosen.length > 0 && chosen.every(({ id, name }) => wrongName(id, name) === null);
  const saveThem = async (): Promise<void> => {
    setBusy(true);
    try {
      for (const one of chosen) await writeNew(client, nameOf(one.id, one.name), one.text);
      showDialog(null);
      toast(`${count(chosen.length, 'policy', 'policies')} imported.`);
      const [first] = chosen;
      if (first) go({ at: 'policies', name: nameOf(first.id, first.name) });
    } catch (thrown) {
      setError(toErrorData(thrown));
      setBusy(false);
    }
  };
  return (
    <Dialog
      wide
      title="Import policies"
      description="Nothing is saved before you say so. What the source did not say is as tight as its level."
      onClose={() => showDialog(null)}
      footer={
        <>
          <span className="min-w-0 flex-1 text-muted">
            {all.length === 0 ? 'Nothing here can become a policy.' : `${chosen.length} of ${all.length} chosen`}
          </span>
          <Button onClick={() => showDialog(null)}>Cancel</Button>
          <Button variant="primary" busy={busy} disabled={!ready} onClick={() => void saveThem()}>
            {chosen.length > 1 ? `Save ${chosen.length} policies` : 'Save the policy'}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4 p-4">
        {error && <ErrorCard error={error} />}
        {imported.map((one) => (
          <section key={one.file} aria-label={one.file} className="flex flex-col gap-2.5">
            <h3 className="flex items-baseline gap-2 font-semibold">
              <span className="font-mono text-sm">{one.file}</span>
              <span className="font-normal text-muted">{one.shape}</span>
            </h3>
            {one.problems.length > 0 && <Problems problems={one.problems} />}
            {one.policies.map(({ id, name, document }) => (
              <MadePolicy
                key={id}
                name={nameOf(id, name)}
                document={document}
                wrong={wrongName(id, name)}
                chosen={!left.has(id)}
                onName={(next) => setNames({ ...names, [id]: next })}
                onChosen={(yes) => {
                  const next = new Set(left);
                  if (yes) next.delete(id);
                  else next.add(id);
                  setLeft(next);
                }}
              />
            ))}
            <Report lines={one.report} />
            {one.settings.length > 0 && <Settings settings={one.settings} />}
          </section>
        ))}
      </div>
    </Dialog>
  );
}

function MadePolicy({
  name,
  document,
  wrong,
  chosen,
  onName,
  onChosen,
}: {
  name: string;
  document: PolicyDocument;
  wrong: string | null;
  chosen: boolean;
  onName: (name: string) => void;
  onChosen: (chosen: boolean) => void;
}) {
  const context = usePolicies((state) => state.context);
  const effective = context === null ? null : effectiveOf(document, context);
  return (
    <div className="flex items-start gap-3 rounded-md border bg-background px-3 py-2">
      <input
        type="checkbox"
        aria-label={`Import ${name}`}
        checked={chosen}
        onChange={(event) => onChosen(event.target.checked)}
        className="mt-2 accent-accent"
      />
      <span className="min-w-0 flex-1">
        <span className="flex flex-wrap items-center gap-2">
          <TextInput
            mono
            aria-label="Name of the policy"
            aria-invalid={wrong !== null}
            className="w-56"
            value={name}
            onChange={(event) => onName(event.target.value)}
          />
          {effective && <LevelChip level={effective.level} />}
        </span>
        {wrong !== null && (
          <span role="alert" className="block text-sm text-red">
            <Prose text={wrong} />
          </span>
        )}
        {effective && <span className="mt-1 block text-muted">{glued(summary(effective))}</span>}
      </span>
    </div>
  );
}

function Problems({ problems }: { problems: readonly Problem[] }) {
  return (
    <Callout tone="red">
      <ul className="flex flex-col gap-1">
        {problems.map((problem) => (
          <li key={`${problem.line}:${problem.column} ${problem.code} ${problem.message}`}>
            <span className="font-mono text-sm text-muted">
              {problem.line}:{problem.column}
            </span>{' '}
            <Prose text={problem.message} />{' '}
            <span className="text-muted">
              <Prose text={problem.fix} />
            </span>
          </li>
        ))}
      </ul>
    </Callout>
  );
}

/** Refused first, mapped last: what was taken over plainly needs the least reading. */
const ORDER: readonly ReportLine['result'][] = ['refused', 'approximated', 'ignored', 'mapped'];

function Report({ lines }: { lines: readonly ReportLine[] }) {
  if (lines.length === 0) return null;
  const sorted = ORDER.flatMap((result) => lines.filter((line) => line.result === result));
  return (
    <ReportTable
      caption="What became of every line"
      columns={[{ title: 'Result', className: 'w-28' }, { title: 'Source' }, { title: 'Became' }, { title: 'Why' }]}
    >
      {sorted.map((line, index) => {
        const look = RESULTS[line.result];
        return (
          <tr key={`${index} ${line.from}`} className="border-b border-line/60 align-top">
            <td className={`py-1 pr-3 ${look.tone}`}>
              <span className="inline-flex items-center gap-1.5">
                <Icon of={look.icon} size={14} />
                {look.word}
              </span>
            </td>
            <td className="py-1 pr-3 font-mono text-sm break-words">{line.from}</td>
            <td className="py-1 pr-3 font-mono text-sm break-words">{line.to === '' ? '–' : line.to}</td>
            <td className="py-1 text-muted">
              <Prose text={line.why} />
            </td>
          </tr>
        );
      })}
    </ReportTable>
  );
}

/** Settings are for the whole program, so they are only named here. */
function Settings({ settings }: { settings: readonly AskedSetting[] }) {
  return (
    <Callout>
      <p className="font-semibold">The file also holds settings of the whole program. They are not taken over.</p>
      <ul className="mt-1 flex flex-col gap-0.5">
        {settings.map(({ key, value, why }) => (
          <li key={key}>
            <code className="font-mono text-sm">
              {key}: {value}
            </code>{' '}
            <span className="text-muted">
              <Prose text={why} />
            </span>
          </li>
        ))}
      </ul>
      <p className="mt-1 text-muted">Set what you want of it under Settings.</p>
    </Callout>
  );
}
