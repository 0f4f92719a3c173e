import clsx from 'clsx';
import { Diamond } from 'lucide-react';
import { memo, type KeyboardEvent, type ReactNode } from 'react';
import { TONES, type Tone } from '../../../ui/chip.tsx';
import { Icon, type LucideIcon } from '../../../ui/icon.tsx';
import { NODE, type Placed } from './layout.ts';

/** A step as the graph draws it. */
export interface GraphNode extends Placed {
  /** Safe to show. */
  readonly title: string;
  readonly icon: LucideIcon;
  readonly spin?: boolean;
  readonly tone: Tone;
  /** Second line. */
  readonly line: ReactNode;
  /** For those who hear it: `fetch, succeeded, needs nothing`. */
  readonly spoken: string;
  /** It runs only when its condition holds. */
  readonly conditional: boolean;
  /** Nothing happened in it, and nothing will. */
  readonly idle?: boolean;
}

const EDGES: Readonly<Record<Tone, string>> = {
  neutral: 'border-line-strong/60',
  accent: 'border-accent',
  amber: 'border-amber-line',
  red: 'border-red',
  violet: 'border-violet',
};

interface Props {
  readonly node: GraphNode;
  readonly x: number;
  readonly y: number;
  readonly index: number;
  readonly size: number;
  readonly chosen: boolean;
  /** Takes the focus of the keyboard. */
  readonly active: boolean;
  /** So small that only its mark can be told. */
  readonly simple: boolean;
  readonly onChoose: (id: string) => void;
  readonly onOpen: (id: string) => void;
  readonly onKey: (event: KeyboardEvent, id: string) => void;
}

/** One step of the graph: an option of the list that the graph also is. */
export const StepNode = memo(function StepNode({
  node,
  x,
  y,
  index,
  size,
  chosen,
  active,
  simple,
  onChoose,
  onOpen,
  onKey,
}: Props) {
  return (
    <div
      role="option"
      data-step={node.id}
      aria-selected={chosen}
      aria-posinset={index + 1}
      aria-setsize={size}
      tabIndex={active ? 0 : -1}
      title={node.title}
      style={{ left: x, top: y, width: NODE.width, height: NODE.height }}
      onClick={() => onChoose(node.id)}
      onDoubleClick={() => onOpen(node.id)}
      onKeyDown={(event) => onKey(event, node.id)}
      className={clsx(
        'absolute flex cursor-pointer items-center gap-2 rounded-md border bg-panel select-none hover:bg-raised',
        EDGES[node.tone],
        node.idle && 'border-dashed',
        chosen && 'ring-2 ring-accent',
        simple ? 'justify-center' : 'px-2',
      )}
    >
      <span className="sr-only">{node.spoken}</span>
      <span
        aria-hidden
        className={clsx(
          'inline-flex shrink-0 items-center justify-center rounded',
          TONES[node.tone],
          simple ? 'h-full w-full' : 'size-7',
        )}
      >
        <Icon of={node.icon} size={simple ? 32 : 16} className={node.spin ? 'animate-spin' : ''} />
      </span>
      {!simple && (
        <span aria-hidden className="min-w-0 flex-1">
          <span className="flex items-center gap-1">
            <span className={clsx('truncate font-medium', node.idle && 'text-muted')}>{node.title}</span>
            {node.conditional && <Icon of={Diamond} size={12} className="ml-auto text-muted" />}
          </span>
          <span className="block truncate text-sm text-muted">{node.line}</span>
        </span>
      )}
    </div>
  );
});
