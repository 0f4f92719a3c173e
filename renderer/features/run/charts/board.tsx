/** The live charts of a run on one time axis with one cursor (RUN-6). Loaded when a run is opened. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { Globe, HardDrive } from 'lucide-react';
import { Icon } from '../../../ui/icon.tsx';
import { marksOf, type Mark } from '../model/marks.ts';
import type { OpenedRun, RunStore } from '../store.ts';
import { Chart } from './chart.tsx';
import type { Plot, Reach } from './plot.ts';
import { chartsOf } from './specs.ts';

const LEAST_MS = 10_000;
const WINDOW_MS = 60_000;
const LEAST_FINISHED_MS = 500;

function reachOf(run: OpenedRun, recent: boolean, marks: readonly Mark[]): Reach {
  const end = Math.max(run.readings.end, marks.at(-1)?.at ?? 0);
  const finished = run.summary.state === 'finished';
  const to = Math.max(end, finished ? LEAST_FINISHED_MS : LEAST_MS);
  return { from: recent ? Math.max(0, to - WINDOW_MS) : 0, to };
}

/** How many optional metrics there are: the charts change only when this does. */
function kinds(run: OpenedRun): string {
  return run.readings.length === 0
    ? ''
    : chartsOf(run.limits, run.readings)
        .map(({ id }) => id)
        .join();
}

export function ChartBoard({ store, onMark }: { store: RunStore; onMark: (index: number) => void }) {
  const run = useStore(store, (state) => state.run);
  const present = run ? kinds(run) : '';
  const [recent, setRecent] = useState(false);
  const plots = useRef(new Set<Plot>());
  const readings = run?.readings;
  const limits = run?.limits;
  const charts = useMemo(
    () => (limits && readings ? chartsOf(limits, readings) : []),
    // oxlint-disable-next-line react/exhaustive-deps -- readings change in place; `present` says when a chart is added
    [limits, readings, present],
  );
  const happenings = run?.happenings;
  const origin = run?.origin ?? 0;
  const marks = useMemo(() => (happenings ? marksOf(happenings, origin) : []), [happenings, origin]);

  const frame = useRef(0);
  const latest = useRef({ run, recent, marks });
  latest.current = { run, recent, marks };
  const draw = useCallback(() => {
    if (frame.current !== 0) return;
    frame.current = requestAnimationFrame(() => {
      frame.current = 0;
      const now = latest.current;
      if (!now.run) return;
      const reach = reachOf(now.run, now.recent, now.marks);
      for (const plot of plots.current) plot.draw(reach, now.marks);
    });
  }, []);
  useEffect(() => store.subscribe(draw), [store, draw]);
  useEffect(draw, [draw, recent, marks, charts]);
  useEffect(
    () => () => {
      cancelAnimationFrame(frame.current);
      frame.current = 0;
    },
    [],
  );
  const join = useCallback(
    (plot: Plot) => {
      plots.current.add(plot);
      draw();
      return () => void plots.current.delete(plot);
    },
    [draw],
  );
  const point = useCallback((left: number | null) => {
    for (const plot of plots.current) plot.point(left);
  }, []);
  const mark = useCallback((clicked: Mark) => onMark(clicked.index), [onMark]);

  if (!run) return null;
  const finished = run.summary.state === 'finished';
  const { sampling } = run.detail;
  const known = run.readings.length > 0;
  return (
    <section aria-label="Charts" className="flex h-full flex-col overflow-y-auto bg-panel">
      {(sampling.everyMs !== 100 || run.readings.end > WINDOW_MS) && (
        <div className="flex min-h-8 shrink-0 items-center gap-3 border-b px-4 py-1 text-sm text-muted">
          {sampling.everyMs !== 100 && (
            <span>
              One reading every {sampling.everyMs} ms{sampling.why === '' ? '' : `: ${sampling.why}`}
            </span>
          )}
          {run.readings.end > WINDOW_MS && (
            <label className="ml-auto inline-flex items-center gap-1.5 whitespace-nowrap">
              <input
                type="checkbox"
                checked={recent}
                onChange={(event) => setRecent(event.target.checked)}
                className="accent-accent"
              />
              Last minute only
            </label>
          )}
        </div>
      )}
      {charts.map((spec) => (
        <Chart
          key={spec.id}
          spec={spec}
          readings={run.readings}
          store={store}
          sync={`run-${run.summary.id}`}
          finished={finished}
          onMark={mark}
          onPoint={point}
          join={join}
        />
      ))}
      {known && !charts.some(({ id }) => id === 'disk') && (
        <Quiet icon={HardDrive}>Disk: this engine does not tell what the script reads and writes.</Quiet>
      )}
      {run.limits.network === 'none' && <Quiet icon={Globe}>No network: loopback only</Quiet>}
    </section>
  );
}

function Quiet({ icon, children }: { icon: typeof Globe; children: string }) {
  return (
    <p className="flex shrink-0 items-center gap-2 border-b px-4 py-2.5 text-muted">
      <Icon of={icon} />
      {children}
    </p>
  );
}
