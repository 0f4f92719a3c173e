import { Tooltip } from 'radix-ui';
import type { ReactNode } from 'react';

/** One provider for the whole app. */
export const TipProvider = Tooltip.Provider;

/** A short hint on hover and focus. `children` is one element that takes a ref. Never the only place of a fact. */
export function Tip({
  text,
  side = 'top',
  children,
}: {
  text: ReactNode;
  side?: 'top' | 'right' | 'bottom' | 'left';
  children: ReactNode;
}) {
  return (
    <Tooltip.Root delayDuration={350}>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content
          side={side}
          sideOffset={4}
          collisionPadding={8}
          className="z-60 max-w-80 rounded-md border bg-panel px-2 py-1 text-sm text-text shadow-sm"
        >
          {text}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
