import { expect, test } from 'vitest';
import pause from '../../../modules/pause.ts';
import { bind } from '../harness/bind.ts';
import { table } from '../harness/table.ts';

table(pause, [
  { title: 'some time', params: { seconds: 1.5 }, changes: [] },
  { title: 'a person', params: { prompt: 'Well?' }, changes: [] },
]);

test('it says what is waited for', () => {
  expect(pause.plan(undefined, bind(pause, { seconds: 1.5 })).wait).toEqual({ kind: 'seconds', seconds: 1.5 });
  expect(pause.plan(undefined, bind(pause, { prompt: 'Well?' })).wait).toEqual({ kind: 'prompt', prompt: 'Well?' });
});

test.each([
  [{}, 'pause takes seconds or prompt'],
  [{ seconds: 1, prompt: 'Well?' }, 'pause takes seconds or prompt'],
  [{ prompt: 'one\ntwo' }, 'A prompt is one line'],
  [{ prompt: '\u001b[2J' }, 'A prompt is one line'],
  [{ seconds: -1 }, 'A value that it cannot take'],
])('%j is refused', (params, summary) => {
  expect(() => bind(pause, params)).toThrow(summary);
});
