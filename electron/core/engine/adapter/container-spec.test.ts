import { expect, it } from 'vitest';
import { sandboxOptions, testContainer } from '../testing/sandboxes.ts';
import { containerSpec, cpuLimit } from './container-spec.ts';

const create = testContainer({
  name: 'bellglass-x',
  options: sandboxOptions({ diskRead: 1_048_576, diskWrite: 524_288 }),
  seccompProfile: '{"defaultAction":"SCMP_ACT_ERRNO"}',
});

it('turns options into the whole create document for Docker (POL-5, SEC-1)', () => {
  expect(containerSpec(create, { kind: 'docker', ioDevice: '/dev/sda' })).toMatchSnapshot();
});

it('turns options into the whole create document for Podman, its differences included (POL-5, ENG-2)', () => {
  expect(containerSpec(create, { kind: 'podman', seccompPath: '/profiles/a.json' })).toMatchSnapshot();
});

it('never creates a sandbox without a seccomp profile (SEC-2)', () => {
  expect(() => containerSpec(create, { kind: 'podman' })).toThrow('seccomp');
  expect(() => containerSpec({ ...create, seccompProfile: '' }, { kind: 'docker' })).toThrow('seccomp');
});

it('never asks for a privileged container, a host namespace or more swap than memory (SEC-1)', () => {
  for (const kind of ['docker', 'podman'] as const) {
    const { HostConfig: host } = containerSpec(create, { kind, seccompPath: '/p' });
    expect(host).toMatchObject({
      Privileged: false,
      NetworkMode: 'none',
      IpcMode: 'private',
      CapDrop: ['ALL'],
      CapAdd: [],
      ReadonlyRootfs: true,
    });
    expect([host?.PidMode, host?.UTSMode, host?.UsernsMode]).not.toContain('host');
    expect(host?.MemorySwap).toBe(host?.Memory);
    expect(host?.Binds).toBeUndefined();
    expect(host?.Mounts).toBeUndefined();
  }
});

it('keeps the CPU quota within what the kernel takes, at any share (POL-1)', () => {
  expect(cpuLimit(50)).toEqual({ CpuPeriod: 50_000, CpuQuota: 25_000 });
  expect(cpuLimit(250)).toEqual({ CpuPeriod: 50_000, CpuQuota: 125_000 });
  expect(cpuLimit(1)).toEqual({ CpuPeriod: 100_000, CpuQuota: 1000 });
  for (const percent of [0.1, 1, 1.9, 2, 3, 99]) expect(cpuLimit(percent).CpuQuota).toBeGreaterThanOrEqual(1000);
});
