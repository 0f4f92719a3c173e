import { ChevronDown } from 'lucide-react';
import { useMemo } from 'react';
import { TRUST_LEVELS } from '#shared/domain/policy.ts';
import type { Field } from '#shared/policy/field.ts';
import { IconButton } from '../../../../ui/button.tsx';
import { Menu, MenuItem } from '../../../../ui/layers/menu.tsx';
import { LEVELS } from '../../../../show/level-chip.tsx';
import { isAmount, scaleOf, stepped, stopsOf } from './scale.ts';
import { Slider } from './slider.tsx';
import { Typed } from './typed.tsx';

const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);

/** An amount: slider, exact value with its unit, and what the levels give to choose from. Null is unlimited. */
export function Amount({
  field,
  value,
  usual,
  ceiling,
  describedBy,
  disabled,
  onValue,
}: {
  field: Field<unknown>;
  /** What is asked, before any ceiling. */
  value: unknown;
  /** What it is without this policy. */
  usual: unknown;
  ceiling: unknown;
  describedBy: string;
  disabled: boolean;
  onValue: (value: unknown) => void;
}) {
  const { kind, label, defaults } = field;
  const now = number(value);
  const cap = number(ceiling);
  const scale = useMemo(() => scaleOf(kind, defaults, cap, now), [kind, defaults, cap, now]);
  const stops = useMemo(() => stopsOf(kind, scale), [kind, scale]);
  const nullable = useMemo(() => takesUnlimited(field), [field]);
  const presets = useMemo(() => presetsOf(field, cap, nullable), [field, cap, nullable]);
  return (
    <div className="flex items-start gap-2.5">
      <div className="flex h-7.5 min-w-0 flex-1 items-center">
        {now === null ? (
          <span className="text-muted">No limit</span>
        ) : (
          <Slider
            label={label}
            describedBy={describedBy}
            scale={scale}
            stops={stops}
            value={now}
            ceiling={cap}
            usual={number(usual)}
            format={(amount) => kind.format(amount)}
            disabled={disabled}
            onChange={onValue}
          />
        )}
      </div>
      <Typed
        label={`${label}, exact`}
        kind={kind}
        value={value}
        describedBy={describedBy}
        disabled={disabled}
        className="w-26"
        onKey={(event) => {
          const by = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0;
          if (by === 0 || now === null) return false;
          onValue(stepped(stops, now, by));
          return true;
        }}
        onValue={onValue}
      />
      <Menu
        label={`Usual values of ${label}`}
        trigger={
          <IconButton label={`Usual values of ${label}`} icon={ChevronDown} disabled={disabled} className="-ml-1.5" />
        }
      >
        {presets.map((preset) => (
          <MenuItem
            key={preset.name}
            {...(preset.level ? { icon: LEVELS[preset.level].icon } : {})}
            onSelect={() => onValue(preset.value)}
          >
            <span className="flex gap-6">
              <span className="flex-1 text-muted">{preset.name}</span>
              <span className="font-mono text-sm">{kind.format(preset.value)}</span>
            </span>
          </MenuItem>
        ))}
      </Menu>
    </div>
  );
}

function takesUnlimited({ kind }: Field<unknown>): boolean {
  if (!isAmount(kind)) return false;
  try {
    return kind.parse('unlimited') === null;
  } catch {
    return false;
  }
}

function presetsOf({ defaults }: Field<unknown>, ceiling: number | null, nullable: boolean) {
  const levels = TRUST_LEVELS.map((level) => ({ name: `as ${level}`, level, value: defaults[level] }));
  const others = [
    ...(ceiling === null ? [] : [{ name: 'the ceiling', level: null, value: ceiling as unknown }]),
    ...(nullable && !levels.some(({ value }) => value === null)
      ? [{ name: 'no limit', level: null, value: null as unknown }]
      : []),
  ];
  return [...levels, ...others];
}
