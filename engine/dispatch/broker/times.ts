// How long everything takes that has to do with the broker, in one table: the order in it is what keeps two workers apart.

/** All in ms. Each of the first five is shorter than the next. */
export interface Times {
  /** One publish or question waits so long for its answer, and is then tried again. */
  readonly publish: number;
  /** A lease is renewed this often. */
  readonly heartbeat: number;
  /** A worker whose last renewal was sent this long ago stops by itself, whatever the broker says. */
  readonly selfFence: number;
  /** The broker forgets a lease that wasn't renewed for so long, up to a second late. */
  readonly lease: number;
  /** Work that nobody confirmed or renewed for so long is handed out again: by then its lease is free. */
  readonly ackWait: number;
  /** A pull that brings nothing ends after this long; at least 1,000, which is the client's least. */
  readonly pull: number;
  /** The connection is tried this often; a server that answers none of three is given up. */
  readonly ping: number;
  /** The first connection, and each later try of one, has so long. */
  readonly connect: number;
}

/** A restart of the broker fits between two renewals and the end of a lease; a dead worker's batch moves on within a minute. */
export const TIMES: Times = {
  publish: 2_000,
  heartbeat: 5_000,
  selfFence: 20_000,
  lease: 30_000,
  ackWait: 40_000,
  pull: 5_000,
  ping: 2_000,
  connect: 4_000,
};
