/** What the filter logs, packet by packet, as the kernel tells it (NET-3). */
import { be32, encodeMessage, FLAGS, SUBSYSTEM, type Attribute } from './netlink.ts';
import { KernelSocket } from './socket.ts';

/** Of nfnetlink_log.h. */
const [PACKET, CONFIG] = [0, 1];
const [COMMAND, MODE, BUFFER_SIZE] = [1, 2, 3];
const BIND = 1;
const COPY_PACKET = 2;

function config(group: number, attributes: readonly Attribute[], sequence: number): Buffer {
  const type = (SUBSYSTEM.log << 8) | CONFIG;
  const flags = FLAGS.request | FLAGS.acknowledge;
  return encodeMessage({ type, flags, family: 0, resource: group, attributes, sequence });
}

/** Calls back with one logged packet after another. Throws when the kernel has no such log. */
export function openLog(number: number, group: number, snaplen: number, onPacket: (packet: Buffer) => void): void {
  const socket = new KernelSocket(number);
  const mode: Attribute = [MODE, Buffer.concat([be32(snaplen), Buffer.from([COPY_PACKET, 0])])];
  socket.ask((sequence) => config(group, [[COMMAND, Buffer.from([BIND])]], sequence));
  socket.ask((sequence) => config(group, [mode], sequence));
  socket.ask((sequence) => config(group, [[BUFFER_SIZE, be32(1 << 16)]], sequence));
  socket.listen(
    ({ type, body }) => {
      if (type === ((SUBSYSTEM.log << 8) | PACKET)) onPacket(body);
    },
    config(group, [mode], 0),
  );
}
