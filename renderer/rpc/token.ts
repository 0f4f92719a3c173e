/** The launch token: arrives in the address' fragment, lives in this tab only. */
const KEY = 'bellglass.token';

/** The parts of a window that hold the token. */
export interface TokenPlace {
  readonly location: Pick<Location, 'hash' | 'pathname' | 'search'>;
  readonly history: Pick<History, 'replaceState'>;
  readonly sessionStorage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
}

/** Takes a token out of the address bar, keeps it for this tab, and returns the one to use; null when there is none. */
export function takeToken({ location, history, sessionStorage }: TokenPlace): string | null {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given === null || given === '') return sessionStorage.getItem(KEY);
  sessionStorage.setItem(KEY, given);
  history.replaceState(null, '', `${location.pathname}${location.search}`);
  return given;
}

/** Forgets a token that was refused. */
export function dropToken({ sessionStorage }: Pick<TokenPlace, 'sessionStorage'>): void {
  sessionStorage.removeItem(KEY);
}
