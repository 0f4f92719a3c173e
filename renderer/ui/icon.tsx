import type { LucideIcon } from 'lucide-react';

export type { LucideIcon };

/** A lucide icon at our size and stroke. Decorative unless `label` is given. */
export function Icon({
  of: Shape,
  size = 16,
  className,
  label,
}: {
  of: LucideIcon;
  size?: number;
  className?: string;
  label?: string;
}) {
  return (
    <Shape
      size={size}
      strokeWidth={1.5}
      className={`shrink-0 ${className ?? ''}`}
      {...(label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': true })}
    />
  );
}
