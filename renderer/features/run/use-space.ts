import { useEffect, useRef } from 'react';
import { layerOpen, takesText } from '../../state/commands.ts';

/** Every control that the space bar activates. */
const CONTROLS = 'input, select, button, a, summary, [role=tab], [role=separator]';

/** Calls on the space bar where no control under the focus wants it. */
export function useSpace(act: () => void): void {
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const target = event.target instanceof Element ? event.target : null;
      const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
      if (event.key !== ' ' || !plain || event.repeat || event.defaultPrevented || layerOpen()) return;
      if (target?.closest(CONTROLS) || takesText(target)) return;
      event.preventDefault();
      latest.current();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
