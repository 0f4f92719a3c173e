import {
  ChevronDown,
  Container,
  Hourglass,
  Pause,
  Pin,
  Play,
  RotateCcw,
  Square,
  Tag,
  Terminal,
  Unplug,
} from 'lucide-react';
import { LevelChip } from '../../show/level-chip.tsx';
import { RunChip, runLook } from '../../show/run-chip.tsx';
import { Button } from '../../ui/button.tsx';
import { Chip } from '../../ui/chip.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Menu, MenuItem } from '../../ui/layers/menu.tsx';
import { Bar } from '../../ui/states.tsx';
import { toast } from '../../ui/layers/toast.tsx';
import { clock, exactClock, tenthClock } from './model/clock.ts';
import { runCommand } from './model/command.ts';
import { useMarks } from './marks.ts';
import { OfWorkflow } from './of-workflow.tsx';
import type { OpenedRun } from './store.ts';
import { useNow } from './use-now.ts';
import type { Steering } from './use-steering.ts';

interface Props {
  readonly run: OpenedRun;
  readonly connected: boolean;
  readonly steering: Steering;
  readonly onAgain: () => void;
  readonly onCopyAs: () => void;
}

function copy(text: string, done: string): void {
  navigator.clipboard.writeText(text).then(
    () => toast(done),
    () => toast('The browser refused access to the clipboard.', 'failed'),
  );
}

/** Copies the command that repeats the run. */
export function copyCommand(run: OpenedRun): void {
  copy(runCommand(run.detail), 'The command is copied.');
}

/** How it stands, how long it may still run, what it is allowed, and the ways to steer it. */
export function Header({ run, connected, steering, onAgain, onCopyAs }: Props) {
  const { summary, detail } = run;
  const finished = summary.state === 'finished';
  const going = summary.state === 'running' || summary.state === 'paused';
  const now = useNow(!finished);
  const outcome = summary.verdict?.outcome;
  const end = summary.finishedAt ?? now;
  const slept = run.happenings.reduce((sum, event) => sum + (event.type === 'note' ? (event.slept ?? 0) : 0), 0);
  const elapsed = summary.startedAt === null ? 0 : Math.max(0, end - summary.startedAt - slept);
  const long = run.happenings.find((event) => event.type === 'alert' && event.rule === 'long-running');
  const spent = summary.wallLimit > 0 ? elapsed / summary.wallLimit : 0;
  const changed = summary.overrides;
  return (
    <header className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1.5 border-b bg-panel px-4 py-2">
      <span role="status" aria-label={`State: ${runLook(summary.state, outcome).word}`}>
        <RunChip state={summary.state} outcome={outcome} />
      </span>
      {/* While it is queued the banner below says it. */}
      {summary.waitsFor && !finished && summary.state !== 'queued' && (
        <span className="text-muted">waits for {summary.waitsFor}</span>
      )}
      <span
        className="font-mono text-sm whitespace-nowrap"
        title={`${exactClock(elapsed)} of at most ${clock(summary.wallLimit)}`}
      >
        {finished ? tenthClock(elapsed) : clock(elapsed)} of {clock(summary.wallLimit)}
      </span>
      <Bar
        label="Wall time used"
        share={spent}
        tone={spent >= 1 ? 'red' : spent >= 0.9 ? 'amber' : 'accent'}
        className="w-24"
      />
      {long?.type === 'alert' && !finished && (
        <Chip tone="amber" icon={Hourglass} title={long.message}>
          takes long
        </Chip>
      )}
      <LevelChip
        level={summary.level}
        name={summary.policy === summary.level ? summary.level : `${summary.policy} (${summary.level})`}
      />
      <OfWorkflow of={summary.workflow} />
      <Remembered summary={summary} />
      <span
        className="line-clamp-2 min-w-40 flex-1 basis-64 text-muted max-[1100px]:order-last max-[1100px]:basis-full"
        title={detail.plan.summary}
      >
        {changed > 0 && (
          <span className="text-text">
            + {changed} {changed === 1 ? 'override' : 'overrides'} ·{' '}
          </span>
        )}
        {detail.plan.summary}
      </span>
      <div className="ml-auto flex items-center gap-2">
        {!connected && (
          <span role="status">
            <Chip tone="amber" icon={Unplug}>
              connection lost, trying again
            </Chip>
          </span>
        )}
        <Menu
          label="Copy as"
          trigger={
            <Button>
              Copy as
              <Icon of={ChevronDown} size={14} />
            </Button>
          }
        >
          <MenuItem icon={Terminal} onSelect={() => copyCommand(run)}>
            bellglass run command
          </MenuItem>
          <MenuItem icon={Container} onSelect={onCopyAs}>
            docker run, Compose, Kubernetes…
          </MenuItem>
          <MenuItem onSelect={() => copy(summary.id, 'The run id is copied.')}>Run id</MenuItem>
          <MenuItem onSelect={() => copy(JSON.stringify(detail, null, 2), 'The record is copied.')}>
            Record as JSON
          </MenuItem>
        </Menu>
        {finished ? (
          <Button icon={RotateCcw} onClick={onAgain}>
            Run again
          </Button>
        ) : (
          <>
            {summary.state === 'paused' ? (
              <Button icon={Play} busy={steering.busy === 'resume'} onClick={() => steering.act('resume')}>
                Resume
              </Button>
            ) : (
              <Button
                icon={Pause}
                disabled={!going}
                busy={steering.busy === 'pause'}
                onClick={() => steering.act('pause')}
              >
                Pause
              </Button>
            )}
            <Button
              variant="danger"
              icon={Square}
              disabled={summary.state === 'finishing'}
              busy={steering.busy === 'stop'}
              onClick={() => steering.act('stop')}
            >
              Stop
            </Button>
          </>
        )}
      </div>
    </header>
  );
}

/** Pin and tags, only when there are any. */
function Remembered({ summary }: { summary: OpenedRun['summary'] }) {
  const { pinned, tags } = useMarks(summary);
  if (!pinned && tags.length === 0) return null;
  return (
    <span className="inline-flex min-w-0 flex-wrap items-center gap-1">
      {pinned && (
        <Chip tone="accent" icon={Pin}>
          pinned
        </Chip>
      )}
      {tags.map((tag) => (
        <Chip key={tag} icon={Tag}>
          {tag}
        </Chip>
      ))}
    </span>
  );
}
