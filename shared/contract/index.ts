/** The whole contract: one router type for MessagePort, WebSocket, REST and the CLI. */
import { alerts } from './alerts.ts';
import { audit } from './audit.ts';
import { files } from './files.ts';
import { kept } from './kept.ts';
import { history } from './history.ts';
import { policies } from './policies.ts';
import { runs } from './runs.ts';
import { system } from './system.ts';
import { workflows } from './workflows.ts';

export const contract = { alerts, audit, files, history, kept, policies, runs, system, workflows };
export type Contract = typeof contract;
