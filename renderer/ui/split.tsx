import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels';
import type { ReactNode } from 'react';

interface Pane {
  readonly id: string;
  /** Percent at first. */
  readonly size: number;
  /** Smallest size, `320px` or `20%`. */
  readonly min?: string;
  readonly content: ReactNode;
}

/** Panes that are resized by mouse and arrow keys and remember their sizes under `id`. */
export function Split({
  id,
  orientation = 'horizontal',
  panes,
  className,
}: {
  id: string;
  orientation?: 'horizontal' | 'vertical';
  panes: readonly Pane[];
  className?: string;
}) {
  const { defaultLayout, onLayoutChanged } = useDefaultLayout({
    id: `bellglass.${id}`,
    panelIds: panes.map((pane) => pane.id),
    storage: localStorage,
  });
  return (
    <Group
      id={id}
      orientation={orientation}
      defaultLayout={defaultLayout}
      onLayoutChanged={onLayoutChanged}
      className={className}
    >
      {panes.flatMap((pane, index) => [
        ...(index > 0
          ? [
              <Separator
                key={`${pane.id}-edge`}
                aria-label={`Resize ${pane.id}`}
                className={`bg-line transition-colors hover:bg-accent data-[separator=active]:bg-accent ${orientation === 'horizontal' ? 'w-px' : 'h-px'}`}
              />,
            ]
          : []),
        <Panel key={pane.id} id={pane.id} defaultSize={`${pane.size}%`} minSize={pane.min} className="min-h-0 min-w-0">
          {pane.content}
        </Panel>,
      ])}
    </Group>
  );
}
