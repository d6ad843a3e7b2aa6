import fc from 'fast-check';
import type { Subject } from '../trial.ts';
import { few, optional, rare, task } from './parts.ts';

const GROUPS = ['dgone', 'dgtwo'];

const tasks = task('group', {
  name: fc.constantFrom(...GROUPS),
  state: optional(fc.constantFrom('present', 'absent')),
  gid: optional(fc.constantFrom(4711, 4712, 0)),
  system: rare(fc.boolean()),
  non_unique: rare(fc.boolean()),
  local: rare(fc.boolean(), 30),
});

export const group: Subject = {
  module: 'group',
  reset: `userdel -f dana 2>/dev/null || true\nfor g in ${GROUPS.join(' ')} dana; do groupdel $g 2>/dev/null || true; done`,
  commands: [`getent group ${GROUPS.join(' ')}`, 'getent passwd dana'],
  trials: fc.record({
    given: fc
      .subarray([
        'groupadd dgone',
        'groupadd -g 4711 dgtwo',
        'getent group dgone >/dev/null && useradd -M -g dgone dana || true',
      ])
      .map((lines) => lines.join('\n')),
    tasks: few(tasks),
  }),
};
