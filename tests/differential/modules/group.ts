import fc from 'fast-check';
import type { Subject } from '../trial.ts';
import { few, optional, rare, task } from './parts.ts';

const GROUPS = ['ggone', 'ggtwo'];

const tasks = task('group', {
  name: fc.constantFrom(...GROUPS),
  state: optional(fc.constantFrom('present', 'absent')),
  gid: optional(fc.constantFrom(4712, 4713, 0)),
  system: rare(fc.boolean()),
  non_unique: rare(fc.boolean()),
  local: rare(fc.boolean(), 30),
});

export const group: Subject = {
  module: 'group',
  settled: true,
  // groupdel refuses one that has the number of somebody's own group.
  reset: `userdel -f gana 2>/dev/null || true\nfor g in ${GROUPS.join(' ')} gana; do sed -i "/^$g:/d" /etc/group /etc/gshadow; done`,
  commands: [`getent group ${GROUPS.join(' ')}`, 'getent passwd gana'],
  trials: fc.record({
    given: fc
      .subarray([
        'groupadd ggone',
        'groupadd -g 4712 ggtwo',
        'getent group ggone >/dev/null && useradd -M -g ggone gana || true',
      ])
      .map((lines) => lines.join('\n')),
    tasks: few(tasks),
  }),
};
