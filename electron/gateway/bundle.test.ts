import { join } from 'node:path';
import { build } from 'vite';
import { expect, it } from 'vitest';

/** The agent as one file for the Node.js 18 of its image. */
async function bundle(): Promise<string> {
  const made = await build({
    configFile: false,
    logLevel: 'silent',
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      ssr: join(import.meta.dirname, 'main.ts'),
      target: 'node18',
      minify: false,
      write: false,
      rolldownOptions: { output: { entryFileNames: 'gateway.mjs', codeSplitting: false } },
    },
  });
  const [result] = [made].flat();
  if (!result || !('output' in result)) throw new Error('no bundle');
  const chunks = result.output.filter((part) => part.type === 'chunk');
  expect(chunks).toHaveLength(1);
  return chunks[0]!.code;
}

it('keeps the bundled agent in the image in step with its source (IMG-1)', async () => {
  const file = join(import.meta.dirname, '../../assets/images/gateway/rootfs/usr/lib/bellglass/gateway.mjs');
  await expect(await bundle()).toMatchFileSnapshot(file);
});
