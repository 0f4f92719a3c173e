import { Bomb, CircleCheck, FileUp, LoaderCircle, Server, ShieldCheck, TriangleAlert } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useClient, attempt } from '../../state/client.tsx';
import { engineWords, useEngine } from '../../state/engine.ts';
import { go } from '../../state/route.ts';
import { Button } from '../../ui/button.tsx';
import { CopyLine } from '../../ui/copy.tsx';
import { ErrorCard } from '../../ui/error-card.tsx';
import { Icon, type LucideIcon } from '../../ui/icon.tsx';

/** What an empty list shows: the engine's state and three first steps, no wizard. */
export function FirstRun({ onTrySample, onOpenFile }: { onTrySample: () => Promise<unknown>; onOpenFile: () => void }) {
  const [trying, setTrying] = useState(false);
  const ready = useEngine((state) => state.status?.state === 'ready');
  return (
    <div className="mx-auto flex w-full max-w-220 flex-col gap-4 px-6 py-8">
      <div>
        <h2 className="text-xl font-semibold">Run a script you do not trust, and see everything it does</h2>
        <p className="text-muted">
          It runs in a container of its own, that cannot reach your files, your keys or your network unless you say so.
        </p>
      </div>
      <EngineState />
      <div className="grid grid-cols-3 gap-3 max-[1100px]:grid-cols-1">
        <Step
          icon={Bomb}
          title="Try a sample"
          text="A memory bomb runs under untrusted, and is stopped before your eyes."
        >
          <Button
            variant="primary"
            busy={trying}
            disabled={!ready}
            onClick={() => {
              setTrying(true);
              void onTrySample().finally(() => setTrying(false));
            }}
          >
            Run it now
          </Button>
          <Button variant="ghost" onClick={() => go({ at: 'samples' })}>
            All samples
          </Button>
        </Step>
        <Step
          icon={FileUp}
          title="Run my script"
          text="Open a file, drop it anywhere in this window, or paste its text. You see what it may do first."
        >
          <Button onClick={onOpenFile}>Open file</Button>
        </Step>
        <Step
          icon={ShieldCheck}
          title="See what is protected"
          text="What each trust level allows, and what this engine really enforces of it."
        >
          <Button onClick={() => go({ at: 'settings', part: 'self-check' })}>Prove it here</Button>
          <Button variant="ghost" onClick={() => go({ at: 'policies' })}>
            Trust levels
          </Button>
        </Step>
      </div>
    </div>
  );
}

function Step({ icon, title, text, children }: { icon: LucideIcon; title: string; text: string; children: ReactNode }) {
  return (
    <section className="flex flex-col rounded-md border bg-panel p-4">
      <Icon of={icon} size={20} className="text-accent" />
      <h3 className="mt-2 font-semibold">{title}</h3>
      <p className="mt-0.5 mb-3 flex-1 text-muted">{text}</p>
      <div className="flex flex-wrap gap-1">{children}</div>
    </section>
  );
}

/** The engine in one line, with one button when something is missing. */
function EngineState() {
  const client = useClient();
  const status = useEngine((state) => state.status);
  const [starting, setStarting] = useState(false);
  if (status?.state === 'none') {
    const fix = status.attempts.find((one) => one.fix)?.fix;
    return (
      <div className="flex flex-col gap-2">
        <ErrorCard
          error={status.error}
          action={
            <>
              <Button
                variant="primary"
                icon={Server}
                busy={starting}
                onClick={() => {
                  setStarting(true);
                  void attempt(client.system.retryEngine({ startPrivate: true })).finally(() => setStarting(false));
                }}
              >
                Start a private engine
              </Button>
              <Button onClick={() => go({ at: 'settings', part: 'doctor' })}>Open the doctor</Button>
            </>
          }
        />
        {fix && <CopyLine text={fix} />}
      </div>
    );
  }
  const ready = status?.state === 'ready';
  const lost = status?.state === 'lost';
  return (
    <div className="flex items-center gap-2.5 rounded-md border bg-panel px-3.5 py-2.5">
      <Icon
        of={ready ? CircleCheck : lost ? TriangleAlert : LoaderCircle}
        className={ready ? 'text-accent' : lost ? 'text-amber' : 'animate-spin text-muted'}
      />
      <p className="min-w-0 flex-1">
        <strong className="font-semibold">{engineWords(status)}</strong>
        <span className="text-muted">
          {ready ? ` · ${status.attempt.label}` : lost ? ' · it is tried again by itself' : ' · this takes a moment'}
        </span>
      </p>
      <Button variant="ghost" size="sm" onClick={() => go({ at: 'settings', part: 'doctor' })}>
        Doctor
      </Button>
    </div>
  );
}
