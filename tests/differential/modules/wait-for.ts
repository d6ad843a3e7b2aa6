import fc from 'fast-check';
import { refusing } from '../rules.ts';
import type { Subject } from '../trial.ts';
import { few, found, optional, path, RESET, rare, task } from './parts.ts';

const timeout = fc.constant(1);

export const waitFor: Subject = {
  module: 'wait-for',
  settled: true,
  announced: [{ key: 'connections', is: refusing(/‹drained›/) }],
  reset: RESET,
  share: 0.3,
  trials: fc.record({
    given: found,
    tasks: few(
      fc.oneof(
        task('wait_for', {
          path,
          timeout,
          state: optional(fc.constantFrom('present', 'absent', 'started', 'stopped')),
          search_regex: rare(fc.constantFrom('^two', 'old', 'nothing'), 3),
          delay: rare(fc.constant(0)),
          sleep: rare(fc.constant(1)),
        }),
        task('wait_for', {
          port: fc.constantFrom(22, 80, 9),
          timeout,
          state: optional(fc.constantFrom('started', 'stopped', 'drained')),
          host: rare(fc.constantFrom('127.0.0.1', 'localhost')),
          connect_timeout: rare(fc.constant(1)),
        }),
      ),
    ),
  }),
};
