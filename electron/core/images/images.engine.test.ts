import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RUNTIMES, type Runtime } from '#shared/domain/run.ts';
import { startTestDocker, whyNoTestEngine, type TestEngine } from '../engine/testing/index.ts';
import { silentLog } from '../storage/log.ts';
import { BUILD_LABEL } from './context.ts';
import { loadRuntimeImages, testPaths } from './testing/load.ts';
import { rawJson } from './testing/raw-api.ts';
import { runOnce, type Ended } from './testing/run-once.ts';
import { createImages, type ImageStore } from './store.ts';

const why = whyNoTestEngine('docker');

/** What an interpreter that waits for its script begins with. */
const BOOT = ['node.cjs', 'sitecustomize.py'];

/** Everything of the image itself, without the mounts that every container gets. */
const PRUNE = String.raw`\( -path /proc -o -path /sys -o -path /dev -o -path /etc/hosts -o -path /etc/hostname -o -path /etc/resolv.conf \) -prune -o`;

describe.skipIf(why !== null)(`runtime images${why ? ` (skipped: ${why})` : ''}`, () => {
  let test: TestEngine;
  let images: ImageStore;

  beforeAll(async () => {
    test = await startTestDocker();
    images = await loadRuntimeImages(test, RUNTIMES);
  });
  afterAll(() => test.dispose());

  const inside = (runtime: Runtime, script: string, user = '0'): Promise<Ended> =>
    runOnce(test, { image: images.reference(runtime), command: ['bash', '-c', script], user });

  describe.each(RUNTIMES)('%s', (runtime) => {
    it('has no setuid or setgid file or folder (IMG-1, SEC-1)', async () => {
      const found = await inside(
        runtime,
        `find / ${PRUNE} -perm /6000 -print; touch /planted; chmod u+s /planted; find / ${PRUNE} -perm /6000 -print`,
      );
      expect(found.stdout).toBe('/planted\n');
    });

    it('has no path that uid 1000 can write but its workspace (IMG-1, SEC-1)', async () => {
      const found = await inside(runtime, `find / ${PRUNE} -writable ! -type l -print`, '1000:1000');
      expect(found.stdout).toBe('/workspace\n');
      expect(found.stderr).toBe("find: '/root': Permission denied\n");
    });

    it('has no package manager, and nothing of its data (IMG-1)', async () => {
      const names = [
        'apt',
        'apt-get',
        'apt-cache',
        'dpkg',
        'dpkg-deb',
        'pip',
        'pip3',
        'npm',
        'npx',
        'corepack',
        'yarn',
        'gem',
        'cpan',
        'su',
        'sudo',
        'mount',
        'passwd',
      ];
      const listed = await inside(
        runtime,
        `for name in ${names.join(' ')}; do find / ${PRUNE} -name $name ! -type d -perm /111 -print; done; ls -d /var/lib/dpkg /var/lib/apt /var/cache/apt /etc/apt /build 2> /dev/null`,
      );
      expect(listed.stdout).toBe('');
      const modules = await inside(
        runtime,
        'for name in pip ensurepip; do ! command -v python3 || python3 -c "import $name"; done 2>&1 | grep -c ModuleNotFound',
      );
      expect(modules.stdout.trim()).toBe(runtime === 'python' || runtime === 'polyglot' ? '2' : '0');
    });

    it('names no package mirror (IMG-1)', async () => {
      const found = await inside(
        runtime,
        String.raw`grep -rIlE '^(deb|URIs:) |https?://[^ /]+/debian(-security)?( |/dists|/pool)' /etc /usr/share/bellglass /var /root`,
      );
      expect(found.stdout).toBe('');
    });

    it('knows the users of a sandbox and leaves temporary files to the scratch (SEC-1)', async () => {
      const answer = await inside(
        runtime,
        'id script; id warden; readlink /tmp /var/tmp /home/script; stat -c %u:%g /workspace; ls -A /workspace',
      );
      expect(answer.stdout).toBe(
        'uid=1000(script) gid=1000(script) groups=1000(script)\n' +
          'uid=64001(warden) gid=64001(warden) groups=64001(warden)\n' +
          '/workspace/.tmp\n/tmp\n/workspace/.home\n1000:1000\n',
      );
      const own = await inside(
        runtime,
        'cd /usr/lib/bellglass; stat -c "%a %u %n" * boot/*; for program in *; do [ -d $program ] || perl -c $program 2>&1; done',
      );
      const programs = ['become', 'collector', 'waiter', 'warden'];
      const found = [...programs, 'boot'].toSorted().map((name) => `755 0 ${name}\n`);
      const boot = BOOT.map((name) => `644 0 boot/${name}\n`);
      expect(own.stdout).toBe([...found, ...boot, ...programs.map((name) => `${name} syntax OK\n`)].join(''));
    });

    it('has the common tools (IMG-1)', async () => {
      const answer = await inside(
        runtime,
        'for tool in bash curl gawk grep gzip jq sed tar; do $tool --version | head -1; done; sha256sum --version | head -1; ' +
          '. /etc/os-release; echo $VERSION_CODENAME; TZ=Europe/Berlin date -d @0 +%H; ls /etc/ssl/certs/ca-certificates.crt',
      );
      const lines = answer.stdout.trim().split('\n');
      expect(lines[0]).toContain('version 5.2');
      expect(lines[1]).toMatch(/^curl 7\.88/);
      expect(lines[2]).toContain('GNU Awk');
      expect(lines.slice(3, 8).map((line) => line.split(' ')[0])).toEqual(['grep', 'gzip', 'jq-1.6', 'sed', 'tar']);
      expect(lines[8]).toContain('coreutils');
      expect(lines.slice(9)).toEqual(['bookworm', '01', '/etc/ssl/certs/ca-certificates.crt']);
    });

    it('has the languages it promises and no other (IMG-1)', async () => {
      const python = await inside(
        runtime,
        'python3 -c "import sys, requests, yaml, sqlite3, ssl; print(sys.version_info[:2], requests.__version__, yaml.__version__)"',
      );
      const node = await inside(runtime, 'node --version');
      const has = (language: Runtime): boolean => runtime === language || runtime === 'polyglot';
      if (has('python')) expect(python.stdout).toMatch(/^\(3, 11\) 2\.28\.\d+ 6\.0/);
      else expect(python.stderr).toContain('not found');
      if (has('node')) expect(node.stdout).toMatch(/^v18\./);
      else expect(node.stderr).toContain('not found');
    });
  });

  it('lists every image as ready, with what is in it (IMG-1)', async () => {
    for (const card of await images.cards()) {
      expect(card).toMatchObject({ state: 'ready', reference: images.reference(card.runtime) });
      expect(card.size).toBeGreaterThan(30e6);
      expect(card.size).toBeLessThan(250e6);
    }
  });

  /** Ids of all images, those without a name too. */
  const everything = async (): Promise<string[]> =>
    ((await rawJson<{ Id: string }[]>(test, 'GET', '/images/json?all=1')) ?? []).map((image) => image.Id).toSorted();

  const onTopOfBash = (): ImageStore =>
    createImages({
      engine: () => test.engine,
      paths: testPaths,
      log: silentLog,
      bootstrap: { base: () => Promise.resolve(images.reference('bash')) },
    });

  it('cancels a build in the engine and leaves neither container nor image of it (IMG-1)', async () => {
    const slow = onTopOfBash();
    const giveUp = new AbortController();
    const before = await everything();
    const progress = slow.build(['bash'], true, giveUp.signal);
    let steps = 0;
    for await (const one of progress) if (one.done >= 2 && ++steps === 1) giveUp.abort();
    await slow.dispose();
    expect(steps).toBeGreaterThan(0);
    expect(await test.engine.containers({ [BUILD_LABEL]: '' })).toEqual([]);
    expect(await everything()).toEqual(before);
  });

  it('names the step that failed, and leaves nothing half-built (ENG-7, IMG-1)', async () => {
    const failing = onTopOfBash();
    const before = await everything();
    const ends = await Array.fromAsync(failing.build(['bash'], true));
    expect(ends.at(-1)).toMatchObject({ state: 'failed', runtime: 'bash' });
    expect(ends.at(-1)?.error).toMatch(/could not be built: the step “.*RUN .*” failed/);
    expect(await everything()).toEqual(before);
    await failing.dispose();
  });
});
