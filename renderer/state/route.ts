/** Where the person is: kept in the address' fragment, so that back, forward and reload work. */
import { useSyncExternalStore } from 'react';

export const VIEWS = ['runs', 'policies', 'drill', 'images', 'audit', 'settings'] as const;
export type View = (typeof VIEWS)[number];

export const SETTINGS_PARTS = ['doctor', 'general', 'alerts', 'self-check', 'appearance', 'about'] as const;
export type SettingsPart = (typeof SETTINGS_PARTS)[number];

export type Route =
  /** With a filter: what the list begins with. */
  | { readonly at: 'runs' | 'audit'; readonly filter?: string }
  | { readonly at: 'insights' }
  | { readonly at: 'run'; readonly id: string }
  | { readonly at: 'new' }
  | { readonly at: 'samples' }
  | { readonly at: 'workflows' }
  /** The sheet of a workflow that is being prepared. */
  | { readonly at: 'new-workflow' }
  /** With a step: the one that is chosen. */
  | { readonly at: 'workflow'; readonly id: string; readonly step?: string }
  | { readonly at: 'compare'; readonly a: string; readonly b: string }
  /** With a name: the policy whose editor is open. */
  | { readonly at: 'policies'; readonly name?: string }
  | { readonly at: 'drill' | 'images' }
  | { readonly at: 'settings'; readonly part: SettingsPart };

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Reads a fragment; anything unknown is the home view. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/u, '').split(/\?(.*)/su);
  const [view = '', rest = '', other = ''] = path.split('/');
  const filter = new URLSearchParams(query).get('filter') ?? '';
  switch (view) {
    case 'runs':
      if (rest === '') return filter === '' ? { at: 'runs' } : { at: 'runs', filter };
      if (rest === 'new') return { at: 'new' };
      return rest === 'samples' ? { at: 'samples' } : { at: 'run', id: decoded(rest) };
    case 'workflows':
      if (rest === '') return { at: 'workflows' };
      if (rest === 'new') return { at: 'new-workflow' };
      return { at: 'workflow', id: decoded(rest), ...(other === '' ? {} : { step: decoded(other) }) };
    case 'compare':
      return rest === '' || other === '' ? { at: 'runs' } : { at: 'compare', a: decoded(rest), b: decoded(other) };
    case 'policies':
      return rest === '' ? { at: 'policies' } : { at: 'policies', name: decoded(rest) };
    case 'drill':
    case 'images':
    case 'insights':
      return { at: view };
    case 'audit':
      return filter === '' ? { at: 'audit' } : { at: 'audit', filter };
    case 'settings':
      return { at: 'settings', part: SETTINGS_PARTS.find((part) => part === rest) ?? 'doctor' };
    default:
      return { at: 'runs' };
  }
}

/** The fragment of a route: `#/runs/01J…`. */
export function hrefOf(route: Route): string {
  switch (route.at) {
    case 'run':
      return `#/runs/${encodeURIComponent(route.id)}`;
    case 'new':
    case 'samples':
      return `#/runs/${route.at}`;
    case 'new-workflow':
      return '#/workflows/new';
    case 'workflow':
      return `#/workflows/${encodeURIComponent(route.id)}${route.step === undefined ? '' : `/${encodeURIComponent(route.step)}`}`;
    case 'compare':
      return `#/compare/${encodeURIComponent(route.a)}/${encodeURIComponent(route.b)}`;
    case 'policies':
      return route.name === undefined ? '#/policies' : `#/policies/${encodeURIComponent(route.name)}`;
    case 'settings':
      return `#/settings/${route.part}`;
    case 'runs':
    case 'audit':
      return `#/${route.at}${route.filter === undefined ? '' : `?${new URLSearchParams({ filter: route.filter })}`}`;
    default:
      return `#/${route.at}`;
  }
}

/** The entry of the left rail that a route belongs to. */
export function viewOf(route: Route): View {
  switch (route.at) {
    case 'run':
    case 'new':
    case 'samples':
    case 'workflows':
    case 'new-workflow':
    case 'workflow':
    case 'compare':
    case 'insights':
      return 'runs';
    default:
      return route.at;
  }
}

/** The first route of a view. */
export function routeOf(view: View): Route {
  return view === 'settings' ? { at: 'settings', part: 'doctor' } : { at: view };
}

/** Goes to a route; `replace` leaves no step for *back*. */
export function go(route: Route, replace = false): void {
  if (!replace) {
    window.location.hash = hrefOf(route);
    return;
  }
  window.history.replaceState(null, '', hrefOf(route));
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}

function onChange(call: () => void): () => void {
  window.addEventListener('hashchange', call);
  return () => window.removeEventListener('hashchange', call);
}

/** The present route; re-renders when it changes. */
export function useRoute(): Route {
  return parseRoute(useSyncExternalStore(onChange, () => window.location.hash));
}
