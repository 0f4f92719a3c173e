import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SandboxOptions } from '#shared/domain/sandbox.ts';
import { sandboxOptions } from '../../engine/testing/sandboxes.ts';
import { coldBecause, poolKey, type SandboxWish } from './key.ts';

const wish = (changes: Partial<SandboxWish> = {}, options: Partial<SandboxOptions> = {}): SandboxWish => ({
  reference: 'bellglass/bash:1',
  imageId: 'sha256:a',
  options: sandboxOptions(options),
  seccompProfile: '{}',
  network: 'none',
  tty: false,
  warm: true,
  fetched: false,
  booted: null,
  ...changes,
});

/** Another value for every option; a new option does not compile until it says here what it does to the key. */
const OTHER: { readonly [K in keyof SandboxOptions]: readonly [SandboxOptions[K], 'same' | 'other'] } = {
  memory: [1, 'same'],
  cpu: [1, 'same'],
  pids: [1, 'same'],
  access: [{ read: ['/x'], write: [], execute: [] }, 'same'],
  workingDir: ['/workspace/x', 'same'],
  runtime: ['node', 'other'],
  wardenUser: ['5:5', 'other'],
  scriptUser: ['5:5', 'other'],
  seccomp: ['standard', 'other'],
  capabilities: [['CHOWN'], 'other'],
  network: [{ gateway: 'g' }, 'other'],
  scratchBytes: [1, 'other'],
  scratchInodes: [1, 'other'],
  shmBytes: [1, 'other'],
  openFiles: [1, 'other'],
  fileSize: [1, 'other'],
  cpuSeconds: [1, 'other'],
  diskRead: [1, 'other'],
  diskWrite: [1, 'other'],
  ociRuntime: ['crun', 'other'],
  mounts: [[{ type: 'tmpfs', source: '', target: '/x', readOnly: false, bytes: 1 }], 'other'],
  blockedPaths: [['/x'], 'other'],
  seccompRemoved: [['symlink'], 'other'],
  userNamespace: ['host', 'other'],
  apparmor: ['x', 'other'],
  selinux: ['x', 'other'],
  canaries: [true, 'other'],
};

describe('which waiting sandbox serves which run (RUN-11)', () => {
  it.each(Object.entries(OTHER))(
    'keeps sandboxes apart by %s unless it can be changed at the claim',
    (name, [value, is]) => {
      const changed = wish({}, { [name]: value });
      expect(poolKey(changed) === poolKey(wish())).toBe(is === 'same');
    },
  );

  it('keeps sandboxes of another image content and another seccomp profile apart', () => {
    expect(poolKey(wish({ imageId: 'sha256:b' }))).not.toBe(poolKey(wish()));
    expect(poolKey(wish({ seccompProfile: '{"x":1}' }))).not.toBe(poolKey(wish()));
    expect(poolKey(wish({ reference: 'other:tag' }))).toBe(poolKey(wish()));
  });

  it('does not depend on the order in which options are written', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(Object.keys(sandboxOptions()), { minLength: Object.keys(OTHER).length }),
        (order) => {
          const all = sandboxOptions() as unknown as Record<string, unknown>;
          const options = Object.fromEntries(order.map((name) => [name, all[name]])) as unknown as SandboxOptions;
          expect(poolKey({ ...wish(), options })).toBe(poolKey(wish()));
        },
      ),
    );
  });

  it('starts cold, and says why, what cannot be made beforehand', () => {
    expect(coldBecause(wish())).toBeNull();
    expect(coldBecause(wish({ warm: false }))).toMatch(/run\.warm/);
    expect(coldBecause(wish({ tty: true }))).toMatch(/terminal/);
    expect(coldBecause(wish({ network: 'restricted' }))).toMatch(/network/);
    expect(coldBecause(wish({ fetched: true }))).toMatch(/fetches/);
    expect(coldBecause(wish({}, { mounts: OTHER.mounts[0] }))).toMatch(/Mounts/);
  });
});
