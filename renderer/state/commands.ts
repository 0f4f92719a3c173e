/** Every action that can be done now, by name: the palette, the shortcuts and the list of `?` read it. */
import { useEffect, useRef } from 'react';
import { tinykeys } from 'tinykeys';
import { create } from 'zustand';
import type { LucideIcon } from '../ui/icon.tsx';

export interface Command {
  readonly id: string;
  readonly title: string;
  /** Heading in the palette: `Go to`, `Run`, `Engine`. */
  readonly group: string;
  readonly icon?: LucideIcon;
  /** A tinykeys binding. */
  readonly keys?: string;
  /** Works while a field has the focus; keys with a modifier always do. */
  readonly inFields?: boolean;
  readonly run: () => void;
}

const useScopes = create<{ scopes: ReadonlyMap<string, readonly Command[]> }>(() => ({ scopes: new Map() }));

/** All commands that are there now, in the order in which their views came. */
export function useCommandList(): readonly Command[] {
  return [...useScopes((state) => state.scopes).values()].flat();
}

/** True while a layer is open that takes the keys for itself. */
export function layerOpen(): boolean {
  return document.querySelector('[role=dialog],[role=alertdialog],[role=menu],[data-radix-select-viewport]') !== null;
}

const FIELDS = 'input, textarea, select, [contenteditable=true]';

/** True inside of what takes typed text; output that can only be read does not. */
export function takesText(target: Element | null): boolean {
  const field = target?.closest(FIELDS) ?? null;
  return field !== null && field.getAttribute('aria-readonly') !== 'true';
}

function forbids(event: KeyboardEvent, { keys = '', inFields = false }: Command): boolean {
  const target = event.target instanceof Element ? event.target : null;
  // Radix keeps Enter from a radio button, and Ctrl+Enter with it.
  const onRadio = (event.ctrlKey || event.metaKey) && target?.getAttribute('role') === 'radio';
  if ((event.defaultPrevented && !onRadio) || layerOpen()) return true;
  if (!inFields && !/\$mod|^F\d/u.test(keys) && takesText(target)) return true;
  return keys === 'Enter' && target?.closest('button, a, summary, [role=tab], [role=radio]') !== null;
}

/** Offers commands while the caller is mounted, and binds their keys. `scope` is unique per place. */
export function useCommands(scope: string, commands: readonly Command[]): void {
  const latest = useRef(commands);
  useEffect(() => {
    latest.current = commands;
  });
  const shape = commands.map(({ id, title, keys }) => `${id} ${title} ${keys ?? ''}`).join('\n');
  useEffect(() => {
    const shown = latest.current;
    useScopes.setState(({ scopes }) => ({
      scopes: new Map(scopes).set(
        scope,
        shown.map((command, index) => ({ ...command, run: () => latest.current[index]?.run() })),
      ),
    }));
    const bindings = Object.fromEntries(
      shown.flatMap((command, index) =>
        command.keys
          ? [
              [
                command.keys,
                (event: KeyboardEvent) => {
                  if (forbids(event, command)) return;
                  event.preventDefault();
                  latest.current[index]?.run();
                },
              ],
            ]
          : [],
      ),
    ) as Record<string, (event: KeyboardEvent) => void>;
    const unbind = tinykeys(window, bindings, { ignore: () => false });
    return () => {
      unbind();
      useScopes.setState(({ scopes }) => {
        const left = new Map(scopes);
        left.delete(scope);
        return { scopes: left };
      });
    };
  }, [scope, shape]);
}
