/** What can be done in this view, for the palette and the keys. */
import {
  ChevronLeft,
  ChevronRight,
  Clock,
  Keyboard,
  Pause,
  Play,
  RotateCcw,
  Search,
  Square,
  Terminal,
  WrapText,
} from 'lucide-react';
import type { RunState } from '#shared/domain/run.ts';
import type { Command } from '../../state/commands.ts';

interface Doing {
  readonly state: RunState;
  readonly pauseOrResume: () => void;
  readonly stop: () => void;
  readonly again: () => void;
  readonly copy: () => void;
  readonly search: () => void;
  readonly times: () => void;
  readonly wrap: () => void;
  readonly hold: () => void;
  readonly turn: (by: number) => void;
  readonly list: () => void;
}

/** Only what makes sense in the present state. */
export function runCommands(doing: Doing): Command[] {
  const finished = doing.state === 'finished';
  const going = doing.state === 'running' || doing.state === 'paused';
  const paused = doing.state === 'paused';
  const group = 'This run';
  return [
    ...(going
      ? [
          {
            id: 'run-pause',
            title: paused ? 'Resume the run' : 'Pause the run',
            group,
            icon: paused ? Play : Pause,
            keys: 'p',
            run: doing.pauseOrResume,
          },
        ]
      : []),
    ...(finished
      ? [{ id: 'run-again', title: 'Run again', group, icon: RotateCcw, keys: 'r', run: doing.again }]
      : [{ id: 'run-stop', title: 'Stop the run', group, icon: Square, keys: '$mod+.', run: doing.stop }]),
    { id: 'run-copy', title: 'Copy the bellglass run command', group, icon: Terminal, keys: 'c', run: doing.copy },
    { id: 'run-search', title: 'Search the output', group, icon: Search, keys: '$mod+f', run: doing.search },
    { id: 'run-search-slash', title: 'Search the output', group, icon: Search, keys: '/', run: doing.search },
    { id: 'run-times', title: 'Times of arrival on or off', group, icon: Clock, keys: 't', run: doing.times },
    { id: 'run-wrap', title: 'Wrap long lines or not', group, icon: WrapText, keys: 'w', run: doing.wrap },
    { id: 'run-hold', title: 'Hold the output still, or let it go on', group, icon: Pause, keys: 'h', run: doing.hold },
    { id: 'run-tab-before', title: 'Tab before', group, icon: ChevronLeft, keys: '[', run: () => doing.turn(-1) },
    { id: 'run-tab-after', title: 'Tab after', group, icon: ChevronRight, keys: ']', run: () => doing.turn(1) },
    { id: 'run-keys', title: 'Show the keys of this view', group, icon: Keyboard, keys: '[Shift]+?', run: doing.list },
  ];
}
