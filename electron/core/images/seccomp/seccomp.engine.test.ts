import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SECCOMP_PROFILES, type SeccompProfile } from '#shared/domain/policy.ts';
import type { Runtime } from '#shared/domain/run.ts';
import { startTestDocker, startTestPodman, whyNoTestEngine, type TestEngine } from '../../engine/testing/index.ts';
import type { ImageStore } from '../store.ts';
import { loadRuntimeImages, testPaths } from '../testing/load.ts';
import { runOnce } from '../testing/run-once.ts';
import { BASH, NODE, PYTHON } from '../testing/workloads.ts';
import { seccompProfile } from './index.ts';

interface Answer {
  readonly result?: number;
  readonly errno?: number;
  readonly signal?: number;
  readonly absent?: string;
}
type Answers = Readonly<Record<string, Answer>>;

const EPERM = 1;
const ENOSYS = 38;
const EAFNOSUPPORT = 97;
const SIGSYS = 31;
/** Enough power that the kernel itself refuses none of the probes: only a filter can. */
const POWERS = ['ADMIN', 'PTRACE', 'TIME', 'PACCT', 'NICE', 'CHROOT', 'MODULE', 'BOOT', 'RAWIO'].map(
  (one) => `SYS_${one}`,
);
const CAPABILITIES = [...POWERS, 'SYSLOG', 'NET_ADMIN', 'NET_RAW', 'DAC_READ_SEARCH'];
/** These have an older way round, so they must look absent. */
const LOOK_ABSENT = ['io_uring_setup', 'io_uring_enter', 'io_uring_register', 'clone3', 'memfd_secret'];

/** Younger than many a libseccomp, which then leaves them to the engine's default: EPERM or ENOSYS. */
const TOO_NEW = ['listmount', 'statmount'];

const source = await readFile(new URL('./probes.py', import.meta.url), 'utf8');
const names = [...source.matchAll(/^ {4}"([^"]+)": /gm)].map((match) => match[1] ?? '');

function wanted(name: string): Answer {
  if (name === '32-bit call') return { signal: SIGSYS };
  if (name.startsWith('socket')) return { result: -1, errno: EAFNOSUPPORT };
  return { result: -1, errno: LOOK_ABSENT.includes(name) ? ENOSYS : EPERM };
}

const ENGINES = [
  { runtime: 'runc', kind: 'docker', start: startTestDocker },
  { runtime: 'crun', kind: 'podman', start: startTestPodman },
] as const;

describe.each(ENGINES)('under $runtime', ({ kind, start }) => {
  const why = whyNoTestEngine(kind);

  describe.skipIf(why !== null)(`on a real ${kind}${why ? ` (skipped: ${why})` : ''}`, () => {
    let test: TestEngine;
    let images: ImageStore;
    let folder: string;
    let unconfined: Answers;
    const confined = new Map<string, Answers>();

    // As the adapter does it: Podman knows no owner of a tmpfs.
    const scratch = kind === 'docker' ? 'uid=1000,gid=1000,mode=0700' : 'mode=1777,notmpcopyup';

    async function option(profile: SeccompProfile, runtime: Runtime): Promise<string> {
      const text = await seccompProfile(testPaths, profile, runtime);
      if (kind === 'docker') return `seccomp=${text}`;
      const file = join(folder, `${profile}-${runtime}.json`);
      await writeFile(file, text);
      return `seccomp=${file}`;
    }

    async function probe(seccomp: string): Promise<Answers> {
      const ended = await runOnce(test, {
        image: images.reference('polyglot'),
        command: ['python3', '-c', source],
        host: { CapAdd: CAPABILITIES, SecurityOpt: ['no-new-privileges', seccomp] },
      });
      expect(ended.stderr).toBe('');
      return JSON.parse(ended.stdout) as Answers;
    }

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'bellglass-seccomp-'));
      test = await start();
      images = await loadRuntimeImages(test, ['bash', 'python', 'node', 'polyglot']);
      unconfined = await probe('seccomp=unconfined');
      for (const profile of SECCOMP_PROFILES) {
        for (const runtime of ['python', 'node'] as const) {
          confined.set(`${profile} ${runtime}`, await probe(await option(profile, runtime)));
        }
      }
    });
    afterAll(async () => {
      await test?.dispose();
      await rm(folder, { recursive: true, force: true });
    });

    it('tries every call of the list (SEC-2)', () => {
      expect(names.length).toBeGreaterThan(75);
      expect(Object.keys(unconfined).toSorted()).toEqual(names.toSorted());
    });

    it.for(names)('refuses %s, which reaches the kernel without a filter (SEC-2)', (name, { skip }) => {
      const free = unconfined[name];
      if (free?.absent) skip(`this ${free.absent} has no ${name}`);
      if (free?.errno === ENOSYS || (name.startsWith('socket') && free?.errno === EAFNOSUPPORT))
        skip(`kernel has no ${name}`);
      expect([name, free]).not.toEqual([name, expect.objectContaining({ errno: EPERM })]);
      for (const [profile, answers] of confined) {
        // Node.js reads the network interfaces this way.
        if (name === 'socket AF_NETLINK route' && profile.endsWith('node'))
          expect(answers[name]).toMatchObject({ errno: 0 });
        else if (TOO_NEW.includes(name)) expect([EPERM, ENOSYS]).toContain(answers[name]?.errno);
        else expect([profile, answers[name]]).toEqual([profile, wanted(name)]);
      }
    });

    describe.each(SECCOMP_PROFILES)('%s', (profile) => {
      it.each([
        ['python', 'python3', PYTHON],
        ['node', 'node', NODE],
        ['bash', 'bash', BASH],
        ['polyglot', 'python3', PYTHON],
        ['polyglot', 'node', NODE],
        ['polyglot', 'bash', BASH],
      ] as const)('lets the %s image run a real program in %s (SEC-2)', async (runtime, interpreter, program) => {
        const ended = await runOnce(test, {
          image: images.reference(runtime),
          command: [interpreter, interpreter === 'node' ? '-e' : '-c', program],
          user: '1000:1000',
          env: ['TMPDIR=/workspace', 'HOME=/workspace', 'LANG=C.UTF-8'],
          host: {
            CapDrop: ['ALL'],
            SecurityOpt: ['no-new-privileges', await option(profile, runtime)],
            ReadonlyRootfs: true,
            Tmpfs: { '/workspace': `rw,exec,nosuid,nodev,size=67108864,${scratch}` },
          },
        });
        expect([ended.stderr, ended.exitCode]).toEqual([expect.any(String), 0]);
        expect(ended.stdout).toContain('done');
      });
    });
  });
});
