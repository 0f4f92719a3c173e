/** What the filter and the reader of its queue tell each other, as marks of packets and connections. */

/** The number of the queue, and of the group of marks that are ours. */
export const QUEUE = 0xb31;
/** A packet that must be looked at: dropped unless somebody did. */
export const LOOK = 0xb311_0001;

/** A call where the kernel remembers a connection that is over: forgotten, and dropped, so that it comes again as a new one. */
export const LOOK_STALE = 0xb311_0006;

/** The mark of a connection whose call was told of. */
export const COUNTED_CALL = 0xb311_0005;

/** Marks of packets that were looked at. Those from `looking` on become the connection's own. */
export const SEEN = {
  /** A call that core refused and told of. */
  refused: 0xb311_0002,
  /** A call that the filter shall tell of as denied. */
  denied: 0xb311_0003,
  /** A call that may go out. */
  called: 0xb311_0004,
  /** What the script says goes on being looked at. */
  looking: 0xb311_0010,
  /** The right name was said: free as soon as the host answers. */
  named: 0xb311_0011,
  /** Nothing more to look at. */
  free: 0xb311_0012,
  /** Both directions are looked at. */
  both: 0xb311_0013,
  /** It is in the body of a request: what lies wholly inside a range of it that the filter knows need not be looked at. */
  body: 0xb311_0014,
} as const;
export type SeenMark = (typeof SEEN)[keyof typeof SEEN];

/** As the filter's text has it. */
export const hex = (mark: number): string => `0x${mark.toString(16)}`;
