/** Images of other makers on real engines: made here, so that no registry is needed (IMG-2, IMG-5). */
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pack } from 'tar-stream';
import { createHarness, type Harness } from '../runs/testing/harness.ts';
import { imageEngine, type ImageEngine } from '../runs/testing/image-engine.ts';
import { hostFacts } from '../engine/capabilities/host.ts';
import { quickCapabilities } from '../engine/capabilities/quick.ts';
import { importTestImage, startTestPodman, TEST_IMAGE, whyNoTestEngine } from '../engine/testing/index.ts';
import { loadRuntimeImages } from './testing/load.ts';

let docker: ImageEngine;
let harness: Harness;
const PERL = 'bellglass-test-perl:1';
const made: string[] = [];

async function on(base: string, tag: string, instructions: string): Promise<string> {
  const tar = pack();
  tar.entry({ name: 'Dockerfile' }, `FROM ${base}\n${instructions}\n`);
  tar.finalize();
  await docker.engine.buildImage({ context: Readable.from(tar), tag, labels: {}, hostNetwork: true });
  made.push(tag);
  return tag;
}

const run = (name: string, script: string, set: Record<string, string> = {}) =>
  harness.run('bash', script, { trust: 'limited', set: { 'image.name': name, ...set } });

beforeAll(async () => {
  docker = await imageEngine();
  harness = await createHarness(docker.engine, docker.capabilities);
  const bash = await harness.run('bash', 'true');
  // Debian with Perl, without anything of ours, and with its Bash at another place.
  await on(
    bash.detail.container!.image,
    PERL,
    'USER 0\nRUN rm -rf /usr/lib/bellglass /tmp /home/script && mkdir -p /tmp/kept /opt/tools && cp /usr/bin/bash /opt/tools/',
  );
  await importTestImage(docker.engine);
  await on(
    PERL,
    'bellglass-test-tools:1',
    'ENV PATH=/opt/tools:/usr/bin TOOL=yes HOME=/nowhere\nENTRYPOINT ["/nothing"]\nHEALTHCHECK CMD /nothing',
  );
  made.push(TEST_IMAGE);
}, 300_000);

afterAll(async () => {
  for (const tag of made.toReversed()) await docker?.engine.removeImage(tag).catch(() => {});
  for (const image of (await docker?.engine.images({ 'app.bellglass.kind': 'any-image' })) ?? [])
    await docker.engine.removeImage(image.id).catch(() => {});
  await harness?.dispose();
  await docker?.dispose();
});

describe('any image', () => {
  it('becomes a sandbox like our own, with its own programs and variables (IMG-5)', async () => {
    const script =
      'echo "$BASH $TOOL $HOME"; id -u; touch /tmp/x && ls /workspace/.tmp; touch /etc/x; cat /proc/1/status | while read -r n v; do [ "$n" = Uid: ] && echo "$v"; done';
    const first = await run('bellglass-test-tools:1', script);
    expect(first.output).toContain('/opt/tools/bash yes /home/script\n1000\nx\n');
    expect(first.output).toMatch(/touch: cannot touch '\/etc\/x'|Read-only/);
    expect(first.output).toContain('64001\t64001');
    expect(first.events).toContainEqual(expect.objectContaining({ message: expect.stringContaining('own files') }));
    const second = await run('bellglass-test-tools:1', 'echo again');
    expect(second.output).toBe('again\n');
    expect(second.events.some((event) => event.type === 'note')).toBe(false);
  });

  it.each([
    ['without Perl', TEST_IMAGE, '', 'Perl'],
    ['with volumes', 'bellglass-test-volume:1', 'VOLUME /data', 'volumes (/data)'],
    ['with commands for builds', 'bellglass-test-onbuild:1', 'ONBUILD RUN touch /built', 'ONBUILD'],
  ])('refuses an image %s, and says why (IMG-5)', async (_what, name, instructions, words) => {
    if (instructions !== '') await on(PERL, name, instructions);
    const { detail } = await run(name, 'echo never');
    expect(detail.summary.verdict).toMatchObject({ outcome: 'engine-error', reason: expect.stringContaining(words) });
    expect(detail.summary.verdict?.reason).toContain('cannot be a sandbox');
  });

  it('fetches by the policy only, and says so when nobody has the image (IMG-2)', async () => {
    const never = await run('bellglass-test-missing:1', 'echo never', { 'image.pull': 'never' });
    expect(never.detail.summary.verdict?.reason).toContain('`image.pull: never`');
    const always = await run('127.0.0.1:9/missing:1', 'echo never', { 'image.pull': 'always' });
    expect(always.detail.summary.verdict).toMatchObject({ outcome: 'engine-error' });
    expect(always.events).toContainEqual(expect.objectContaining({ message: 'Fetching 127.0.0.1:9/missing:1' }));
    const here = await run(PERL, 'echo never', { 'image.pull': 'always' });
    expect(here.detail.summary.verdict?.outcome).toBe('engine-error');
  });

  it('runs only the pinned content, for our own images as well (IMG-4)', async () => {
    const { id } = (await docker.engine.image('bellglass-test-tools:1'))!;
    const other = `sha256:${'0'.repeat(64)}`;
    expect((await run('bellglass-test-tools:1', 'echo pinned', { 'image.digest': id })).output).toBe('pinned\n');
    for (const name of ['bellglass-test-tools:1', 'none']) {
      const wrong = await run(name, 'echo never', { 'image.digest': other });
      expect(wrong.output).toBe('');
      expect(wrong.detail.summary.verdict?.reason).toContain(other);
      expect(wrong.detail.summary.verdict?.reason).toContain('the engine has sha256:');
    }
  });
});

const whyNot = whyNoTestEngine('podman');

describe.skipIf(whyNot !== null)(`any image on Podman${whyNot ? ` (skipped: ${whyNot})` : ''}`, () => {
  it('becomes a sandbox there as well, and is refused without Perl (IMG-5, ENG-2)', async () => {
    const podman = await startTestPodman();
    try {
      const images = await loadRuntimeImages(podman, ['bash']);
      const quick = quickCapabilities(await podman.engine.version(), await podman.engine.facts(), await hostFacts());
      const there = await createHarness(podman.engine, { ...quick, local: true });
      try {
        await importTestImage(podman.engine);
        const run = (name: string) => there.run('bash', 'id -u; readlink /tmp', { set: { 'image.name': name } });
        expect((await run(`localhost/${images.reference('bash')}`)).output).toBe('1000\n/workspace/.tmp\n');
        expect((await run(TEST_IMAGE)).detail.summary.verdict?.reason).toContain('Perl');
      } finally {
        await there.dispose();
      }
    } finally {
      await podman.dispose();
    }
  }, 300_000);
});
