/** Learns what the engine really does by doing it: one tiny container, then its answers are kept per engine and version (ENG-3). */
import { createHash } from 'node:crypto';
import { access, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import * as z from 'zod';
import type { Capabilities } from '#shared/domain/engine.ts';
import { LABEL, UID } from '#shared/domain/labels.ts';
import { toAppError } from '#shared/lib/app-error.ts';
import type { CreateContainer, Engine, ImageInfo } from '../port.ts';

/** Raise when a probe changes, so that old answers are asked anew. */
const VERSION = 2;

const MIB = 1024 * 1024;

const answersSchema = z.object({
  seccomp: z.boolean(),
  landlock: z.boolean(),
  tmpfsInodes: z.boolean(),
  pidsLimit: z.boolean(),
  liveUpdate: z.boolean(),
  local: z.boolean(),
  evidence: z.record(z.string(), z.string()),
});
type Answers = z.infer<typeof answersSchema>;
const cacheSchema = z.record(z.string(), answersSchema);

/** Lets all pass but one call that no shell needs, whose refusal shows that the filter acts. */
const PROBE_PROFILE = JSON.stringify({
  defaultAction: 'SCMP_ACT_ALLOW',
  syscalls: [{ names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO' }],
});

/** Reads a file, forbids itself to read any, and tries again; says which kernel interface it used. */
const LANDLOCK_TRIAL = `perl -e '
open my $before, "<", "/etc/passwd" or exit print "unreadable";
my $abi = syscall 444, 0, 0, 1; exit print "absent $!" if $abi < 1;
my $rules = syscall 444, my $attributes = pack("Q", 4), 8, 0; exit print "refused $!" if $rules < 0;
exit print "refused $!" if syscall 446, $rules, 0;
print open(my $after, "<", "/etc/passwd") ? "ineffective" : "abi $abi"'`;
/** Refusing to truncate a file came with Linux 6.2. */
const LANDLOCK_ABI = 3;

const PIDS = 24;
const INODES = 40;

function probeContainer(image: ImageInfo): CreateContainer {
  return {
    name: `bellglass-probe-${process.pid}-${Date.now()}`,
    image: image.id,
    command: ['/bin/sleep', '60'],
    labels: { [LABEL.app]: '1', [LABEL.kind]: 'probe', [LABEL.created]: String(Date.now()) },
    seccompProfile: PROBE_PROFILE,
    options: {
      runtime: 'bash',
      memory: 64 * MIB,
      cpu: 50,
      pids: PIDS,
      wardenUser: `${UID.warden}:${UID.warden}`,
      scriptUser: `${UID.script}:${UID.script}`,
      seccomp: 'strict',
      capabilities: [],
      network: 'none',
      scratchBytes: 4 * MIB,
      scratchInodes: INODES,
      shmBytes: MIB,
      openFiles: 64,
      fileSize: MIB,
      cpuSeconds: 10,
      diskRead: null,
      diskWrite: null,
      ociRuntime: null,
      mounts: [],
      blockedPaths: [],
      access: null,
      seccompRemoved: [],
      userNamespace: 'engine',
      apparmor: null,
      selinux: null,
      canaries: false,
      workingDir: '/workspace',
    },
  };
}

/** Runs a shell line as the script; returns what it wrote on both streams. */
async function ask(engine: Engine, id: string, script: string): Promise<string> {
  const exec = await engine.exec(id, {
    command: ['/bin/sh', '-c', script],
    user: `${UID.script}:${UID.script}`,
    stdin: false,
  });
  let text = '';
  const collect = (chunk: Buffer): void => void (text = (text + chunk.toString()).slice(0, 65_536));
  exec.stdout.on('data', collect);
  exec.stderr.on('data', collect);
  await exec.done;
  return text;
}

/** The file of the pids controller as the host shows it for this process; null when the host does not. */
async function hostPidsFile(pid: number): Promise<string | null> {
  const cgroups = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
  for (const line of cgroups.split('\n')) {
    const [, controllers = '', path = ''] = line.split(':');
    if (controllers !== '' && !controllers.split(',').includes('pids')) continue;
    const file = controllers === '' ? `/sys/fs/cgroup${path}/pids.max` : `/sys/fs/cgroup/pids${path}/pids.max`;
    const found = await access(file).then(
      () => true,
      () => false,
    );
    if (found && path !== '/') return file;
  }
  return null;
}

async function experiment(engine: Engine, image: ImageInfo): Promise<Answers> {
  const id = await engine.createContainer(probeContainer(image));
  try {
    await engine.startContainer(id);
    const pid = (await engine.container(id))?.pid ?? 0;
    const filtered = await ask(engine, id, 'mkdir /workspace/probe && echo made');
    const landlock = (await ask(engine, id, LANDLOCK_TRIAL)).trim();
    const landlockAbi = Number(/^abi (\d+)$/.exec(landlock)?.[1] ?? 0);
    const mounts = await ask(engine, id, 'cat /proc/self/mountinfo');
    const inodes = mounts
      .split('\n')
      .some((line) => line.includes(' /workspace ') && line.includes(`nr_inodes=${INODES}`));
    const file = await hostPidsFile(pid);
    const limit = file === null ? null : (await readFile(file, 'utf8')).trim();
    const updated = await engine.updateLimits(id, { memory: 32 * MIB, cpu: 20, pids: PIDS - 4 }).then(
      () => null,
      (problem: unknown) => toAppError(problem),
    );
    const after = file === null ? null : (await readFile(file, 'utf8')).trim();
    return {
      seccomp: !filtered.includes('made'),
      landlock: landlockAbi >= LANDLOCK_ABI,
      tmpfsInodes: inodes,
      pidsLimit: limit === null || limit === String(PIDS),
      liveUpdate: updated === null && (after === null || after === String(PIDS - 4)),
      local: file !== null,
      evidence: {
        seccomp: filtered.includes('made')
          ? 'probed: a refused call went through'
          : 'probed: a refused call was refused',
        landlock:
          landlockAbi > 0
            ? `probed: a forbidden file was refused, ABI ${landlockAbi}`
            : `probed: ${landlock.slice(0, 100) || 'it cannot be tried in this image'}`,
        tmpfsInodes: inodes ? 'probed: the limit is on the mount' : 'probed: the mount has no such limit',
        pidsLimit: limit === null ? 'the cgroup cannot be read here' : `probed: pids.max is ${limit}`,
        liveUpdate:
          updated === null
            ? `probed: pids.max went to ${after ?? 'a value that cannot be read here'}`
            : `probed: ${updated.message}`,
        local:
          file === null
            ? 'probed: the cgroup of a container is not visible here'
            : 'probed: the cgroup of a container was read here',
      },
    };
  } finally {
    await engine.removeContainer(id);
  }
}

async function readCache(file: string): Promise<Record<string, Answers>> {
  try {
    return cacheSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return {};
  }
}

/**
 * The quick capabilities, corrected by experiment. Needs an image of ours; without one the quick ones stay, marked as not probed.
 * Answers are cached in `cacheFile` by address, kind, version and runtime.
 */
export async function probeCapabilities(engine: Engine, quick: Capabilities, cacheFile: string): Promise<Capabilities> {
  const identity = [VERSION, engine.address, quick.kind, quick.version, quick.defaultRuntime, quick.cgroup].join(' ');
  const key = createHash('sha256').update(identity).digest('hex').slice(0, 24);
  const cache = await readCache(cacheFile);
  const known = cache[key];
  if (known) return merge(quick, known);
  const image = (await engine.images({ [LABEL.app]: '' }))[0];
  if (!image) return quick;
  const answers = await experiment(engine, image);
  await mkdir(dirname(cacheFile), { recursive: true });
  await writeFileAtomic(cacheFile, `${JSON.stringify({ ...cache, [key]: answers }, null, 2)}\n`);
  return merge(quick, answers);
}

/** What was seen wins over what was said; a limit that the engine itself disclaims stays disclaimed. */
function merge(quick: Capabilities, answers: Answers): Capabilities {
  const { evidence, ...flags } = answers;
  return {
    ...quick,
    ...flags,
    memoryFree: flags.local ? quick.memoryFree : null,
    evidence: { ...quick.evidence, ...evidence },
  };
}
