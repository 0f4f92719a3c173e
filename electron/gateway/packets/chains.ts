/** The filter's part in carrying named hosts: what is marked, handed over, and set free, as nftables text (NET-2). Pure. */
import { NAMES_RANGE } from '../places.ts';
import { hex, LOOK, LOOK_STALE, SEEN } from './marks.ts';
import { BODIES, QUEUE_TABLE } from './messages.ts';

/** Hooks that hand marked packets to the agent: right behind the looks at the way out, right before the way in. */
export const QUEUE_CHAINS = ['out', 'in'] as const;
export const queueText = (): string =>
  [
    `add table ip ${QUEUE_TABLE}`,
    `delete table ip ${QUEUE_TABLE}`,
    `table ip ${QUEUE_TABLE} {`,
    '  chain out { type filter hook output priority -150; policy accept; }',
    '  chain in { type filter hook input priority 110; policy accept; }',
    '}',
    '',
  ].join('\n');
/** Without it nothing is handed over any more, and what is marked is dropped. */
export const noQueueText = (): string => `add table ip ${QUEUE_TABLE}\ndelete table ip ${QUEUE_TABLE}\n`;

/** Segments without a word in them: every length of the TCP header with its length of the packet. */
const BARE = Array.from(
  { length: 11 },
  (_, i) => `    ip hdrlength 5 tcp doff ${i + 5} ip length ${20 + 4 * (i + 5)} accept`,
);

/** What the set of bodies holds: one connection, and the places where a segment may begin. */
const BODY_KEY = 'ip daddr . tcp sport . tcp dport . tcp sequence';
export const bodiesText = (): string => `  set ${BODIES} { typeof ${BODY_KEY}; flags interval; }`;

/** A segment of at most 64 KiB (larger ones write no length) that says nothing but its bytes. */
const PLAIN = 'tcp flags & (fin | syn | rst | ack | urg) == ack ip length >= 40';

/**
 * What is said to named hosts is marked before addresses are translated, handed over, and dropped unless somebody looked.
 * A connection is free once the right name was said and the host has answered, because until then it could be said anew.
 */
export function kernelChains(): string[] {
  return [
    '  chain bare {',
    ...BARE,
    '  }',
    '  chain look {',
    '    type filter hook output priority -160; policy accept;',
    '    meta nfproto != ipv4 accept',
    `    ip daddr != ${NAMES_RANGE} accept`,
    '    meta l4proto != tcp accept',
    '    ct state invalid drop',
    // Before what was said on an earlier connection counts: the kernel may take a new call for a part of it.
    `    tcp flags & (syn | ack) == syn ct state != new meta mark set ${hex(LOOK_STALE)} accept`,
    `    tcp flags & (syn | ack) == syn meta mark set ${hex(LOOK)} accept`,
    `    ct mark ${hex(SEEN.free)} accept`,
    // What belongs to no connection may not begin one.
    '    ct state new reject with tcp reset',
    `    ct mark ${hex(SEEN.both)} meta mark set ${hex(LOOK)} accept`,
    `    ct mark ${hex(SEEN.body)} ${PLAIN} ${BODY_KEY} @${BODIES} accept`,
    '    jump bare',
    `    meta mark set ${hex(LOOK)}`,
    '  }',
    '  chain looked {',
    '    type filter hook output priority -140; policy accept;',
    `    meta mark { ${hex(LOOK)}, ${hex(LOOK_STALE)} } drop`,
    `    meta mark ${hex(SEEN.looking)}-${hex(SEEN.body)} ct mark set meta mark`,
    `    meta mark ${hex(SEEN.refused)} meta l4proto tcp reject with tcp reset`,
    `    meta mark ${hex(SEEN.denied)} goto refuse`,
    `    meta mark ${hex(SEEN.called)} goto grant`,
    '  }',
    '  chain heard {',
    '    type filter hook input priority 105; policy accept;',
    '    meta nfproto != ipv4 accept',
    `    ip saddr != ${NAMES_RANGE} accept`,
    '    meta l4proto != tcp accept',
    `    ct mark ${hex(SEEN.both)} meta mark set ${hex(LOOK)} accept`,
    `    ct mark != ${hex(SEEN.named)} accept`,
    '    jump bare',
    `    ct mark set ${hex(SEEN.free)}`,
    '  }',
    '  chain answered {',
    '    type filter hook input priority 120; policy accept;',
    `    meta mark ${hex(LOOK)} drop`,
    `    meta mark ${hex(SEEN.looking)}-${hex(SEEN.body)} ct mark set meta mark`,
    '  }',
  ];
}
