/** The engine's front door: what the rest of core imports. */
export { createEngine } from './adapter/engine.ts';
export { parseAddress, type EngineAddress } from './adapter/address.ts';
export { createEngineManager, type EngineManager, type EngineManagerOptions } from './manager.ts';
