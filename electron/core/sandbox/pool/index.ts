/** Sandboxes that wait for a run: what the rest of core imports. */
export { SandboxPool, type PoolDeps, type Taken } from './pool.ts';
export { type SandboxWish } from './key.ts';
export { wishOf } from './wish.ts';
