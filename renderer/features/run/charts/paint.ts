/** What a chart draws beside its curves: the warning band, the limit lines and the marks. */
import type uPlot from 'uplot';
import type { Mark } from '../model/marks.ts';
import { WARN_SHARE } from '../model/notes.ts';
import { colour } from './colours.ts';
import type { LimitLine } from './specs.ts';

export const MARK_TOKEN = {
  violation: 'red',
  warning: 'amber-line',
  pause: 'violet',
  resume: 'violet',
  phase: 'line-strong',
} as const;

const ratio = (): number => window.devicePixelRatio || 1;

/** The band from 90 % to the limit, under the curves. */
export function paintBands(chart: uPlot, limits: readonly number[]): void {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.fillStyle = colour('amber-pale');
  for (const limit of limits) {
    const top = chart.valToPos(limit, 'y', true);
    const bottom = chart.valToPos(limit * WARN_SHARE, 'y', true);
    ctx.fillRect(bbox.left, top, bbox.width, bottom - top);
  }
  ctx.restore();
}

/** The limits as dashed lines over the curves, each with its value in front. `font` is a CSS font of 11 px. */
export function paintLimits(chart: uPlot, limits: readonly LimitLine[], font: string): void {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.strokeStyle = colour('red');
  ctx.fillStyle = ctx.strokeStyle;
  ctx.font = font.replace('11px', `${11 * ratio()}px`);
  ctx.textAlign = 'right';
  ctx.textBaseline = 'middle';
  ctx.lineWidth = 1.25 * ratio();
  ctx.setLineDash([5 * ratio(), 3 * ratio()]);
  for (const { value, label } of limits) {
    const y = Math.round(chart.valToPos(value, 'y', true)) + 0.5;
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.fillText(label, bbox.left - 6 * ratio(), y);
  }
  ctx.restore();
}

function glyph(ctx: CanvasRenderingContext2D, kind: Mark['kind'], x: number, y: number): void {
  const size = 3.5 * ratio();
  ctx.beginPath();
  if (kind === 'violation') {
    ctx.moveTo(x, y - size);
    ctx.lineTo(x + size, y + size);
    ctx.lineTo(x - size, y + size);
  } else if (kind === 'warning') {
    ctx.moveTo(x, y - size);
    ctx.lineTo(x + size, y);
    ctx.lineTo(x, y + size);
    ctx.lineTo(x - size, y);
  } else if (kind === 'pause') {
    ctx.rect(x - size, y - size, size * 0.7, size * 2);
    ctx.rect(x + size * 0.3, y - size, size * 0.7, size * 2);
  } else if (kind === 'resume') {
    ctx.moveTo(x - size * 0.7, y - size);
    ctx.lineTo(x + size, y);
    ctx.lineTo(x - size * 0.7, y + size);
  } else {
    ctx.arc(x, y, size * 0.55, 0, Math.PI * 2);
  }
  ctx.fill();
}

/** Each mark as a fine line with a shape of its own at the top. */
export function paintMarks(chart: uPlot, marks: readonly Mark[]): void {
  const { ctx, bbox, scales } = chart;
  const [from, to] = [scales['x']?.min ?? 0, scales['x']?.max ?? 0];
  ctx.save();
  for (const mark of marks) {
    if (mark.at / 1000 < from || mark.at / 1000 > to) continue;
    const x = Math.round(chart.valToPos(mark.at / 1000, 'x', true)) + 0.5;
    ctx.strokeStyle = colour(MARK_TOKEN[mark.kind]);
    ctx.fillStyle = ctx.strokeStyle;
    ctx.globalAlpha = mark.kind === 'phase' ? 0.5 : 0.8;
    ctx.lineWidth = ratio();
    ctx.setLineDash([1.5 * ratio(), 2.5 * ratio()]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.globalAlpha = 1;
    glyph(ctx, mark.kind, x, bbox.top - 4 * ratio());
  }
  ctx.restore();
}
