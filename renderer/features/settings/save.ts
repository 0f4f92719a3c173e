/** Changing a setting, and keeping the focus with it. */
import type { MouseEvent } from 'react';
import type { Setting } from '#shared/contract/system.ts';
import { toErrorData, type Client } from '../../rpc/client.ts';
import { toast } from '../../ui/layers/toast.tsx';

/** Writes a setting, null: its default. Returns what is wrong with the value, null when it was taken. */
export async function saveSetting(
  client: Client,
  { key, label }: Pick<Setting, 'key' | 'label'>,
  value: string | null,
): Promise<string | null> {
  try {
    await client.system.setSetting({ key, value });
    toast(value === null ? `${label} is back at its default.` : `${label} was saved.`);
    return null;
  } catch (thrown) {
    const { message, why, next } = toErrorData(thrown);
    return [message, why, next].filter(Boolean).join(' ');
  }
}

/** Moves the focus from the button that takes a setting back, which goes with it, to the setting's control. */
export function focusSetting({ currentTarget }: MouseEvent): void {
  currentTarget.closest('[data-setting]')?.querySelector<HTMLElement>('input, [role=switch], [role=combobox]')?.focus();
}
