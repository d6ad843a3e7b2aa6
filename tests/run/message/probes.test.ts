import { expect, test } from 'vitest';
import { defineModule, type Module, sh, Type } from '../../../engine/module/index.ts';
import type { ReadyItem } from '../../../engine/run/list/bound.ts';
import { probesFor, readingsOf, stateOf } from '../../../engine/run/message/probes.ts';
import type { Answer } from '../../../engine/transport/channel/connection.ts';

const shared = (name: string) =>
  defineModule({
    name,
    summary: name,
    params: Type.Object({ n: Type.Number({ description: 'n' }) }),
    probeMany: (wants) => sh`echo ${wants.map(({ n }) => n)}`,
    parseMany: (out, wants) => wants.map((_, index) => out.stdout.trim().split(' ')[index]),
    plan: () => ({ changes: [] }),
  });
const alone = defineModule({
  name: 'alone',
  summary: 'alone',
  params: Type.Object({ n: Type.Number({ description: 'n' }) }),
  probe: ({ n }) => (n < 0 ? undefined : sh`echo ${n}`),
  parse: (out) => out.stdout.trim(),
  plan: () => ({ changes: [] }),
});
const [one, two] = [shared('one'), shared('two')];

function item(module: Module, n: number): ReadyItem {
  const place = { on: 'host', user: undefined } as const;
  const task = {
    ready: true,
    condition: true,
    locals: undefined,
    item: undefined,
    exports: undefined,
    timeout: undefined,
    outputLimit: undefined,
  } as const;
  return { key: `${module.name}${n}`, module, want: { n }, place, ...task };
}
const asked = (module: Module, n: number, frameUser?: string, ahead = true) => ({
  item: item(module, n),
  frameUser,
  ahead,
});
const scripts = (items: Parameters<typeof probesFor>[0]) => probesFor(items).map(({ frame }) => frame.script);

test.each<[string, Parameters<typeof probesFor>[0], readonly string[]]>([
  ['neighbours of one module share a script', [asked(one, 1), asked(one, 2)], ['echo 1 2']],
  ['others between them do not', [asked(one, 1), asked(two, 5), asked(one, 2)], ['echo 1', 'echo 5', 'echo 2']],
  ['nor do those of another user', [asked(one, 1), asked(one, 2, 'bob'), asked(one, 3, 'bob')], ['echo 1', 'echo 2 3']],
  ['a module that reads one by one is not shared', [asked(alone, 1), asked(alone, 2)], ['echo 1', 'echo 2']],
  ['what reads nothing has no frame', [asked(alone, -1)], []],
  ['nothing asked, nothing sent', [], []],
])('%s', (_title, items, expected) => {
  expect(scripts(items)).toEqual(expected);
});

test('what takes long may run beside others when it is read ahead, and a user’s command never has company', () => {
  const costly = { ...alone, costly: true };
  const command = { ...alone, command: true };
  const frames = probesFor([asked(costly, 1, undefined, false), asked(alone, 2), asked(costly, 3), asked(command, 4)]);
  expect(frames.map(({ frame: { beside, alone } }) => ({ beside, alone }))).toEqual([
    {},
    {},
    { beside: true },
    { alone: true },
  ]);
});

test('at most 500 share a script', () => {
  const frames = probesFor(Array.from({ length: 1001 }, (_, index) => asked(one, index)));
  expect(frames.map(({ items }) => items.length)).toEqual([500, 500, 1]);
});

test('read ahead there is little time; in its turn there is more', () => {
  const [ahead] = probesFor([asked(one, 1)]);
  const [inTurn] = probesFor([asked(one, 1, undefined, false), asked(one, 2)]);
  expect(ahead?.frame.timeout).toBeLessThan(inTurn?.frame.timeout ?? 0);
});

test('answers go to their items; one that is missing, was skipped or ran out of time answers for nobody', () => {
  const probes = probesFor([asked(one, 1), asked(one, 2), asked(alone, 3), asked(two, 4), asked(alone, 5)]);
  const answer = (stdout: string, rest: Partial<Answer> = {}): Answer => ({
    status: 0,
    stdout: Buffer.from(stdout),
    stderr: Buffer.from(''),
    truncated: false,
    timedOut: false,
    skipped: false,
    stray: undefined,
    ...rest,
  });
  const readings = readingsOf(probes, [
    answer('a b\n'),
    answer('x\n', { timedOut: true }),
    answer('', { skipped: true }),
  ]);
  expect([...readings.keys()]).toEqual(['one1', 'one2']);
  expect(stateOf(item(one, 2), readings.get('one2'))).toBe('b');
  expect(stateOf(item(one, 1), readings.get('one1'))).toBe('a');
  expect(stateOf(item(one, 1), undefined)).toBeUndefined();
});
