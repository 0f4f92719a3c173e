import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LABEL } from '#shared/domain/labels.ts';
import {
  importTestImage,
  startTestDocker,
  startTestPodman,
  whyNoTestEngine,
  type TestEngine,
} from '../testing/index.ts';
import { hostFacts } from './host.ts';
import { probeCapabilities } from './probe.ts';
import { quickCapabilities } from './quick.ts';

for (const [kind, startEngine] of [
  ['docker', startTestDocker],
  ['podman', startTestPodman],
] as const) {
  const whyNot = whyNoTestEngine(kind);
  describe.skipIf(whyNot !== null)(
    whyNot === null ? `probes on ${kind}` : `SKIPPED: probes on ${kind}, ${whyNot}`,
    () => {
      let test: TestEngine;
      let folder: string;
      beforeAll(async () => {
        test = await startEngine();
        folder = await mkdtemp(join(tmpdir(), 'bg-probe-'));
      });
      afterAll(async () => {
        await test?.dispose();
        await rm(folder, { recursive: true, force: true });
      });

      it('keeps what the engine says while there is no image, then corrects it by doing, then remembers (ENG-3)', async () => {
        const { engine } = test;
        const file = join(folder, 'capabilities.json');
        const quick = quickCapabilities(await engine.version(), await engine.facts(), await hostFacts());
        expect(await probeCapabilities(engine, quick, file)).toEqual(quick);

        await importTestImage(engine, { [LABEL.app]: '1' });
        const probed = await probeCapabilities(engine, quick, file);
        expect(probed).toMatchObject({
          seccomp: true,
          pidsLimit: true,
          liveUpdate: true,
          local: true,
          tmpfsInodes: kind === 'docker',
        });
        expect(probed.evidence['seccomp']).toBe('probed: a refused call was refused');
        // The test image has no perl to try Landlock with, so it is not claimed.
        expect(probed.landlock).toBe(false);
        expect(probed.evidence['landlock']).toContain('probed: ');
        expect(await engine.containers({ [LABEL.app]: '' })).toEqual([]);

        const saved = await readFile(file, 'utf8');
        expect(await probeCapabilities(engine, { ...quick, seccomp: false }, file)).toMatchObject({ seccomp: true });
        expect(await readFile(file, 'utf8')).toBe(saved);
      });
    },
  );
}
