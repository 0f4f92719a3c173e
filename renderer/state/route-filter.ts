/** The filter of a list as a part of the address, so that coming back to the list and loading the page anew find it. */
import { useEffect, useState } from 'react';
import { go, parseRoute } from './route.ts';

/** The address follows when typing rests for so long, ms. */
const RESTED_MS = 250;

/** What is typed, and how to change it. `given`: the route's. */
export function useRouteFilter(at: 'runs' | 'audit', given: string): readonly [string, (text: string) => void] {
  const [text, setText] = useState(given);
  const [taken, setTaken] = useState(given);
  if (taken !== given) {
    setTaken(given);
    setText(given);
  }
  useEffect(() => {
    if (text === given) return undefined;
    const timer = setTimeout(() => {
      // Who has gone elsewhere meanwhile is not taken back.
      if (parseRoute(window.location.hash).at === at) go(text === '' ? { at } : { at, filter: text }, true);
    }, RESTED_MS);
    return () => clearTimeout(timer);
  }, [at, given, text]);
  return [text, setText];
}
