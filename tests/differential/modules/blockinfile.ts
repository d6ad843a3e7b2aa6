import fc from 'fast-check';
import { any, ended, ending, refusing, where } from '../rules.ts';
import type { Subject } from '../trial.ts';
import { EDITED, few, found, optional, ownership, RESET, ROOT, rare, task } from './parts.ts';

const path = fc.constantFrom('t', 't', 'a', 'l', 'z', 'new', 'no/new').map((name) => `${ROOT}/${name}`);

const tasks = task('blockinfile', {
  path,
  block: optional(fc.constantFrom('one', 'x\ny', 'x\ny\n', '', '\n', '\nx'), 6),
  marker: optional(fc.constantFrom('# {mark} d', '// {mark} e', '{mark}')),
  marker_begin: rare(fc.constant('START')),
  marker_end: rare(fc.constant('STOP')),
  state: rare(fc.constantFrom('absent', 'present')),
  insertafter: rare(fc.constantFrom('EOF', '^one', '^t', 'nothing')),
  insertbefore: rare(fc.constantFrom('BOF', '^two', 'nothing')),
  create: optional(fc.constant(true)),
  ...ownership,
  backup: rare(fc.constant(true)),
  validate: rare(fc.constant('grep -q n %s')),
});

const isWithout = ({ state, block = '' }: Readonly<Record<string, unknown>>) => state === 'absent' || block === '';

export const blockinfile: Subject = {
  module: 'blockinfile',
  settled: true,
  announced: [
    { key: 'missing-file', is: ending('ok', 'failed', /does not exist/) },
    { key: 'one-marker', is: any(refusing(/marker/i), ending('failed', 'changed', /marker/)) },
    { key: 'last-line', is: where(/nfour/, any(ending('ok', 'changed', /Block removed/), ended(isWithout))) },
    ...EDITED,
  ],
  alike: (text) => text.replaceAll(' VRUN MANAGED BLOCK', ' ANSIBLE MANAGED BLOCK'),
  reset: RESET,
  paths: [ROOT],
  trials: fc.record({ given: found, tasks: few(tasks) }),
};
