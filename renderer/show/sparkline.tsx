/** Readings over time as a small line against its limit. Purely a picture: the numbers stand beside it. */
export function Sparkline({
  values,
  limit,
  width = 72,
  height = 20,
}: {
  values: readonly number[];
  limit: number;
  width?: number;
  height?: number;
}) {
  if (values.length < 2) return <svg aria-hidden width={width} height={height} />;
  const top = Math.max(limit, ...values, 1);
  const step = width / (values.length - 1);
  const y = (value: number): string => (height - 1 - (value / top) * (height - 2)).toFixed(1);
  const line = values
    .map((value, index) => `${index === 0 ? 'M' : 'L'}${(index * step).toFixed(1)} ${y(value)}`)
    .join('');
  return (
    <svg
      aria-hidden
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      className="shrink-0 overflow-visible"
    >
      <path d={`${line}L${width} ${height}L0 ${height}Z`} fill="var(--accent)" opacity={0.12} />
      <path d={line} fill="none" stroke="var(--accent)" strokeWidth={1.25} strokeLinejoin="round" />
      <line
        x1={0}
        x2={width}
        y1={y(limit)}
        y2={y(limit)}
        stroke="var(--red)"
        strokeWidth={1}
        strokeDasharray="3 2"
        opacity={0.7}
      />
    </svg>
  );
}
