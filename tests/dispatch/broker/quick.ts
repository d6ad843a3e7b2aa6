import type { Times } from '../../../engine/dispatch/broker/times.ts';

/** As the real ones are to each other, and short. */
export const QUICK: Times = {
  publish: 400,
  heartbeat: 500,
  selfFence: 1_500,
  lease: 2_000,
  ackWait: 2_500,
  pull: 1_000,
  ping: 300,
  connect: 1_500,
};
