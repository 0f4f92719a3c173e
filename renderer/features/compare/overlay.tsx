/** One quantity of two runs over the same time axis. */
import { CartesianGrid, Line, LineChart, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import type { Sample } from '#shared/domain/run.ts';
import { useReducedMotion } from './use-reduced-motion.ts';

/** Points that a chart of this width can show. */
const POINTS = 400;
const QUARTERS = [0, 0.25, 0.5, 0.75, 1];

export interface OverlayProps {
  readonly title: string;
  readonly a: readonly Sample[];
  readonly b: readonly Sample[];
  readonly value: (sample: Sample) => number;
  readonly show: (value: number) => string;
  /** Drawn as dashed lines; equal ones once. */
  readonly limits: readonly number[];
}

interface Point {
  /** Milliseconds since the script started. */
  readonly at: number;
  readonly a?: number;
  readonly b?: number;
}

/** At most `POINTS` of them, each the largest of its stretch, so that no peak is lost. */
export function thin(samples: readonly Sample[], value: (sample: Sample) => number): { at: number; value: number }[] {
  const step = Math.max(1, Math.ceil(samples.length / POINTS));
  return Array.from({ length: Math.ceil(samples.length / step) }, (_, index) => {
    const part = samples.slice(index * step, (index + 1) * step);
    return { at: part[0]?.at ?? 0, value: Math.max(...part.map(value)) };
  });
}

function points({ a, b, value }: OverlayProps): Point[] {
  return together(thin(a, value), thin(b, value));
}

type Reading = ReturnType<typeof thin>[number];

/** What a line shows at a moment, between its readings as it is drawn; nothing before its first and after its last. */
function shownAt(readings: readonly Reading[], at: number): number | undefined {
  const next = readings.findIndex((one) => one.at >= at);
  const after = readings[next];
  if (after === undefined || after.at === at) return after?.value;
  const before = readings[next - 1];
  if (before === undefined) return undefined;
  return before.value + (after.value - before.value) * ((at - before.at) / (after.at - before.at));
}

/** Both lines at every moment at which one of them has a reading, so that a look at the chart tells both. */
export function together(a: readonly Reading[], b: readonly Reading[]): Point[] {
  const moments = [...new Set([...a, ...b].map(({ at }) => at))].toSorted((one, other) => one - other);
  return moments.map((at) => {
    const [left, right] = [shownAt(a, at), shownAt(b, at)];
    return { at, ...(left !== undefined && { a: left }), ...(right !== undefined && { b: right }) };
  });
}

const STEPS = [1, 2, 2.5, 5, 10];

/** The top of an axis without a limit: its quarters are numbers that one would choose. */
export function roundTop(top: number): number {
  const unit = 10 ** Math.floor(Math.log10(top / 4));
  return 4 * unit * (STEPS.find((step) => step * unit * 4 >= top) ?? 10);
}

const seconds = (at: number): string => `${Math.round(at / 100) / 10} s`;

export function Overlay(props: OverlayProps) {
  const { title, show, limits, value, a, b } = props;
  const still = useReducedMotion();
  const peak = (samples: readonly Sample[]): number => samples.reduce((most, one) => Math.max(most, value(one)), 0);
  const most = Math.max(1, peak(a), peak(b), ...limits);
  const top = limits.length > 0 ? most : roundTop(most);
  return (
    <figure className="min-w-0 rounded-md border bg-panel p-3">
      <figcaption className="mb-2 flex flex-wrap items-baseline gap-x-3 font-medium">
        {title}
        <span className="font-mono text-sm font-normal text-muted">
          A {show(peak(a))} · B {show(peak(b))} at most
        </span>
      </figcaption>
      <ResponsiveContainer width="100%" height={160}>
        <LineChart data={points(props)} margin={{ top: 6, right: 12, bottom: 0, left: 0 }} accessibilityLayer={false}>
          <CartesianGrid stroke="var(--line)" vertical={false} />
          <XAxis
            dataKey="at"
            type="number"
            domain={[0, 'dataMax']}
            tickFormatter={seconds}
            stroke="var(--muted)"
            fontSize={11}
            tickLine={false}
          />
          <YAxis
            width={72}
            tickFormatter={show}
            stroke="var(--muted)"
            fontSize={11}
            tickLine={false}
            axisLine={false}
            domain={[0, top * 1.05]}
            ticks={QUARTERS.map((share) => share * top)}
          />
          <Tooltip
            isAnimationActive={false}
            separator=" "
            labelFormatter={(at) => seconds(Number(at))}
            formatter={(amount, name) => [show(Number(amount)), String(name)]}
            contentStyle={{
              background: 'var(--panel)',
              border: '1px solid var(--line)',
              borderRadius: 6,
              color: 'var(--text)',
            }}
          />
          {[...new Set(limits)].map((limit) => (
            <ReferenceLine key={limit} y={limit} stroke="var(--red)" strokeDasharray="5 4" />
          ))}
          <Line
            name="A"
            dataKey="a"
            stroke="var(--accent)"
            strokeWidth={1.5}
            dot={false}
            connectNulls
            isAnimationActive={!still}
            animationDuration={150}
          />
          <Line
            name="B"
            dataKey="b"
            stroke="var(--violet)"
            strokeWidth={1.5}
            strokeDasharray="6 3"
            dot={false}
            connectNulls
            isAnimationActive={!still}
            animationDuration={150}
          />
        </LineChart>
      </ResponsiveContainer>
    </figure>
  );
}
