/** The steps of a workflow as a graph that is a list, too: arrow keys follow its edges. */
import { Maximize, ZoomIn, ZoomOut } from 'lucide-react';
import { useCallback, useEffect, useId, useMemo, useRef, type KeyboardEvent, type PointerEvent } from 'react';
import { IconButton } from '../../../ui/button.tsx';
import { Edges, type EdgeState } from './edges.tsx';
import { layoutOf } from './layout.ts';
import { isMove, moved } from './moves.ts';
import { StepNode, type GraphNode } from './node.tsx';
import { useWindow } from './use-window.ts';
import { edgesIn, nodesIn, ZOOM } from './view.ts';

export function StepGraph({
  label,
  nodes,
  chosen,
  onChoose,
  onOpen,
  stateOf,
}: {
  label: string;
  nodes: readonly GraphNode[];
  chosen: string | null;
  onChoose: (id: string) => void;
  /** Enter, or a double click. */
  onOpen: (id: string) => void;
  stateOf: (from: string, to: string) => EdgeState;
}) {
  const help = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const laid = useLayoutOf(nodes);
  const { scale, seen, zoom, whole, show } = useWindow(scroller, laid);
  const byId = useMemo(() => new Map(nodes.map((node, index) => [node.id, { node, index }])), [nodes]);
  const active = chosen !== null && byId.has(chosen) ? chosen : (nodes[0]?.id ?? null);
  const visible = useMemo(() => {
    const ids = nodesIn(laid, seen);
    return active === null || ids.includes(active) ? ids : [...ids, active];
    // oxlint-disable-next-line react/exhaustive-deps -- the numbers of `seen`, not its identity
  }, [laid, active, seen.left, seen.top, seen.right, seen.bottom]);
  const edges = useMemo(
    () => edgesIn(laid, seen, active),
    // oxlint-disable-next-line react/exhaustive-deps -- the numbers of `seen`, not its identity
    [laid, active, seen.left, seen.top, seen.right, seen.bottom],
  );

  const place = chosen === null ? undefined : laid.nodes.get(chosen);
  useEffect(() => {
    if (place) show(place);
  }, [place, show]);

  const latest = useRef({ nodes, laid, onChoose, onOpen, zoom, whole });
  useEffect(() => {
    latest.current = { nodes, laid, onChoose, onOpen, zoom, whole };
  });
  const choose = useCallback((id: string) => latest.current.onChoose(id), []);
  const open = useCallback((id: string) => latest.current.onOpen(id), []);
  const onKey = useCallback((event: KeyboardEvent, id: string): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter') latest.current.onOpen(id);
    else if (event.key === ' ') latest.current.onChoose(id);
    else if (event.key === '+' || event.key === '-')
      latest.current.zoom(event.key === '+' ? ZOOM.step : 1 / ZOOM.step, latest.current.laid.nodes.get(id));
    else if (event.key === '0') latest.current.whole();
    else if (isMove(event.key)) {
      const to = moved(latest.current.nodes, latest.current.laid, id, event.key);
      latest.current.onChoose(to);
      requestAnimationFrame(() =>
        scroller.current?.querySelector<HTMLElement>(`[data-step="${CSS.escape(to)}"]`)?.focus({ preventScroll: true }),
      );
    } else return;
    event.preventDefault();
  }, []);

  return (
    <div className="relative h-full min-h-0 bg-background">
      <div
        ref={scroller}
        onPointerDown={(event) => pan(event, scroller.current)}
        className="grid h-full overflow-auto overscroll-contain"
      >
        <div style={{ width: laid.width * scale, height: laid.height * scale }} className="relative m-auto">
          <div
            style={{ width: laid.width, height: laid.height, transform: `scale(${scale})` }}
            className="absolute top-0 left-0 origin-top-left"
          >
            <Edges edges={edges.edges} seen={seen} chosen={chosen} stateOf={stateOf} />
            <div role="listbox" aria-label={label} aria-describedby={help}>
              {visible.map((id) => {
                const found = byId.get(id);
                const place = laid.nodes.get(id);
                return (
                  found &&
                  place && (
                    <StepNode
                      key={id}
                      node={found.node}
                      x={place.x}
                      y={place.y}
                      index={found.index}
                      size={nodes.length}
                      chosen={id === chosen}
                      active={id === active}
                      simple={scale < ZOOM.simple}
                      onChoose={choose}
                      onOpen={open}
                      onKey={onKey}
                    />
                  )
                );
              })}
            </div>
          </div>
        </div>
      </div>
      <p id={help} className="sr-only">
        Left and right follow what a step needs and what needs it; up and down stay side by side; plus, minus and zero
        zoom.
      </p>
      <div className="absolute right-3 bottom-3 flex items-center gap-0.5 rounded-md border bg-panel p-0.5">
        {edges.left && <span className="px-2 text-sm text-muted">Lines of the chosen step only</span>}
        <IconButton label="Smaller" icon={ZoomOut} size="sm" onClick={() => zoom(1 / ZOOM.step, place)} />
        <span className="w-11 text-center font-mono text-sm text-muted">{Math.round(scale * 100)} %</span>
        <IconButton label="Larger" icon={ZoomIn} size="sm" onClick={() => zoom(ZOOM.step, place)} />
        <IconButton label="Show the whole graph" icon={Maximize} size="sm" onClick={whole} />
      </div>
    </div>
  );
}

/** Laid out anew only when steps or what they need change, not with every state. */
function useLayoutOf(nodes: readonly GraphNode[]) {
  const shape = useMemo(() => nodes.map(({ id, rank, needs }) => JSON.stringify([id, rank, needs])).join(), [nodes]);
  // oxlint-disable-next-line react/exhaustive-deps -- the shape says all that the layout reads
  return useMemo(() => layoutOf(nodes), [shape]);
}

/** Drags the ground with the mouse. */
function pan(event: PointerEvent, box: HTMLDivElement | null): void {
  if (!box || event.button !== 0 || event.pointerType !== 'mouse') return;
  if (event.target instanceof Element && event.target.closest('[role=option]')) return;
  // The scroll bars belong to the box, but not to the ground.
  const place = box.getBoundingClientRect();
  if (event.clientX - place.left >= box.clientWidth || event.clientY - place.top >= box.clientHeight) return;
  const from = { x: event.clientX + box.scrollLeft, y: event.clientY + box.scrollTop };
  const life = new AbortController();
  const { signal } = life;
  window.addEventListener(
    'pointermove',
    (move) => box.scrollTo({ left: from.x - move.clientX, top: from.y - move.clientY }),
    { signal },
  );
  window.addEventListener('pointerup', () => life.abort(), { signal });
  window.addEventListener('pointercancel', () => life.abort(), { signal });
}
