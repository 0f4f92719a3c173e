/** The whole contract: one router type for MessagePort, WebSocket, REST and the CLI. */
import { runs } from './runs.ts';
import { system } from './system.ts';

export const contract = { runs, system };
export type Contract = typeof contract;
