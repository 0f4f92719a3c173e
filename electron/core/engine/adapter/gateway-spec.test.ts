import { expect, it } from 'vitest';
import type { CreateGateway } from '../port.ts';
import { containerSpec } from './container-spec.ts';
import { gatewaySpec } from './gateway-spec.ts';
import { sandboxOptions } from '../testing/index.ts';

const CREATE: CreateGateway = {
  name: 'g',
  image: 'bellglass/gateway:1',
  network: 'net',
  seccompProfile: '{}',
  labels: { a: 'b' },
  publish: [{ host: 8080, sandbox: 80, protocol: 'tcp' }],
};

it('gives a gateway the packet filter of its own namespace and nothing else (SEC-1, NET-2)', () => {
  const spec = gatewaySpec(CREATE, { kind: 'docker' });
  expect(spec.HostConfig).toMatchObject({
    Privileged: false,
    ReadonlyRootfs: true,
    CapDrop: ['ALL'],
    CapAdd: ['NET_ADMIN', 'SETUID', 'SETGID', 'SETPCAP'],
    SecurityOpt: ['no-new-privileges', 'seccomp={}'],
    NetworkMode: 'net',
    PidMode: '',
    IpcMode: 'private',
    CgroupnsMode: 'private',
  });
  expect(spec.HostConfig).not.toHaveProperty('Binds');
  expect(spec.HostConfig).not.toHaveProperty('Mounts');
  expect(spec.HostConfig).not.toHaveProperty('Devices');
  const command = [spec.Entrypoint, spec.Cmd].flat();
  expect(command).toEqual(
    expect.arrayContaining(['--reuid=64002', '--bounding-set=-all,+net_admin', '--ambient-caps=-all,+net_admin']),
  );
});

it('publishes on the loopback address only (NET-2)', () => {
  const { HostConfig } = gatewaySpec(CREATE, { kind: 'docker' });
  expect(HostConfig?.PortBindings).toEqual({ '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8080' }] });
  expect(gatewaySpec({ ...CREATE, publish: [] }, { kind: 'docker' }).HostConfig?.PortBindings).toEqual({});
});

it('is never made without a seccomp profile (SEC-2)', () => {
  expect(() => gatewaySpec({ ...CREATE, seccompProfile: '' }, { kind: 'docker' })).toThrow();
  expect(() => gatewaySpec(CREATE, { kind: 'podman' })).toThrow();
});

it.each(['docker', 'podman'] as const)('lets a sandbox on %s join its gateway, and keeps all else (NET-2)', (kind) => {
  const create = { name: 's', image: 'i', command: ['/warden'], seccompProfile: '{}', labels: {} };
  const target = { kind, seccompPath: '/p.json' };
  const options = sandboxOptions();
  const alone = containerSpec({ ...create, options }, target);
  const joined = containerSpec({ ...create, options: { ...options, network: { gateway: 'abc' } } }, target);
  expect(joined.HostConfig?.NetworkMode).toBe('container:abc');
  expect(alone.HostConfig?.NetworkMode).toBe('none');
  // The engine refuses these beside a joined network.
  for (const key of ['Dns', 'DnsSearch', 'DnsOptions'] as const) expect(joined.HostConfig).not.toHaveProperty(key);
  expect(joined).not.toHaveProperty('Hostname');
  const own = new Set(['NetworkMode', 'Dns', 'DnsSearch', 'DnsOptions']);
  const kept = Object.entries(alone.HostConfig ?? {}).filter(([key]) => !own.has(key));
  expect(joined.HostConfig).toMatchObject(Object.fromEntries(kept));
});
