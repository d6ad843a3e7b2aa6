import fc from 'fast-check';
import type { Subject } from '../trial.ts';
import { few, found, path, RESET, rare, task } from './parts.ts';

export const stat: Subject = {
  module: 'stat',
  settled: true,
  reset: RESET,
  trials: fc.record({
    given: found,
    tasks: few(
      task('stat', {
        path: fc.oneof(
          path,
          path.map((name) => `${name}/`),
          fc.constantFrom('/srv/d/p', '/dev/null', '/etc/os-release'),
        ),
        follow: rare(fc.boolean()),
        get_checksum: rare(fc.boolean()),
        checksum_algorithm: rare(fc.constantFrom('md5', 'sha1', 'sha256')),
        get_mime: rare(fc.boolean()),
        get_attributes: rare(fc.boolean()),
      }),
    ),
  }),
};
