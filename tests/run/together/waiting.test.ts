import { describe, expect, test } from 'vitest';
import { Semaphore } from '../../../engine/run/session/semaphore.ts';
import { Barrier, compareOrder } from '../../../engine/run/together/barrier.ts';
import { RunOnce } from '../../../engine/run/together/run-once.ts';

/** Lets everything happen that can. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('the turnstile', () => {
  test('lets as many in as there are places, and others in their order', async () => {
    const turnstile = new Semaphore(2);
    const entered: number[] = [];
    const waited = [1, 2, 3, 4].map((number) =>
      turnstile.enter().then((had) => {
        entered.push(number);
        return had;
      }),
    );
    await settle();
    expect(entered).toEqual([1, 2]);
    turnstile.leave();
    await settle();
    expect(entered).toEqual([1, 2, 3]);
    turnstile.leave();
    turnstile.leave();
    expect(await Promise.all(waited)).toEqual([false, false, true, true]);
    turnstile.leave();
    turnstile.leave();
    expect(await Promise.all([turnstile.enter(), turnstile.enter()])).toEqual([false, false]);
  });
});

describe('the meeting', () => {
  const free = (promise: Promise<void>) => {
    let is = false;
    void promise.then(() => {
      is = true;
    });
    return () => is;
  };

  test('a host waits for those behind it, not for those ahead or gone', async () => {
    const meeting = new Barrier(['a', 'b', 'c', 'd']);
    meeting.advance('d', [5]);
    const a = free(meeting.arrive('a', [3]));
    await settle();
    expect(a()).toBe(false);
    meeting.advance('b', [3, 0, 1]);
    await settle();
    expect(a()).toBe(false);
    meeting.leave('c');
    await settle();
    expect(a()).toBe(true);
    expect(meeting.at([3], ['a', 'b', 'c', 'd'])).toEqual(['a']);
  });

  test('places inside includes are compared element by element', () => {
    expect(compareOrder([1, 2], [1, 2])).toBe(0);
    expect(compareOrder([1], [1, 0])).toBeLessThan(0);
    expect(compareOrder([2], [1, 9, 9])).toBeGreaterThan(0);
    expect(compareOrder([1, 10, 0], [1, 9, 5])).toBeGreaterThan(0);
  });

  test('all who wait at different places are freed each in its turn', async () => {
    const meeting = new Barrier(['a', 'b']);
    const a = free(meeting.arrive('a', [1]));
    const b = free(meeting.arrive('b', [4]));
    await settle();
    expect([a(), b()]).toEqual([true, false]);
    meeting.leave('a');
    await settle();
    expect(b()).toBe(true);
  });
});

describe('run_once', () => {
  test('the first in order whose condition holds is chosen, whoever votes last', async () => {
    const once = new RunOnce();
    const voters = ['a', 'b', 'c'];
    const votes = [
      once.vote('t', 'c', true, voters),
      once.vote('t', 'a', false, voters),
      once.vote('t', 'b', true, voters),
    ];
    expect(await Promise.all(votes)).toEqual(['b', 'b', 'b']);
    const learned = new Map([['x', 1]]);
    once.settle('t', { failed: undefined, status: 'ok', learned });
    expect(await once.outcome('t')).toEqual({ failed: undefined, status: 'ok', learned });
    expect(await once.settled('t', 'a')).toEqual({ failed: undefined, status: 'ok', learned });
  });

  test('who was chosen and begins again is chosen still', async () => {
    const once = new RunOnce();
    expect(await Promise.all(['a', 'b'].map((host) => once.vote('t', host, true, ['a', 'b'])))).toEqual(['a', 'a']);
    expect(once.settled('t', 'a')).toBeUndefined();
    expect(await once.vote('t', 'a', true, ['a'])).toBe('a');
    once.settle('t', 'interrupted');
    expect(await once.settled('t', 'a')).toBe('interrupted');
    expect(await once.settled('t', 'b')).toBe('interrupted');
  });

  test('where no condition holds nobody is, and a later batch votes again', async () => {
    const once = new RunOnce();
    expect(await Promise.all([once.vote('t', 'a', false, ['a'])])).toEqual([undefined]);
    expect(once.settled('t', 'a')).toBeUndefined();
  });
});
