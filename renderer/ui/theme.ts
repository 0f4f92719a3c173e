/** Light, dark or as the system says: kept in this browser, applied as `data-theme` on the page. */
import { create } from 'zustand';

export const APPEARANCES = ['system', 'light', 'dark'] as const;
export type Appearance = (typeof APPEARANCES)[number];
export type Theme = 'light' | 'dark';

const KEY = 'bellglass.appearance';
const darkQuery = window.matchMedia('(prefers-color-scheme: dark)');

interface ThemeState {
  readonly appearance: Appearance;
  /** What is shown now; charts and terminals take their colours from it. */
  readonly theme: Theme;
}

function resolve(appearance: Appearance): Theme {
  if (appearance !== 'system') return appearance;
  return darkQuery.matches ? 'dark' : 'light';
}

function stored(): Appearance {
  const kept = localStorage.getItem(KEY);
  return APPEARANCES.find((appearance) => appearance === kept) ?? 'system';
}

/** The theme in use. Read `theme` to redraw canvases when it changes. */
export const useTheme = create<ThemeState>(() => {
  const appearance = stored();
  return { appearance, theme: resolve(appearance) };
});

function apply(): void {
  document.documentElement.dataset['theme'] = useTheme.getState().theme;
}

/** Switches the appearance and remembers it. */
export function setAppearance(appearance: Appearance): void {
  localStorage.setItem(KEY, appearance);
  useTheme.setState({ appearance, theme: resolve(appearance) });
  apply();
}

/** Applies the kept appearance and follows the system from now on; call once before the first paint. */
export function startTheme(): void {
  apply();
  darkQuery.addEventListener('change', () => {
    useTheme.setState(({ appearance }) => ({ theme: resolve(appearance) }));
    apply();
  });
}

/** The present value of a token, for canvases: `token('accent')` gives `#0b7a75`. */
export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
