/** Reads the interpreters of the images that are there once, without the policy's disk limit. */
import { RUNTIMES, type Runtime } from '#shared/domain/run.ts';
import { toBase64, utf8 } from '#shared/script/bytes.ts';
import type { Engine } from '../engine/port.ts';
import type { ImageStore } from '../images/index.ts';
import type { RunService } from '../runs/service.ts';
import type { Log } from '../storage/log.ts';

const HELLO: Readonly<Record<Runtime, { readonly entry: string; readonly script: string } | null>> = {
  python: { entry: 'hello.py', script: 'import json, ssl\n' },
  node: { entry: 'hello.js', script: 'require("fs").readFileSync("hello.js");\n' },
  bash: { entry: 'hello.sh', script: 'true\n' },
  polyglot: null,
};

export interface WarmUp {
  readonly engine: Engine;
  readonly images: ImageStore;
  readonly runs: RunService;
  /** Filled with the images that the engine has. */
  readonly ready: Map<Runtime, string>;
  readonly log: Log;
}

/**
 * A disk limit of 10 MiB/s makes the first start of Node.js take four seconds, because reading its program from a cold
 * disk counts as the script's; once read, it comes from the page cache, which is not limited. So each interpreter is
 * read once under a policy without that limit, before a person asks. Never rejects.
 */
export async function warmUp({ engine, images, runs, ready, log }: WarmUp): Promise<void> {
  for (const runtime of RUNTIMES) {
    const hello = HELLO[runtime];
    try {
      if (!(await engine.image(images.reference(runtime)))) continue;
      ready.set(runtime, images.reference(runtime));
      if (!hello) continue;
      await runs.runHidden({
        name: 'warm-up',
        entry: hello.entry,
        files: [{ path: hello.entry, content: toBase64(utf8(hello.script)) }],
        runtime,
        trust: 'limited',
        set: { 'resources.disk_read': 'unlimited', 'resources.disk_write': 'unlimited', 'resources.cpu': '100 %' },
        stdin: null,
      });
    } catch (failure) {
      log.debug('an interpreter was not warmed up', { runtime, problem: String(failure) });
    }
  }
}
