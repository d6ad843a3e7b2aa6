import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { Environment } from '../../../engine/cli/shared/environment.ts';
import { askLine, askSecret } from '../../../engine/cli/shared/prompt.ts';

test('a secret is not echoed, however quick it is typed', async () => {
  const order: string[] = [];
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (raw: boolean) => order.push(`raw ${raw}`),
  });
  const stderr = new PassThrough().on('data', (chunk) => order.push(String(chunk)));
  const asked = askSecret({ stdin, stderr } as unknown as Environment, 'word', 'Word');
  stdin.write('hidden-word\r');
  expect((await asked)?.reveal()).toBe('hidden-word');
  expect(order).toEqual(['raw true', 'Word: ', 'raw false', '\n']);
});

test('whoever is asked no longer holds up a run that ends, or whose terminal is closed', async () => {
  const asking = (ask: (environment: Environment, signal: AbortSignal) => Promise<unknown>, close = false) => {
    const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
    const stop = new AbortController();
    const asked = ask({ stdin, stderr: new PassThrough() } as unknown as Environment, stop.signal);
    if (close) stdin.end();
    else stop.abort();
    return asked;
  };
  expect(await asking((environment, signal) => askSecret(environment, 'w', 'Word', signal))).toBeUndefined();
  expect(await asking((environment, signal) => askSecret(environment, 'w', 'Word', signal), true)).toBeUndefined();
  expect(await asking((environment, signal) => askLine(environment, 'Go on?', signal))).toBe('');
});
