import fc from 'fast-check';
import { any, ending, giving, leaving, of } from '../rules.ts';
import type { Subject } from '../trial.ts';
import { few, optional, rare, task } from './parts.ts';

const PLACES = ['/srv/mone', '/srv/mtwo'];

export const mount: Subject = {
  module: 'mount',
  settled: true,
  reset: `for i in 1 2 3 4; do umount -q ${PLACES.join(' ')} 2>/dev/null || true; done\nrm -rf ${PLACES.join(' ')} /srv/source; mkdir /srv/source; echo '# table' >/etc/fstab`,
  commands: [
    "sed 's/[ \\t][ \\t]*/ /g' /etc/fstab",
    `findmnt -rno TARGET,FSTYPE,FS-OPTIONS | grep /srv/m | sed 's/,inode64//; s/,size=[0-9]*k//'`,
    `ls -ld ${PLACES.join(' ')} 2>&1 | cut -d' ' -f1,3,4`,
  ],
  announced: [
    {
      key: 'source',
      is: any(
        of(({ state }) => state === 'mounted', ending('changed', 'ok')),
        leaving(/findmnt/, ({ state }) => state === 'mounted'),
      ),
    },
    {
      key: 'absent',
      is: any(
        of(({ state }) => state === 'absent', any(ending('changed', 'ok'), ending('changed', 'failed'))),
        leaving(/findmnt|ls/, ({ state }) => state === 'absent'),
      ),
    },
    {
      key: 'stacked',
      is: any(
        of(({ state }) => state === 'unmounted', ending('ok', 'changed')),
        leaving(/findmnt/, ({ state }) => state === 'unmounted'),
      ),
    },
    {
      key: 'boot',
      is: any(
        of(({ boot }) => boot === false, giving('opts')),
        leaving(/fstab/, ({ boot }) => boot === false),
      ),
    },
  ],
  share: 0.3,
  trials: fc.record({
    given: fc
      .subarray([
        "echo 'tmpfs /srv/mone tmpfs defaults 0 0' >>/etc/fstab",
        'mkdir -p /srv/mone; mount -t tmpfs tmpfs /srv/mone',
        "echo '/srv/source /srv/mtwo none bind 0 0' >>/etc/fstab",
        "echo 'LABEL=x /srv/other ext4 noauto 0 2' >>/etc/fstab",
      ])
      .map((lines) => lines.join('\n')),
    tasks: few(
      fc.oneof(
        task('mount', {
          path: fc.constantFrom(...PLACES),
          src: fc.constant('tmpfs'),
          fstype: fc.constant('tmpfs'),
          opts: rare(fc.constantFrom('size=1m', 'noexec,nosuid', 'defaults')),
          state: fc.constantFrom('mounted', 'present', 'mounted', 'unmounted', 'absent', 'remounted'),
          boot: rare(fc.boolean(), 20),
          passno: rare(fc.constant(2)),
          dump: rare(fc.constant(1)),
          backup: rare(fc.boolean(), 20),
        }),
        task('mount', {
          path: fc.constantFrom(...PLACES),
          src: fc.constant('/srv/source'),
          fstype: fc.constant('none'),
          opts: fc.constant('bind'),
          state: fc.constantFrom('mounted', 'present'),
        }),
        task('mount', {
          path: fc.constantFrom(...PLACES),
          state: fc.constantFrom('absent', 'unmounted'),
          fstype: optional(fc.constant('tmpfs')),
        }),
      ),
    ),
  }),
};
