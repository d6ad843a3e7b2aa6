import fc from 'fast-check';
import { any, ending, giving, of } from '../rules.ts';
import type { Subject } from '../trial.ts';
import { few, found, optional, ownership, path, RESET, ROOT, rare, task } from './parts.ts';

const src = fc.constantFrom('plain', 'with-value', 'sub/inner', 'no-end', 'empty');
const dest = fc.oneof({ weight: 3, arbitrary: path }, { weight: 1, arbitrary: path.map((name) => `${name}/`) });

export const template: Subject = {
  module: 'template',
  settled: true,
  announced: [
    { key: 'dest', is: of(({ force }) => force === false, giving('dest')) },
    {
      key: 'force-directory',
      is: of(({ force }) => force === false, any(ending('changed', 'ok'), ending('failed', 'ok', /a step failed/))),
    },
  ],
  reset: RESET,
  paths: [ROOT],
  trials: fc.record({
    given: found,
    tasks: few(
      task('template', {
        dest,
        src,
        ...ownership,
        backup: rare(fc.constant(true)),
        force: optional(fc.boolean()),
        follow: rare(fc.boolean()),
        newline_sequence: rare(fc.constantFrom('\n', '\r\n')),
        validate: rare(fc.constantFrom('grep -q n %s', 'test -s %s')),
      }),
    ),
    files: fc.constant({
      'templates/plain': 'plain\nlines\n',
      'templates/with-value': 'a={{ greeting }}\n\nb={{ port }}',
      'templates/sub/inner': 'inner\n\n',
      'templates/no-end': 'no end',
      'templates/empty': '',
    }),
  }),
};
