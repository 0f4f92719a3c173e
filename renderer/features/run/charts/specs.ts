/** Which charts a run has, and what each draws. */
import { Cpu, Files, FolderPen, GitFork, Globe, HardDrive, MemoryStick } from 'lucide-react';
import { formatCount, showBytes } from '#shared/lib/units.ts';
import type { LucideIcon } from '../../../ui/icon.tsx';
import type { Limits } from '../model/limits.ts';
import { cpuNote, limitNote, type Note } from '../model/notes.ts';
import type { Metric, Readings } from '../model/readings.ts';

export interface SeriesSpec {
  readonly metric: Metric;
  /** Its name where a chart has two: `read`. */
  readonly label: string;
  readonly limit: number | null;
  /** Stands before its limit where a chart has two: `↓`. */
  readonly sign?: string;
  /** Token of its colour. */
  readonly colour: string;
}

export interface ChartSpec {
  readonly id: string;
  readonly title: string;
  readonly icon: LucideIcon;
  readonly series: readonly SeriesSpec[];
  readonly format: (value: number) => string;
  /** Smallest top of the axis where there is no limit. */
  readonly least: number;
  readonly steps: boolean;
  readonly note: (readings: Readings, finished: boolean) => Note;
}

const percent = (value: number): string => `${Math.round(value * 10) / 10} %`;
const rate = (value: number): string => `${showBytes(value)}/s`;

function single(
  metric: Metric,
  limit: number | null,
  about: Pick<ChartSpec, 'title' | 'icon' | 'format' | 'least'> & { colour: string; steps?: boolean },
): ChartSpec {
  const { colour, steps = false, ...rest } = about;
  return {
    ...rest,
    id: metric,
    steps,
    series: [{ metric, label: about.title.toLowerCase(), limit, colour }],
    note: (readings, finished) => {
      const peak = readings.length > 0 && !finished ? `peak ${about.format(readings.peak(metric))}` : '';
      return metric === 'cpu' ? cpuNote(readings, peak) : limitNote(readings, metric, limit, peak, finished);
    },
  };
}

function pair(
  id: string,
  title: string,
  icon: LucideIcon,
  colour: string,
  one: Omit<SeriesSpec, 'colour'>,
  two: Omit<SeriesSpec, 'colour'>,
): ChartSpec {
  const series = [one, two].map((spec) => ({ ...spec, colour }));
  return {
    id,
    title,
    icon,
    series,
    format: rate,
    least: 64 * 1024,
    steps: false,
    note: (readings, finished) => {
      for (const { metric, limit, label } of series) {
        const note = limitNote(readings, metric, limit, '', finished);
        if (note.tone !== 'quiet') return { ...note, text: `${label} ${note.text}` };
      }
      return { text: `${two.label} dashed`, tone: 'quiet' };
    },
  };
}

/** A limit line: where it is and what stands in front of it. */
export interface LimitLine {
  readonly value: number;
  readonly label: string;
}

/** Each limit once; two series with the same one share the line. Signs are there only where there are two lines to tell apart. */
export function limitLines({ series, format }: Pick<ChartSpec, 'series' | 'format'>): LimitLine[] {
  const signs = new Map<number, string>();
  for (const { limit, sign = '' } of series) if (limit !== null) signs.set(limit, (signs.get(limit) ?? '') + sign);
  return [...signs].map(([value, sign]) => ({ value, label: `${sign === '' ? '' : `${sign} `}${format(value)}` }));
}

/** What a run draws: the basics always, the rest where the engine tells it. */
export function chartsOf(limits: Limits, readings: Readings): ChartSpec[] {
  const charts = [
    single('memory', limits.memory, {
      title: 'Memory',
      icon: MemoryStick,
      format: showBytes,
      least: 1024 ** 2,
      colour: 'accent',
    }),
    single('cpu', limits.cpu, { title: 'CPU', icon: Cpu, format: percent, least: 100, colour: 'chart-cpu' }),
    single('processes', limits.processes, {
      title: 'Processes',
      icon: GitFork,
      format: formatCount,
      least: 4,
      colour: 'violet',
      steps: true,
    }),
  ];
  if (readings.has('openFiles'))
    charts.push(
      single('openFiles', limits.openFiles, {
        title: 'Open files',
        icon: Files,
        format: formatCount,
        least: 16,
        colour: 'violet',
        steps: true,
      }),
    );
  if (readings.has('scratch'))
    charts.push(
      single('scratch', limits.scratch, {
        title: 'Scratch',
        icon: FolderPen,
        format: showBytes,
        least: 1024 ** 2,
        colour: 'accent',
      }),
    );
  if (readings.has('diskRead') || readings.has('diskWrite'))
    charts.push(
      pair(
        'disk',
        'Disk',
        HardDrive,
        'chart-cpu',
        { metric: 'diskRead', label: 'read', limit: limits.diskRead },
        { metric: 'diskWrite', label: 'write', limit: limits.diskWrite },
      ),
    );
  if (limits.network !== 'none')
    charts.push(
      pair(
        'network',
        'Network',
        Globe,
        'accent',
        { metric: 'networkIn', label: 'down', sign: '↓', limit: limits.download },
        { metric: 'networkOut', label: 'up', sign: '↑', limit: limits.upload },
      ),
    );
  return charts;
}
