import fc from 'fast-check';
import { any, ending, leaving, refusing, where } from '../rules.ts';
import type { Subject } from '../trial.ts';
import { EDITED, few, found, optional, ownership, RESET, ROOT, rare, task } from './parts.ts';

const path = fc.constantFrom('t', 't', 'a', 'l', 'z', 'new', 'no/new', 'c').map((name) => `${ROOT}/${name}`);
const line = fc.constantFrom('one', 'two', 'three', '#three', 'two=2', '', 'four', ' indented', 'a\\1b', 'é');
const regexp = fc.constantFrom(
  '^one',
  '^#?three',
  'o',
  '^two',
  'nothing',
  '(?i)^ONE$',
  '^(t)(w)',
  '[a-z]+$',
  '^\\s*four',
);
const place = {
  insertafter: rare(fc.constantFrom('EOF', 'BOF', '^one', '^t', 'nothing')),
  insertbefore: rare(fc.constantFrom('BOF', '^two', 'r', 'nothing')),
  firstmatch: rare(fc.boolean()),
};
const rest = {
  path,
  create: optional(fc.constant(true)),
  ...ownership,
  backup: rare(fc.constant(true)),
  validate: rare(fc.constant('grep -q n %s')),
};

const tasks = fc.oneof(
  task('lineinfile', { ...rest, line, ...place }),
  task('lineinfile', { ...rest, line, regexp, ...place }),
  task('lineinfile', {
    ...rest,
    line: fc.constantFrom('\\1=\\2', 'x\\1', 'two'),
    regexp,
    backrefs: fc.constant(true),
    ...place,
  }),
  task('lineinfile', { ...rest, line, search_string: fc.constantFrom('o', 'thr', '.', 'nothing'), ...place }),
  task('lineinfile', { ...rest, state: fc.constant('absent'), line: optional(line, 3), regexp: optional(regexp, 3) }),
);

export const lineinfile: Subject = {
  module: 'lineinfile',
  settled: true,
  announced: [
    {
      key: 'settled',
      is: any(ending('ok', 'changed', /line replaced/), ending('failed', 'changed', /every run would|never be found/)),
    },
    { key: 'last-line', is: where(/nfour/, leaving(/\/(t|new)$/)) },
    { key: 'groups', is: refusing(/the pattern has no group/) },
    ...EDITED,
  ],
  reset: RESET,
  paths: [ROOT],
  trials: fc.record({ given: found, tasks: few(tasks) }),
};
