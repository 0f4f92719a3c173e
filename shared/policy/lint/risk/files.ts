/** What folders of this machine add to the risk. */
import type { EffectivePolicy, Mount } from '../../../domain/policy.ts';
import { plain } from '../fix.ts';
import { place, type Place } from '../places.ts';
import type { Part } from './part.ts';

/** Read only, and writable. */
const BIND: Readonly<Record<Place | 'data', readonly [number, number]>> = {
  data: [3, 10],
  project: [3, 20],
  system: [20, 50],
  home: [30, 50],
  credentials: [30, 50],
  disk: [35, 55],
};
const NAMES: Readonly<Record<Place | 'data', string>> = {
  data: 'a folder of this machine',
  project: 'the project',
  system: 'a folder of the system',
  home: 'a home folder',
  credentials: 'keys or sessions',
  disk: 'a whole disk',
};

function mountPart({ type, source = '', mode }: Mount): Part {
  const kind = place(source) ?? 'data';
  const points = type === 'bind' ? BIND[kind][mode === 'rw' ? 1 : 0] : type === 'volume' ? (mode === 'rw' ? 5 : 1) : 0;
  const what = type === 'bind' ? NAMES[kind] : 'a volume';
  const why = `${plain(source)} is ${what}, ${mode === 'rw' ? 'writable' : 'read-only'}.`;
  return { group: 'files', field: 'files.mounts', points, why };
}

/** One part for each folder. */
export function fileRisk({ fields }: EffectivePolicy): Part[] {
  const worst = new Map<string, Mount>();
  for (const mount of fields['files.mounts'].value) {
    const key = JSON.stringify([mount.type, mount.source, mount.target]);
    if (mount.mode === 'rw' || !worst.has(key)) worst.set(key, mount);
  }
  return [...worst.values()].map(mountPart);
}
