import { useCallback, useMemo, useState } from 'react';
import type { EffectivePolicy } from '#shared/domain/policy.ts';
import { RUNTIMES, type Runtime } from '#shared/domain/run.ts';
import { compile } from '#shared/policy/compile.ts';
import { exportAs } from '#shared/policy/export/export.ts';
import { EXPORT_FORMS, type ExportForm } from '#shared/policy/export/form.ts';
import { RUNTIME_WORDS } from './runtime.ts';
import { useClient, useLoad } from '../state/client.tsx';
import { usePolicies } from '../state/policies.ts';
import { Button } from '../ui/button.tsx';
import { Callout } from '../ui/card.tsx';
import { CopyButton } from '../ui/copy.tsx';
import { ErrorCard } from '../ui/error-card.tsx';
import { Choice, Select } from '../ui/field.tsx';
import { Dialog } from '../ui/layers/dialog.tsx';
import { Prose } from '../ui/prose.tsx';
import { Skeleton } from '../ui/states.tsx';
import { download } from './download.ts';

const WORDS: Readonly<Record<ExportForm, { title: string; file: string }>> = {
  'docker-run': { title: 'docker run', file: 'run.sh' },
  compose: { title: 'Compose', file: 'compose.yaml' },
  kubernetes: { title: 'Kubernetes', file: 'pod.yaml' },
  'bellglass-run': { title: 'bellglass run', file: 'bellglass-run.sh' },
};

/** The same limits and hardening in the words of another tool, with what that tool cannot carry (POL-5). */
export function CopyAs({
  name,
  policy,
  runtime: given = 'python',
  onClose,
}: {
  name: string;
  policy: EffectivePolicy;
  runtime?: Runtime;
  onClose: () => void;
}) {
  const client = useClient();
  const capabilities = usePolicies((state) => state.context?.capabilities ?? null);
  const { data: images, error } = useLoad(useCallback(() => client.system.images(), [client]));
  const [form, setForm] = useState<ExportForm>('docker-run');
  const [runtime, setRuntime] = useState<Runtime>(given);
  const made = useMemo(() => {
    const image = images?.find((one) => one.runtime === runtime)?.reference;
    if (image === undefined) return null;
    const { options } = compile(policy, runtime, capabilities);
    return exportAs(form, policy, options, {
      runtime,
      image,
      seccompFile: `./bellglass-${policy.fields['security.seccomp'].value}.json`,
    });
  }, [images, form, runtime, policy, capabilities]);
  return (
    <Dialog
      wide
      title={`Copy ${name} as`}
      description="The same limits and hardening for another tool, and what it cannot carry."
      onClose={onClose}
      footer={
        <>
          {made && (
            <>
              <CopyButton text={made.text} words />
              <Button size="sm" onClick={() => download(`${name}-${WORDS[form].file}`, made.text)}>
                Download
              </Button>
            </>
          )}
          <span className="flex-1" />
          <Button variant="primary" onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3 p-4">
        <div className="flex flex-wrap items-center gap-3">
          <Choice
            label="Form"
            value={form}
            choices={EXPORT_FORMS.map((one) => ({ value: one, text: WORDS[one].title }))}
            onChange={setForm}
          />
          <Select
            label="Runtime"
            value={runtime}
            options={RUNTIMES.map((one) => ({ value: one, text: RUNTIME_WORDS[one] }))}
            onChange={setRuntime}
          />
        </div>
        {error && <ErrorCard error={error} />}
        {made ? (
          <pre
            // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by keyboard
            tabIndex={0}
            aria-label={`${name} as ${WORDS[form].title}`}
            className="max-h-90 overflow-auto rounded-md border bg-raised p-3 font-mono text-sm whitespace-pre"
          >
            {made.text}
          </pre>
        ) : (
          !error && <Skeleton className="h-60" />
        )}
        {made && made.cannot.length > 0 && (
          <Callout tone="amber">
            <p className="font-semibold">What {WORDS[form].title} cannot carry</p>
            <ul className="mt-1 list-disc pl-4">
              {made.cannot.map((text) => (
                <li key={text}>
                  <Prose text={text} />
                </li>
              ))}
            </ul>
          </Callout>
        )}
      </div>
    </Dialog>
  );
}
