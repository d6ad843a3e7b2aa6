// Runs the program of a pattern on a text. The ways back and what they undo lie on stacks of its own: no text is too long for
// it, and its steps are counted.

import { MOST_PATTERN_STEPS } from '../../base/limits.ts';
import { TooSlow } from '../bounded.ts';
import type { Codes, Program } from './program.ts';

/** What searches may cost together. */
export interface Effort {
  steps: number;
}

export const newEffort = (): Effort => ({ steps: MOST_PATTERN_STEPS });

/** The kind of a way back that is one place alone; else it is how far back `many` may go, a character at a time. */
const ONCE = -1;

/**
 * The slots at the end of a match that begins at `start` (and, with `advance`, ends elsewhere); undefined without one. The first two are where it begins and ends,
 * and two for each group, -1 where it took no part.
 * @throws TooSlow
 */
export function runAt(
  program: Program,
  codes: Codes,
  { start, advance, effort: budget }: { readonly start: number; readonly advance: boolean; readonly effort: Effort },
): readonly number[] | undefined {
  const { code } = program;
  const slots: number[] = new Array(program.slots).fill(-1);
  const back: number[] = [];
  const trail: number[] = [];
  let at = start;
  let pc = 0;
  let { steps } = budget;

  const set = (slot: number, value: number) => {
    trail.push(slot, slots[slot] ?? -1);
    slots[slot] = value;
  };
  // A way back: the instruction, the place in the text, its kind, and how much was noted of slots by then.
  const remember = (to: number, place: number, kind = ONCE) => void back.push(to, place, kind, trail.length);

  for (;;) {
    steps -= 1;
    if (steps < 0 || back.length > MOST_PATTERN_STEPS) throw new TooSlow();
    const step = code[pc];
    if (step === undefined) throw new Error('a pattern’s program has no end');
    let goes = true;
    switch (step.op) {
      case 'one': {
        const char = codes[at];
        goes = char !== undefined && step.test(char);
        at += 1;
        break;
      }
      case 'many': {
        const least = at + step.min;
        const last = Math.min(codes.length, at + step.max);
        const from = at;
        while (at < last && step.test(codes[at] ?? 0)) at += 1;
        steps -= at - from;
        goes = at >= least;
        if (goes && at > least) remember(pc + 1, at, least);
        break;
      }
      case 'at':
        goes = step.holds(codes, at);
        break;
      case 'jump':
        pc = step.to - 1;
        break;
      case 'try':
        remember(step.to, at);
        break;
      case 'mark':
        set(step.slot, at);
        break;
      case 'begin-loop':
        set(step.slot, -1);
        set(step.slot + 1, -1);
        pc = step.to - 1;
        break;
      case 'loop': {
        const count = (slots[step.slot] ?? 0) + 1;
        const more = count < step.min || (count < step.max && at !== slots[step.slot + 1]);
        if (!more) {
          pc += 1;
          break;
        }
        // The next instruction begins a round, the one after it is what follows the loop.
        if (count >= step.min && step.lazy) {
          remember(pc + 1, at);
          pc += 1;
        } else if (count >= step.min) remember(pc + 2, at);
        break;
      }
      case 'round': {
        const count = (slots[step.slot] ?? 0) + 1;
        if (count >= step.min) set(step.slot + 1, at);
        set(step.slot, count);
        pc = step.body - 1;
        break;
      }
      case 'back': {
        const [from, to] = [slots[step.slot] ?? -1, slots[step.slot + 1] ?? -1];
        goes = from >= 0 && to >= from;
        for (let place = from; goes && place < to; place += 1, at += 1) {
          const char = codes[at];
          goes = char !== undefined && step.same(codes[place] ?? -1, char);
          steps -= 1;
        }
        break;
      }
      case 'condition':
        if ((slots[step.slot] ?? -1) < 0 || (slots[step.slot + 1] ?? -1) < (slots[step.slot] ?? 0)) pc = step.to - 1;
        break;
      case 'enter':
        set(step.slot, back.length);
        set(step.slot + 1, at);
        break;
      case 'leave':
        back.length = slots[step.slot] ?? 0;
        if (step.stay) at = slots[step.slot + 1] ?? at;
        break;
      case 'unless':
        set(step.slot, back.length);
        remember(step.to, at);
        break;
      case 'deny':
        back.length = slots[step.slot] ?? 0;
        goes = false;
        break;
      case 'step-back':
        at -= step.width;
        goes = at >= 0;
        break;
      case 'done':
        if (advance && at === start) {
          goes = false;
          break;
        }
        slots[0] = start;
        slots[1] = at;
        budget.steps = steps;
        return slots;
    }
    if (goes) {
      pc += 1;
      continue;
    }
    const noted = back.pop();
    const kind = back.pop() ?? ONCE;
    at = back.pop() ?? 0;
    pc = back.pop() ?? 0;
    if (noted === undefined) {
      budget.steps = steps;
      return undefined;
    }
    while (trail.length > noted) {
      const value = trail.pop() ?? -1;
      slots[trail.pop() ?? 0] = value;
    }
    if (kind !== ONCE) {
      at -= 1;
      if (at > kind) remember(pc, at, kind);
    }
  }
}
