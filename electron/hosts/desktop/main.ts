/** Electron's main module: gives the shell the real Electron, core and log. */
import { join } from 'node:path';
import * as electron from 'electron';
import { createCore } from '#core/create-core.ts';
import { openLogFile } from '#core/storage/log-file.ts';
import { resolvePaths } from '#core/storage/paths.ts';
import { toAppError } from '#shared/lib/app-error.ts';
import { shellPaths, startShell } from './shell.ts';

const { app, dialog } = electron;
const { assets, ...built } = shellPaths(app.getAppPath());
const paths = { ...resolvePaths(process.env, app.getAppPath()), assets };

try {
  await startShell({
    electron,
    platform: process.platform,
    argv: process.argv,
    ...built,
    openLog: () => openLogFile({ path: join(paths.data, 'logs', 'desktop.log') }),
    createCore: (log, notify) =>
      createCore({
        host: 'desktop',
        hostWhy: 'a window can be shown',
        paths,
        env: process.env,
        version: app.getVersion(),
        log,
        notify,
      }),
  });
} catch (thrown) {
  const { message, why, next } = toAppError(thrown);
  dialog.showErrorBox(message, [why, next].filter(Boolean).join('\n'));
  app.exit(1);
}
