import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { fork, type ChildProcess } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../storage/log.ts';
import { createEngine } from '../adapter/engine.ts';
import { realSurroundings } from '../discovery/surroundings.ts';
import { importTestImage, runIn, testContainer, whyNoTestEngine } from '../testing/index.ts';
import { layoutOf } from './layout.ts';
import { privateEngine, type PrivateEngine } from './private-engine.ts';
import { helpersOf, startTime } from './processes.ts';

const ASSETS = resolve(import.meta.dirname, '../../../../assets');

for (const kind of ['docker', 'podman'] as const) {
  const whyNot = whyNoTestEngine(kind);
  describe.skipIf(whyNot !== null)(
    whyNot === null ? `a private engine with ${kind}` : `SKIPPED: a private engine with ${kind}, ${whyNot}`,
    () => {
      let folder: string;
      const children: ChildProcess[] = [];

      beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), 'bg-own-'));
      });
      afterEach(async () => {
        for (const child of children.splice(0)) {
          if (child.exitCode !== null || child.signalCode !== null) continue;
          child.kill('SIGKILL');
          await new Promise((done) => child.once('exit', done));
        }
        // Whatever a failed or killed app left running is adopted and then stopped.
        if ((await readdir(folder)).includes('run')) {
          const last = own();
          await last.start(() => {});
          await last.stop();
        }
        expect(await helpersOf(folder)).toEqual([]);
        await rm(folder, { recursive: true, force: true });
      });

      function own(needed?: () => boolean): PrivateEngine {
        const real = realSurroundings(process.env);
        const around =
          kind === 'podman'
            ? { ...real, which: async (program: string) => (program === 'dockerd' ? null : await real.which(program)) }
            : real;
        return privateEngine({ folder, assets: ASSETS, around, log: silentLog, needed });
      }

      async function pid(): Promise<number> {
        return Number((await readFile(layoutOf(folder, tmpdir()).pidFile, 'utf8')).split('\n')[0]);
      }

      /** Another app that uses the same private engine. */
      async function otherApp(): Promise<ChildProcess> {
        const child = fork(join(import.meta.dirname, '../testing/private-user.ts'), [folder, ASSETS, kind], {
          stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        });
        children.push(child);
        await new Promise<void>((done, failed) => {
          child.once('message', () => done());
          child.once('exit', (code) => failed(new Error(`the other app ended with ${String(code)}`)));
        });
        return child;
      }

      it('starts, runs a sandbox, stops and leaves no process, socket or mount (ENG-4)', async () => {
        const mine = own();
        const steps: string[] = [];
        const address = await mine.start((step) => steps.push(step));
        const engine = createEngine(address, { profileFolder: join(folder, 'seccomp') });
        await importTestImage(engine);
        const id = await engine.createContainer(testContainer());
        await engine.startContainer(id);
        expect((await runIn(engine, id, 'echo hello')).stdout.toString()).toBe('hello\n');
        await engine.removeContainer(id);
        await engine.dispose();
        const was = await pid();
        await mine.stop();
        expect(steps).toHaveLength(1);
        expect(await startTime(was)).toBeNull();
        expect(await helpersOf(folder)).toEqual([]);
        expect(await readdir(folder)).not.toContain('run');
        expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain(`${folder}/`);
      });

      it('is adopted after the app was killed, and shared by two apps until the last one leaves (ENG-4)', async () => {
        const first = await otherApp();
        const was = await pid();
        first.kill('SIGKILL');
        await new Promise((done) => first.once('exit', done));
        expect(await startTime(was)).not.toBeNull();

        const second = await otherApp();
        const mine = own();
        await mine.start(() => {});
        expect(await pid()).toBe(was);
        await mine.stop();
        expect(await startTime(was)).not.toBeNull();

        second.send('stop');
        await new Promise((done) => second.once('exit', done));
        expect(await startTime(was)).toBeNull();
      });

      it('goes on without anybody while something on it is needed, and is stopped by the next that leaves after (RUN-14)', async () => {
        let needed = true;
        const mine = own(() => needed);
        await mine.start(() => {});
        const was = await pid();
        await mine.stop();
        expect(await startTime(was)).not.toBeNull();
        const next = own(() => needed);
        await next.start(() => {});
        expect(await pid()).toBe(was);
        needed = false;
        await next.stop();
        expect(await startTime(was)).toBeNull();
      });

      it('is started once when two apps start at the same time (ENG-4)', async () => {
        const both = await Promise.all([otherApp(), otherApp()]);
        expect(await startTime(await pid())).not.toBeNull();
        expect((await readdir(join(folder, 'users'))).length).toBe(both.length);
      });

      it('starts anew after its daemon was killed, with images kept and no old container running (ENG-4, ENG-5)', async () => {
        const mine = own();
        const engine = createEngine(await mine.start(() => {}), { profileFolder: join(folder, 'seccomp') });
        await importTestImage(engine);
        const id = await engine.createContainer(testContainer());
        await engine.startContainer(id);
        const script = (await engine.container(id))?.pid ?? 0;
        const was = await pid();
        process.kill(was, 'SIGKILL');
        await expect.poll(() => startTime(was)).toBeNull();
        await mine.start(() => {});
        expect(await pid()).not.toBe(was);
        await engine.removeContainer(id);
        expect(await startTime(script)).toBeNull();
        expect(await engine.image('bellglass-test:1')).not.toBeNull();
        await engine.dispose();
        await mine.stop();
      });
    },
  );
}
