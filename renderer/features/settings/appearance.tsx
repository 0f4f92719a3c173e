import clsx from 'clsx';
import { Monitor, Moon, Sun } from 'lucide-react';
import { RadioGroup } from 'radix-ui';
import { Icon, type LucideIcon } from '../../ui/icon.tsx';
import { chooseAppearance } from '../../state/appearance.ts';
import { useClient } from '../../state/client.tsx';
import { APPEARANCES, useTheme, type Appearance } from '../../ui/theme.ts';

const LOOKS: Readonly<Record<Appearance, { title: string; text: string; icon: LucideIcon }>> = {
  system: { title: 'System', text: 'As this computer says', icon: Monitor },
  light: { title: 'Light', text: 'Always light', icon: Sun },
  dark: { title: 'Dark', text: 'Always dark', icon: Moon },
};

export function AppearanceChoice() {
  const client = useClient();
  const appearance = useTheme((state) => state.appearance);
  return (
    <RadioGroup.Root
      aria-label="Theme"
      value={appearance}
      onValueChange={(value) => chooseAppearance(client, value as Appearance)}
      className="grid max-w-150 grid-cols-3 gap-3"
    >
      {APPEARANCES.map((one) => (
        <RadioGroup.Item
          key={one}
          value={one}
          className={clsx(
            'flex flex-col items-start rounded-md border bg-panel p-3.5 text-left',
            appearance === one && 'border-accent ring-1 ring-accent',
          )}
        >
          <Icon of={LOOKS[one].icon} size={18} className={appearance === one ? 'text-accent' : 'text-muted'} />
          <span className="mt-2 font-medium">{LOOKS[one].title}</span>
          <span className="text-sm text-muted">{LOOKS[one].text}</span>
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}
