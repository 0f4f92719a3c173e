import { CircleAlert, CircleCheck, X } from 'lucide-react';
import { create } from 'zustand';
import { IconButton } from '../button.tsx';
import { Icon } from '../icon.tsx';
import { Prose } from '../prose.tsx';

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'done' | 'failed';
}

const SHOWN_MS = { done: 4_000, failed: 12_000 } as const;
const useToasts = create<{ toasts: readonly Toast[] }>(() => ({ toasts: [] }));
let lastId = 0;

const dismiss = (id: number): void =>
  useToasts.setState(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }));

/** Says that something happened, for a few seconds, without taking focus. */
export function toast(text: string, tone: Toast['tone'] = 'done'): void {
  const id = ++lastId;
  useToasts.setState(({ toasts }) => ({ toasts: [...toasts.slice(-3), { id, text, tone }] }));
  setTimeout(() => dismiss(id), SHOWN_MS[tone]);
}

/** Shows what {@link toast} says; mounted once. */
export function Toaster() {
  const { toasts } = useToasts();
  return (
    <div
      role="status"
      aria-live="polite"
      className="pointer-events-none fixed right-4 bottom-4 z-60 flex w-90 max-w-[calc(100vw-32px)] flex-col gap-2"
    >
      {toasts.map((item) => (
        <div
          key={item.id}
          className="layer-in pointer-events-auto flex items-start gap-2.5 rounded-md border bg-panel py-2 pr-2 pl-3 shadow-sm"
        >
          <Icon
            of={item.tone === 'done' ? CircleCheck : CircleAlert}
            className={`mt-1 ${item.tone === 'done' ? 'text-accent' : 'text-red'}`}
          />
          <p className="min-w-0 flex-1 py-0.5 break-words">
            <Prose text={item.text} />
          </p>
          <IconButton label="Dismiss" icon={X} size="sm" onClick={() => dismiss(item.id)} />
        </div>
      ))}
    </div>
  );
}
