/** One uPlot chart. No React here: it is told when there is something new to draw. */
import 'uplot/dist/uPlot.min.css';
import uPlot from 'uplot';
import { axisTop } from '../model/amounts.ts';
import { clock, tenthClock } from '../model/clock.ts';
import { decimate } from '../model/decimate.ts';
import { withGaps } from '../model/gaps.ts';
import { nearestMark, type Mark } from '../model/marks.ts';
import type { Readings } from '../model/readings.ts';
import { colour } from './colours.ts';
import { paintBands, paintLimits, paintMarks } from './paint.ts';
import { limitLines, type ChartSpec } from './specs.ts';

export interface Reach {
  /** Milliseconds since the script started. */
  readonly from: number;
  readonly to: number;
}

export interface PlotEvents {
  /** The pointer stands at this time (ms) with these values; null when it left. */
  onCursor(at: number | null, values: (number | null)[]): void;
  onMark(mark: Mark): void;
  /** The mark under the pointer. */
  onNear(mark: Mark | null): void;
}

const HEIGHT = 104;
const AXIS_WIDTH = 74;
const CLICK_PX = 7;
/** Seconds between two labels of the time axis. */
const TIME_STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200];

export class Plot {
  readonly #spec: ChartSpec;
  readonly #readings: Readings;
  readonly #events: PlotEvents;
  readonly #chart: uPlot;
  #marks: readonly Mark[] = [];

  constructor(element: HTMLElement, spec: ChartSpec, readings: Readings, sync: string, events: PlotEvents) {
    this.#spec = spec;
    this.#readings = readings;
    this.#events = events;
    const lines = limitLines(spec);
    const limits = lines.map(({ value }) => value);
    const font = `11px ${getComputedStyle(element).fontFamily}`;
    this.#chart = new uPlot(
      {
        width: Math.max(120, element.clientWidth),
        height: HEIGHT,
        padding: [12, 16, 0, 0],
        legend: { show: false },
        cursor: { sync: { key: sync, setSeries: false }, drag: { x: false, y: false }, points: { size: 6 }, y: false },
        scales: {
          x: { time: false, range: (_chart, min, max) => [min ?? 0, max ?? 10] },
          y: {
            range: (_chart, _min, max) => [0, axisTop(max ?? 0, limits, spec.least)],
          },
        },
        axes: [
          {
            size: 22,
            gap: 5,
            font,
            stroke: () => colour('muted'),
            grid: { show: false },
            ticks: { show: false },
            space: 64,
            incrs: TIME_STEPS,
            values: (chart, splits, _axis, _space, step) =>
              splits.map((value) => {
                if (value > (chart.scales['x']?.max ?? 0) * 0.97) return '';
                return step < 1 ? tenthClock(value * 1000) : clock(value * 1000);
              }),
          },
          {
            size: AXIS_WIDTH,
            gap: 4,
            font,
            stroke: () => colour('muted'),
            grid: { show: false },
            ticks: { show: false },
            splits: (chart) =>
              limits.length > 0 ? [0, ...limits] : [0, Math.floor((chart.scales['y']?.max ?? 1) / 1.08)],
            values: (_chart, splits) =>
              splits.map((value) => (value === 0 ? '0' : limits.includes(value) ? '' : spec.format(value))),
          },
        ],
        series: [{}, ...spec.series.map((_, index) => this.#series(index))],
        hooks: {
          drawClear: [(chart) => paintBands(chart, limits)],
          draw: [
            (chart) => {
              paintLimits(chart, lines, font);
              paintMarks(chart, this.#marks);
            },
          ],
          setCursor: [() => this.#tell()],
        },
      },
      [[], ...spec.series.map(() => [])],
      element,
    );
    this.#chart.over.addEventListener('click', (event) => {
      const mark = this.#under(event.offsetX);
      if (mark) this.#events.onMark(mark);
    });
    this.#chart.over.addEventListener('mousemove', (event) => {
      const mark = this.#under(event.offsetX);
      this.#chart.over.style.cursor = mark ? 'pointer' : '';
      this.#events.onNear(mark);
    });
    this.#chart.over.addEventListener('mouseleave', () => this.#events.onNear(null));
  }

  /** Draws what is there now, within `reach`. */
  draw(reach: Reach, marks: readonly Mark[]): void {
    this.#marks = marks;
    const columns = this.#spec.series.map(({ metric }) => this.#readings.column(metric));
    const { at, length } = this.#readings;
    const buckets = Math.max(100, Math.floor(this.#chart.width / 2));
    const line = withGaps(decimate(at, columns, length, buckets, reach.from));
    this.#chart.batch(() => {
      this.#chart.setData([line.x, ...line.ys], false);
      this.#chart.setScale('x', { min: reach.from / 1000, max: reach.to / 1000 });
    });
  }

  resize(width: number): void {
    if (width > 0 && width !== this.#chart.width) this.#chart.setSize({ width: Math.max(120, width), height: HEIGHT });
  }

  /** Redraws with the colours of the present theme. */
  retheme(): void {
    this.#chart.redraw(false, true);
  }

  /** Where the cursor stands after moving by a share of the width, in CSS pixels; it begins at the right edge. */
  after(share: number): number {
    const width = this.#chart.over.clientWidth;
    const now = this.#chart.cursor.left ?? -1;
    return Math.min(width, Math.max(0, (now < 0 ? width : now) + share * width));
  }

  /** Puts the cursor there; null hides it. */
  point(left: number | null): void {
    this.#chart.setCursor(left === null ? { left: -10, top: -10 } : { left, top: 0 }, true);
  }

  /** Chooses the mark at the cursor, if there is one. */
  jump(): void {
    const mark = this.#under(this.#chart.cursor.left ?? -1);
    if (mark) this.#events.onMark(mark);
  }

  dispose(): void {
    this.#chart.destroy();
  }

  #series(index: number): uPlot.Series {
    const name = this.#spec.series[index]?.colour ?? 'accent';
    const stepped = this.#spec.steps ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
    return {
      stroke: () => colour(name),
      width: 1.5,
      points: { show: false },
      ...(index === 0 ? { fill: () => `${colour(name)}22` } : { dash: [4, 3] }),
      ...(stepped ? { paths: stepped } : {}),
    };
  }

  #tell(): void {
    const { idx, left } = this.#chart.cursor;
    if (idx === null || idx === undefined || left === undefined || left < 0) return this.#events.onCursor(null, []);
    const at = (this.#chart.data[0][idx] ?? 0) * 1000;
    this.#events.onCursor(
      at,
      this.#spec.series.map((_, index) => this.#chart.data[index + 1]?.[idx] ?? null),
    );
  }

  #under(left: number): Mark | null {
    const at = this.#chart.posToVal(left, 'x') * 1000;
    const within = Math.abs(this.#chart.posToVal(left + CLICK_PX, 'x') * 1000 - at);
    return nearestMark(this.#marks, at, within);
  }
}
