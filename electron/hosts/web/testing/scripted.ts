/**
 * Serves the real web host over the scripted core, for drawing the renderer:
 * `node electron/hosts/web/testing/scripted.ts [--port N] [--engine ready|lost|none|starting|searching] [--empty]`.
 * Build the renderer beside it with `vite build --watch`. Lines on stdin switch the engine: `lost`, `none`, `ready`.
 */
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { createRouter } from '#core/rpc/router.ts';
import { createScriptedCore } from '#core/rpc/testing/scripted-core.ts';
import { ENGINE_STATES } from '#core/rpc/testing/scripted-system.ts';
import type { ScriptedEngine } from '#core/rpc/testing/scripted-system.ts';
import type { Log } from '#core/storage/log.ts';
import { startWebHost } from '../web-host.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '7799' },
    engine: { type: 'string', default: 'ready' },
    empty: { type: 'boolean', default: false },
    renderer: { type: 'string', default: resolve(import.meta.dirname, '../../../../dist/renderer') },
  },
});

const isState = (text: string): text is ScriptedEngine => (ENGINE_STATES as readonly string[]).includes(text);
const say = (message: string, fields: unknown = {}): void => {
  process.stderr.write(`${message} ${JSON.stringify(fields)}\n`);
};
const log: Log = { debug: () => undefined, info: say, warn: say, error: say, child: () => log };

const core = createScriptedCore({ engine: isState(values.engine) ? values.engine : 'ready', seeded: !values.empty });
const router = createRouter(core, { takeOpened: async () => null });
const host = await startWebHost({
  router,
  log,
  renderer: values.renderer,
  port: Number(values.port),
  orNext: true,
});
process.stdout.write(`${host.url}\n`);

createInterface({ input: process.stdin }).on('line', (line) => {
  if (isState(line.trim())) core.engine(line.trim() as ScriptedEngine);
});
