// SIGKILL at random moments behind the opening: the same ones in every run of the suite.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Event } from '../../engine/event/event.ts';
import type { Moment, Trial } from './scene.ts';
import type { Fault } from './table.ts';

const MOMENTS = 200;
const FEW = 12;
const SEED = 20_261_129;

/** About as many events as the run has, and longer than it takes from one to the next, in milliseconds. */
const EVENTS = 22;
const LONGEST_STEP = 60;

/** mulberry32: numbers from 0 to 1 that are the same everywhere. */
function* random(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    yield ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}

/** Behind the event `number` after the host was logged in to. */
function behind(number: number): Moment {
  let seen = -1;
  return {
    event: (event: Event) => {
      if (seen >= 0 || event.type === 'host.connected') seen += 1;
      return seen === number || event.type === 'run.finished';
    },
  };
}

function trials(): readonly Trial[] {
  const numbers = random(SEED);
  return Array.from({ length: MOMENTS }, (): Trial => {
    const number = Math.floor(numbers.next().value * EVENTS);
    const delay = Math.floor(numbers.next().value * LONGEST_STEP);
    return {
      moment: behind(number),
      within: 60,
      act: async ({ child }) => {
        await sleep(delay);
        child.kill('SIGKILL');
      },
    };
  });
}

export const KILLS: readonly Fault[] = [
  {
    group: 'kills',
    title: `SIGKILL at ${MOMENTS} random moments behind the opening`,
    bounded: true,
    few: FEW,
    status: ['SIGKILL', 0], // a moment may come when all is done
    trials: trials(),
  },
];
