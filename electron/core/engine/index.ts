/** The engine's front door: what the rest of core imports. */
export { createEngineManager, type EngineManager, type EngineManagerOptions } from './manager.ts';
