/** Whether the list of alerts is open. */
import { create } from 'zustand';

export const usePanel = create<{ open: boolean }>(() => ({ open: false }));

export function openAlerts(): void {
  usePanel.setState({ open: true });
}

export function closeAlerts(): void {
  usePanel.setState({ open: false });
}
