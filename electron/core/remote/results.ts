/** What a run gave back beside what it printed (RUN-9). */
import type { RunResults } from '../core.ts';

/** Nothing: this version takes no files out of a sandbox, and the API says so. */
export const NO_RESULTS: RunResults = { output: null, variables: null, condition: null, files: [], open: () => null };
