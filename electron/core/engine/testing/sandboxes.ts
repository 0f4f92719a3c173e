/** Sandboxes for tests: options with one knob turned, and a command run to its end. */
import type { SandboxOptions } from '#shared/domain/sandbox.ts';
import { LABEL, UID } from '#shared/domain/labels.ts';
import type { CreateContainer, Engine, ExecOptions } from '../port.ts';
import { TEST_IMAGE } from './rootfs.ts';

const MIB = 1024 * 1024;

export function sandboxOptions(changes: Partial<SandboxOptions> = {}): SandboxOptions {
  return {
    runtime: 'bash',
    memory: 64 * MIB,
    cpu: 50,
    pids: 32,
    wardenUser: `${UID.warden}:${UID.warden}`,
    scriptUser: `${UID.script}:${UID.script}`,
    seccomp: 'strict',
    capabilities: [],
    network: 'none',
    scratchBytes: 8 * MIB,
    scratchInodes: 200,
    shmBytes: MIB,
    openFiles: 64,
    fileSize: 16 * MIB,
    cpuSeconds: 60,
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
    ...changes,
  };
}

/** Lets everything pass but making folders, so that a test can tell that a filter acts. */
const NO_MKDIR = JSON.stringify({
  defaultAction: 'SCMP_ACT_ALLOW',
  syscalls: [{ names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO' }],
});

let made = 0;

export function testContainer(changes: Partial<CreateContainer> = {}): CreateContainer {
  return {
    name: `bellglass-test-${process.pid}-${++made}`,
    image: TEST_IMAGE,
    command: ['/bin/sleep', '1000'],
    options: sandboxOptions(),
    seccompProfile: NO_MKDIR,
    labels: { [LABEL.app]: '1', [LABEL.kind]: 'test' },
    ...changes,
  };
}

export interface Ran {
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly exitCode: number | null;
}

/** Runs a shell line as the script's user; input is sent whole and then ended. */
export async function runIn(
  engine: Engine,
  id: string,
  script: string,
  input?: Uint8Array,
  options: Partial<ExecOptions> = {},
): Promise<Ran> {
  const exec = await engine.exec(id, {
    command: ['/bin/sh', '-c', script],
    user: `${UID.script}:${UID.script}`,
    workingDir: '/workspace',
    stdin: input !== undefined,
    ...options,
  });
  if (input) exec.stdin.end(input);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  exec.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  exec.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  await exec.done;
  const { exitCode } = await exec.inspect();
  return { stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString(), exitCode };
}
