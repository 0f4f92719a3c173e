/** Counts over time, stacked by what they are. */
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import type { InsightBucket } from '#shared/contract/insights.ts';
import { hrefOf } from '../../state/route.ts';
import { fillOf, Swatch, type Fill } from './fills.tsx';

export interface Series {
  readonly key: string;
  readonly word: string;
  readonly fill: Fill;
}

export interface StackedProps {
  readonly title: string;
  readonly buckets: readonly InsightBucket[];
  readonly series: readonly Series[];
  readonly value: (bucket: InsightBucket, key: string) => number;
  /** The filter that finds what was counted. */
  readonly filter: (bucket: InsightBucket, key: string) => string;
}

const HOUR_MS = 3_600_000;

/** `14:00` or `21 Nov`, with the end when it is several days. */
export function bucketName({ from, to }: InsightBucket): string {
  const at = new Date(from);
  if (to - from <= HOUR_MS) return at.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
  const day = (date: Date): string => date.toLocaleDateString(undefined, { day: 'numeric', month: 'short' });
  const last = new Date(to - 1);
  return last.toDateString() === at.toDateString() ? day(at) : `${day(at)} – ${day(last)}`;
}

/** `14,000`, as the same number is written everywhere else. */
export const inThousands = (value: number): string => value.toLocaleString('en');

const open = (filter: string): void => {
  window.location.hash = hrefOf({ at: 'runs', filter });
};

export function StackedChart({ title, buckets, series, value, filter }: StackedProps) {
  const total = (key: string): number => buckets.reduce((sum, bucket) => sum + value(bucket, key), 0);
  return (
    <figure className="min-w-0">
      <div role="img" aria-label={`${title}. The same figures are in the tables.`}>
        <ResponsiveContainer width="100%" height={180}>
          <BarChart
            data={buckets.map((bucket) => ({ bucket, name: bucketName(bucket) }))}
            margin={{ top: 6, right: 4, bottom: 0, left: 0 }}
            barCategoryGap="12%"
            accessibilityLayer={false}
          >
            <CartesianGrid stroke="var(--line)" vertical={false} />
            <XAxis dataKey="name" stroke="var(--muted)" fontSize={11} tickLine={false} minTickGap={16} />
            <YAxis
              width={52}
              tickFormatter={inThousands}
              allowDecimals={false}
              stroke="var(--muted)"
              fontSize={11}
              tickLine={false}
              axisLine={false}
            />
            <Tooltip
              isAnimationActive={false}
              cursor={{ fill: 'var(--raised)' }}
              content={<Hint series={series} value={value} />}
            />
            {series.map(({ key, word, fill }) => (
              <Bar
                key={key}
                name={word}
                dataKey={({ bucket }: { bucket: InsightBucket }) => value(bucket, key)}
                stackId="all"
                fill={fillOf(fill)}
                className="cursor-pointer"
                isAnimationActive={false}
                onClick={(_, index) => {
                  const bucket = buckets[index];
                  if (bucket) open(filter(bucket, key));
                }}
              />
            ))}
          </BarChart>
        </ResponsiveContainer>
      </div>
      <figcaption>
        <ul className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-sm">
          {series.map(({ key, word, fill }) => (
            <li key={key} className="inline-flex items-center gap-1.5">
              <Swatch fill={fill} />
              {word} <span className="font-mono text-muted">{inThousands(total(key))}</span>
            </li>
          ))}
        </ul>
      </figcaption>
    </figure>
  );
}

/** `active` and `payload` are given by the chart. */
function Hint({
  active = false,
  payload = [],
  series,
  value,
}: Pick<StackedProps, 'series' | 'value'> & {
  active?: boolean;
  payload?: readonly { readonly payload?: { readonly bucket: InsightBucket } }[];
}) {
  const bucket = payload[0]?.payload?.bucket;
  if (!active || bucket === undefined) return null;
  return (
    <div className="rounded-md border bg-panel px-2.5 py-1.5 text-sm shadow-sm">
      <p className="mb-1 font-medium">{bucketName(bucket)}</p>
      <ul>
        {series.map(({ key, word, fill }) =>
          value(bucket, key) === 0 ? null : (
            <li key={key} className="flex items-center gap-1.5">
              <Swatch fill={fill} />
              <span className="flex-1">{word}</span>
              <span className="font-mono">{inThousands(value(bucket, key))}</span>
            </li>
          ),
        )}
      </ul>
      <p className="mt-1 text-muted">Click a part to see its runs.</p>
    </div>
  );
}

/** The same figures as a table whose numbers lead to the runs. */
export function StackedTable({ title, buckets, series, value, filter }: StackedProps) {
  const shown = buckets.filter((bucket) => series.some(({ key }) => value(bucket, key) > 0));
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable by keyboard
    <div role="region" aria-label={title} tabIndex={0} className="max-h-72 overflow-auto">
      <table className="w-full text-sm">
        <caption className="sr-only">{title}</caption>
        <thead className="sticky top-0 bg-panel text-left text-muted">
          <tr>
            <th scope="col" className="py-1 pr-3 font-medium">
              Time
            </th>
            {series.map(({ key, word }) => (
              <th key={key} scope="col" className="px-2 py-1 text-right font-medium">
                {word}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((bucket) => (
            <tr key={bucket.from} className="border-t">
              <th scope="row" className="py-1 pr-3 text-left font-normal whitespace-nowrap">
                {bucketName(bucket)}
              </th>
              {series.map(({ key, word }) => (
                <td key={key} className="px-2 py-1 text-right font-mono">
                  {value(bucket, key) === 0 ? (
                    <span className="text-muted">0</span>
                  ) : (
                    <a
                      className="rounded text-accent underline underline-offset-2"
                      href={hrefOf({ at: 'runs', filter: filter(bucket, key) })}
                      aria-label={`${value(bucket, key)} ${word}, ${bucketName(bucket)}`}
                    >
                      {inThousands(value(bucket, key))}
                    </a>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
