import fc from 'fast-check';
import { ending, refusing } from '../rules.ts';
import type { Subject } from '../trial.ts';
import { EDITED, few, found, optional, ownership, RESET, ROOT, rare, task } from './parts.ts';

const pattern = fc.constantFrom(
  'o',
  '^t.*$',
  '(t)(w)',
  'nothing',
  'one\\n',
  '(?i)ONE',
  '#?three',
  '$',
  'four\\Z',
  '[a-z]+',
  '(?P<first>t)h',
);

export const replace: Subject = {
  module: 'replace',
  settled: true,
  announced: [
    { key: 'settled', is: ending('failed', 'changed', /every run would replace/) },
    { key: 'nothing-between', is: ending('changed', 'ok', /params did not match/) },
    { key: 'groups', is: refusing(/the pattern has no group/) },
    ...EDITED,
  ],
  reset: RESET,
  paths: [ROOT],
  trials: fc.record({
    given: found,
    tasks: few(
      task('replace', {
        path: fc.constantFrom('t', 't', 't', 'a', 'l', 'z', 'new').map((name) => `${ROOT}/${name}`),
        regexp: pattern,
        replace: optional(fc.constantFrom('0', '\\1', '\\g<0>!', '', 'x\\ny', '\\g<first>', '\\2\\1', 'é'), 6),
        after: rare(fc.constantFrom('one', 'two', 'nothing')),
        before: rare(fc.constantFrom('four', 'three', 'nothing')),
        encoding: rare(fc.constantFrom('utf-8', 'latin-1')),
        ...ownership,
        backup: rare(fc.constant(true)),
        validate: rare(fc.constant('grep -q n %s')),
      }),
    ),
  }),
};
