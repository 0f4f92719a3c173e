/** How long runs took from the click to their first output. */
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import type { Insights } from '#shared/contract/insights.ts';
import { showDuration } from '#shared/lib/units.ts';
import { count } from '../../show/format.ts';
import { hrefOf } from '../../state/route.ts';
import { BarList } from './lists.tsx';
import { inThousands } from './stacked.tsx';

type Bin = Insights['startup'][number];

const nameOf = ({ from, to }: Bin): string =>
  to === null ? `over ${showDuration(from)}` : `${showDuration(from)} – ${showDuration(to)}`;

/** Terms that find the runs of a stretch. */
export function startTerms({ from, to }: Bin): string[] {
  return [...(from === 0 ? [] : [`start:>=${from}ms`]), to === null ? '' : `start:<${to}ms`].filter(Boolean);
}

export function Startup({
  bins,
  tables,
  filter,
}: {
  bins: readonly Bin[];
  tables: boolean;
  filter: (bin: Bin) => string;
}) {
  if (bins.length === 0) return <p className="text-muted">No run of this time has written anything.</p>;
  if (tables)
    return (
      <BarList
        none=""
        lines={bins
          .filter(({ runs }) => runs > 0)
          .map((bin) => ({ key: String(bin.from), text: nameOf(bin), runs: bin.runs, filter: filter(bin) }))}
      />
    );
  return (
    <div role="img" aria-label="Time to the first output. The same figures are in the tables.">
      <ResponsiveContainer width="100%" height={180}>
        <BarChart
          data={bins.map((bin) => ({ ...bin, name: showDuration(bin.from) }))}
          margin={{ top: 6, right: 4, bottom: 0, left: 0 }}
          barCategoryGap={1}
          accessibilityLayer={false}
        >
          <CartesianGrid stroke="var(--line)" vertical={false} />
          <XAxis dataKey="name" stroke="var(--muted)" fontSize={11} tickLine={false} minTickGap={8} />
          <YAxis
            width={52}
            tickFormatter={inThousands}
            allowDecimals={false}
            stroke="var(--muted)"
            fontSize={11}
            tickLine={false}
            axisLine={false}
          />
          <Tooltip isAnimationActive={false} cursor={{ fill: 'var(--raised)' }} content={<Hint />} />
          <Bar
            dataKey="runs"
            fill="var(--accent)"
            className="cursor-pointer"
            isAnimationActive={false}
            onClick={(_, index) => {
              const bin = bins[index];
              if (bin) window.location.hash = hrefOf({ at: 'runs', filter: filter(bin) });
            }}
          />
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}

/** `active` and `payload` are given by the chart. */
function Hint({ active = false, payload = [] }: { active?: boolean; payload?: readonly { readonly payload?: Bin }[] }) {
  const bin = payload[0]?.payload;
  if (!active || bin === undefined) return null;
  return (
    <p className="rounded-md border bg-panel px-2.5 py-1.5 text-sm shadow-sm">
      {nameOf(bin)}: <span className="font-mono">{count(bin.runs, 'run')}</span>
    </p>
  );
}
