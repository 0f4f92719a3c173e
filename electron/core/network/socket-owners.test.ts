import { connect, createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SocketOwners, socketsTo } from './socket-owners.ts';

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:A1B2 3500007F:0035 01 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0000 20 4 30 10 -1
   1: 0100007F:EE48 0A6433C6:01BB 01 00000000:00000000 00:00000000 00000000 64002        0 4712 1 0000 20 4 30 10 -1
   2: 0100007F:A1B3 010012C6:01BB 01 00000000:00000000 00:00000000 00000000  1000        0 4713 1 0000 20 4 30 10 -1
   3: 0100007F:A1B4 010012C6:01BB 06 00000000:00000000 03:00001770 00000000     0        0 0 3 0000
`;
const TABLE_6 = `  sl  local_address rem_address st
   0: 0000000000000000FFFF00000200000A:B8A2 0000000000000000FFFF00000A6433C6:01BB 01 00000000:00000000 00:00000000 00000000  1000        0 4714 1
`;

describe('sockets of a script (NET-3)', () => {
  it('finds them by their far end, without those of the gateway and those that are closed', () => {
    expect(socketsTo(TABLE, { address: null, port: 53 })).toEqual(['4711']);
    expect(socketsTo(TABLE, { address: null, port: 443 })).toEqual(['4713']);
    expect(socketsTo(TABLE, { address: '198.18.0.1', port: 443 })).toEqual(['4713']);
    expect(socketsTo(TABLE, { address: '198.18.0.2', port: 443 })).toEqual([]);
    expect(socketsTo(TABLE_6, { address: '198.51.100.10', port: 443 })).toEqual(['4714']);
    expect(socketsTo('', { address: null, port: 443 })).toEqual([]);
  });

  describe.skipIf(process.platform !== 'linux')('of this process', () => {
    const server = createServer();
    let port = 0;
    beforeAll(async () => {
      await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
      port = (server.address() as AddressInfo).port;
    });
    afterAll(() => server.close());

    it('says nothing where the processes are not to be seen', async () => {
      const socket = connect(port, '127.0.0.1');
      await new Promise((ready) => socket.once('connect', ready));
      const end = { protocol: 'tcp', address: '127.0.0.1', port, waits: false } as const;
      const missing = new SocketOwners(process.pid, 0x7ffffffe, () => 0);
      expect(missing.find(end)).toBeNull();
      socket.destroy();
    });

    it('is null for a container that this machine does not have', async () => {
      const engine = { container: async () => ({ pid: process.pid }) as never };
      expect(await SocketOwners.of(engine, 'f'.repeat(64), 'e'.repeat(64), () => 0)).toBeNull();
    });
  });
});
