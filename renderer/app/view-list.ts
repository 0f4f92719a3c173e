import { Box, FileText, Play, Settings, Shield, ShieldCheck } from 'lucide-react';
import type { View } from '../state/route.ts';
import type { LucideIcon } from '../ui/icon.tsx';

/** The six views in the order of the rail, with their keys. */
export const VIEW_LIST: readonly {
  readonly view: View;
  readonly title: string;
  readonly icon: LucideIcon;
  readonly keys: string;
}[] = [
  { view: 'runs', title: 'Runs', icon: Play, keys: '$mod+1' },
  { view: 'policies', title: 'Policies', icon: Shield, keys: '$mod+2' },
  { view: 'drill', title: 'Drill', icon: ShieldCheck, keys: '$mod+3' },
  { view: 'images', title: 'Images', icon: Box, keys: '$mod+4' },
  { view: 'audit', title: 'Audit', icon: FileText, keys: '$mod+5' },
  { view: 'settings', title: 'Settings', icon: Settings, keys: '$mod+6' },
];
