import fc from 'fast-check';
import type { Subject } from '../trial.ts';
import { few, found, path, RESET, rare, task } from './parts.ts';

export const fetch: Subject = {
  module: 'fetch',
  reset: RESET,
  brought: ['fetched'],
  trials: fc.record({
    given: found,
    tasks: few(
      task('fetch', {
        src: path,
        dest: fc.constantFrom('fetched/', 'fetched/one', 'fetched'),
        flat: rare(fc.boolean(), 2),
        fail_on_missing: rare(fc.boolean(), 5),
        validate_checksum: rare(fc.boolean(), 20),
      }),
    ),
  }),
};
