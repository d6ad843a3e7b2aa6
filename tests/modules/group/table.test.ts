import { describe, expect, test } from 'vitest';
import { Unknown } from '../../../engine/module/index.ts';
import group from '../../../modules/group/group.ts';
import { bind, output } from '../harness/bind.ts';
import { table } from '../harness/table.ts';

table(group, [
  {
    title: 'a new group',
    params: { name: 'vantus' },
    transcript: { stdout: 'writable\n', status: 0 },
    changes: ['+ group vantus', '  $ groupadd vantus', '  = group:vantus'],
    result: { gid: new Unknown('apply', 'the group vantus, which is only made then') },
  },
  {
    title: 'a new system group with its number',
    params: { name: 'vantus', system: true, gid: 450 },
    have: { writable: true, gid: undefined },
    changes: ['+ group vantus', '  $ groupadd --system --gid 450 vantus', '  = group:vantus', '  = group:450'],
    result: { gid: 450 },
  },
  {
    title: 'a group that is there',
    params: { name: 'adm' },
    transcript: { stdout: 'adm:x:4:ops,ada\n' },
    changes: [],
    result: { gid: 4 },
  },
  { title: 'with its number', params: { name: 'adm', gid: 4 }, have: { writable: true, gid: 4 }, changes: [] },
  {
    title: 'another number',
    params: { name: 'adm', gid: 40 },
    have: { writable: true, gid: 4 },
    changes: ['~ group adm: gid 4 → gid 40', '  $ groupmod --gid 40 adm', '  = group:adm', '  = group:40'],
  },
  {
    title: 'the number of another, if that is meant',
    params: { name: 'vantus', gid: 4, non_unique: true },
    transcript: { stdout: 'writable\nadm:x:4:ops\n' },
    changes: ['+ group vantus', '  $ groupadd --gid 4 --non-unique vantus', '  = group:vantus', '  = group:4'],
  },
  {
    title: "a user's primary group, if that is meant",
    params: { name: 'ops', state: 'absent', force: true },
    transcript: { stdout: 'writable\nops:x:1000:\nops:x:1000:1000::/home/ops:/bin/sh\n' },
    changes: ['- group ops', '  $ groupdel --force ops'],
  },
  {
    title: 'removed',
    params: { name: 'adm', state: 'absent' },
    have: { writable: true, gid: 4 },
    changes: ['- group adm', '  $ groupdel adm'],
  },
  {
    title: 'a new group without root',
    params: { name: 'vantus' },
    transcript: { stdout: '' },
    changes: [],
    failure: 'groups cannot be changed',
  },
  {
    title: 'a new group whose number another has',
    params: { name: 'vantus', gid: 4 },
    transcript: { stdout: 'adm:x:4:ops\n' },
    changes: [],
    failure: 'the number 4 belongs to the group adm',
  },
  {
    title: 'a number that another group has',
    params: { name: 'vantus', gid: 4 },
    transcript: { stdout: 'vantus:x:998:\nadm:x:4:ops\n' },
    changes: [],
    failure: 'the number 4 belongs to the group adm',
  },
  {
    title: 'its own number, which another has too',
    params: { name: 'adm', gid: 4 },
    transcript: { stdout: 'adm:x:4:ops\nadmin:x:4:\n' },
    changes: [],
  },
  {
    title: 'the primary group of a user is not removed',
    params: { name: 'ops', state: 'absent' },
    transcript: { stdout: 'ops:x:1000:\nroot:x:0:0:root:/root:/bin/bash\nops:x:1000:1000::/home/ops:/bin/sh\n' },
    changes: [],
    failure: 'ops is the primary group of the user ops',
  },
  {
    title: 'nothing to remove',
    params: { name: 'adm', state: 'absent' },
    have: { writable: true, gid: undefined },
    changes: [],
  },
]);

describe('the probe of several', () => {
  const wants = ['adm', 'none', 'sudo'].map((name) => bind(group, { name }));

  test('is one getent', () => {
    expect(group.probe(wants)?.text).toBe(
      '[ ! -w /etc/group ] || echo writable; getent group adm none sudo || [ $? = 2 ]',
    );
  });

  test('gives each its own', () => {
    const states = group.parse(output({ stdout: 'adm:x:4:ops\nsudo:x:27:\n' }), wants);
    expect(states).toMatchObject([{ gid: 4 }, { gid: undefined }, { gid: 27 }]);
  });

  test('a line without a number is no group', () => {
    expect(group.parse(output({ stdout: 'adm:x::\n' }), wants)).toMatchObject([
      { gid: undefined },
      { gid: undefined },
      { gid: undefined },
    ]);
  });

  test('a host without getent is an error and not a host without groups', () => {
    const said = { status: 127, stderr: 'sh: 1: getent: not found\n' };
    expect(() => group.parse(output(said), wants)).toThrow('getent');
  });
});

test.each([['4711'], ['-v'], ['a:b'], [''], ['g'.repeat(33)]])('a name that is refused: %j', (name) => {
  expect(() => bind(group, { name })).toThrow();
});

test('the number of another is a number', () => {
  expect(() => bind(group, { name: 'g', non_unique: true })).toThrow('about a gid');
});
