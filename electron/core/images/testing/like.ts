/** Vitest's asymmetric matchers, typed so that they may stand inside an expected object. */
import { expect } from 'vitest';

export const containing = (text: string): unknown => expect.stringContaining(text);
export const including = (...items: string[]): unknown => expect.arrayContaining(items);
export const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);
