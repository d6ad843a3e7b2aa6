import fc from 'fast-check';
import { giving, of, refusing } from '../rules.ts';
import type { Subject } from '../trial.ts';
import { few, found, optional, RESET, ROOT, rare, task } from './parts.ts';

export const find: Subject = {
  module: 'find',
  settled: true,
  announced: [
    { key: 'depth', is: of(({ depth }) => depth !== undefined, giving('examined')) },
    { key: 'patterns', is: refusing(/Not a regular expression/) },
  ],
  reset: RESET,
  trials: fc.record({
    given: found,
    tasks: few(
      task('find', {
        paths: fc.constantFrom<unknown>(ROOT, [ROOT], [`${ROOT}/b`, `${ROOT}/c`], `${ROOT}/no`, `${ROOT}/m`),
        patterns: rare(fc.constantFrom<unknown>('*', 'x', ['a', 't'], '[ab]', '.*'), 3),
        excludes: rare(fc.constantFrom<unknown>('a', ['x', 'y'])),
        use_regex: rare(fc.boolean()),
        file_type: optional(fc.constantFrom('file', 'directory', 'link', 'any'), 3),
        recurse: optional(fc.boolean(), 3),
        depth: rare(fc.constantFrom(1, 2)),
        hidden: rare(fc.boolean()),
        follow: rare(fc.boolean()),
        size: rare(fc.constantFrom('1', '-1k', '5')),
        age: rare(fc.constantFrom('1d', '-1d', '52w')),
        contains: rare(fc.constantFrom('o.*', 'two', '^#')),
        get_checksum: rare(fc.boolean()),
      }),
    ),
  }),
};

export const slurp: Subject = {
  module: 'slurp',
  settled: true,
  reset: RESET,
  share: 0.4,
  trials: fc.record({
    given: found,
    tasks: few(
      task('slurp', {
        src: fc.constantFrom('a', 'b', 'b/x', 'l', 'n', 't', 'z', 'new', 'm/x').map((name) => `${ROOT}/${name}`),
      }),
    ),
  }),
};
