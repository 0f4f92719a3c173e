/** Starts the agent; everything else happens on its line to core. */
import { Agent } from './agent.ts';

process.env['PATH'] = '/usr/sbin:/usr/bin:/sbin:/bin';
process.on('uncaughtException', () => process.exit(1));
process.on('unhandledRejection', () => process.exit(1));
void new Agent();
