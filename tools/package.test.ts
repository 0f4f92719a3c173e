import { FuseV1Options } from '@electron/fuses';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

interface BuilderConfig {
  appId: string;
  asar: boolean;
  files: string[];
  electronFuses: Record<string, boolean>;
  [key: string]: unknown;
}

interface Validator {
  validateConfiguration(config: unknown, log: { isEnabled: boolean }): Promise<void>;
}

const root = new URL('../', import.meta.url);
const config = parse(await readFile(new URL('electron-builder.yml', root), 'utf8')) as BuilderConfig;
const manifest = JSON.parse(await readFile(new URL('package.json', root), 'utf8')) as {
  main: string;
  dependencies: Record<string, string>;
};

/** electron-builder's own validator, from where electron-builder itself finds it. */
function validator(): Validator {
  const fromBuilder = createRequire(createRequire(import.meta.url).resolve('electron-builder'));
  return fromBuilder('app-builder-lib/out/util/config/config.js') as Validator;
}

it('is a configuration that electron-builder accepts, and a wrong one is not (HOST-1)', async () => {
  const { validateConfiguration } = validator();
  await expect(validateConfiguration(config, { isEnabled: false })).resolves.toBeUndefined();
  await expect(validateConfiguration({ ...config, electronFuse: {} }, { isEnabled: false })).rejects.toThrow(
    /electronFuse/,
  );
});

it('turns every fuse to its safe side (HOST-1)', () => {
  expect(config.asar).toBe(true);
  expect(config.electronFuses).toEqual({
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    loadBrowserProcessSpecificV8Snapshot: false,
    grantFileProtocolExtraPrivileges: false,
  });
});

it('decides every fuse that the packager can set', () => {
  const known = Object.keys(FuseV1Options).filter((name) => Number.isNaN(Number(name)) && name !== 'WasmTrapHandlers');
  const named = Object.keys(config.electronFuses).map((name) => name[0]?.toUpperCase() + name.slice(1));
  expect(named.toSorted()).toEqual(known.toSorted());
});

it('claims no file type of the system', () => {
  expect(config['fileAssociations']).toBeUndefined();
  expect(config['protocols']).toBeUndefined();
});

it('packs the module that package.json starts, and Electron is no dependency of it', () => {
  expect(config.files).toContain(manifest.main.replace(/[^/]+$/, '**'));
  expect(Object.keys(manifest.dependencies)).not.toContain('electron');
});
