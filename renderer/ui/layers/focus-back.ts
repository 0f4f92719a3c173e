/** Where the focus goes when a layer closes: Radix knows it only for layers with a button of their own. */
import { useState } from 'react';

/** Gives the focus back to what has it now; in a menu, which is about to close, to the menu's button. Does nothing when that is gone. */
export function focusReturn(): () => void {
  const now = document.activeElement;
  const button = now?.closest('[role=menu]')?.getAttribute('aria-labelledby');
  const to = button ? document.getElementById(button) : now;
  return () => {
    if (to instanceof HTMLElement && to.isConnected && to !== document.body) to.focus();
  };
}

/** For `onCloseAutoFocus` of a layer that is mounted while it is open. */
export function useFocusReturn(): (event: Event) => void {
  const [back] = useState(focusReturn);
  return (event) => {
    event.preventDefault();
    back();
  };
}
