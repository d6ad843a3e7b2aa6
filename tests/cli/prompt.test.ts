import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { Environment } from '../../engine/cli/environment.ts';
import { askSecret } from '../../engine/cli/prompt.ts';

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
