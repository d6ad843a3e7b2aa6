import fc from 'fast-check';
import type { Difference } from '../compare.ts';
import { again, any, beside, ending, leaving, OUTPUT, of } from '../rules.ts';
import type { Subject } from '../trial.ts';
import { few, optional, rare, task } from './parts.ts';

const USERS = ['dana', 'dirk'];
const GROUPS = ['dgone', 'dgtwo'];
const HASH = '$6$abcdefgh$0123456789012345678901234567890123456789012345678901234567890123456789012345678901234a';

const given = fc
  .subarray([
    'useradd -m dana',
    'groupadd dgone',
    'groupadd -g 4711 dgtwo',
    'id dana >/dev/null 2>&1 && getent group dgone >/dev/null && usermod -aG dgone dana || true',
    'useradd -M -d /srv/dirk -s /usr/sbin/nologin dirk',
    'mkdir -p /home/dirk; echo kept >/home/dirk/file',
    `id dana >/dev/null 2>&1 && usermod -p '${HASH}' dana || true`,
    'id dana >/dev/null 2>&1 && usermod -L dana || true',
  ])
  .map((lines) => lines.join('\n'));

const groups = fc.constantFrom<unknown>(
  ['dgone'],
  ['dgone', 'dgtwo'],
  'dgone,dgtwo',
  [],
  '',
  ['4711'],
  ['nowhere'],
  'dgtwo',
);
const name = fc.constantFrom(...USERS);
const present = task('user', {
  name,
  uid: rare(fc.constantFrom(4242, 1)),
  group: rare(fc.constantFrom('dgone', 'dgtwo', 'nowhere', '4711')),
  groups: optional(groups),
  append: optional(fc.boolean()),
  shell: rare(fc.constantFrom('/bin/sh', '/bin/bash', '/usr/sbin/nologin')),
  home: rare(fc.constantFrom('/home/other', '/srv/dirk', '/home/dirk')),
  create_home: rare(fc.boolean()),
  move_home: rare(fc.boolean()),
  system: rare(fc.boolean()),
  comment: rare(fc.constantFrom('Dana D', '', 'Grüße')),
  password: rare(fc.constantFrom(HASH, '*', '!')),
  update_password: rare(fc.constantFrom('always', 'on_create')),
  password_lock: rare(fc.boolean()),
  expires: rare(fc.constantFrom(1_900_000_000, -1, 0)),
  state: rare(fc.constant('present')),
  non_unique: rare(fc.boolean(), 30),
  password_expire_max: rare(fc.constant(90), 30),
});
const absent = task('user', {
  name,
  state: fc.constant('absent'),
  remove: optional(fc.boolean()),
  force: rare(fc.boolean()),
});

/** The same but for the marks that lock a password. */
function lockedOtherwise(difference: Difference): boolean {
  const unmarked = (seen: unknown) => String(seen).replaceAll('!', '');
  return (
    difference.kind === 'state' &&
    difference.of.includes('shadow') &&
    unmarked(difference.vrun) === unmarked(difference.ansible)
  );
}

export const user: Subject = {
  module: 'user',
  settled: true,
  announced: [
    OUTPUT,
    {
      key: 'other-groups',
      is: leaving(
        /getent group|shadow/,
        ({ group, groups = '' }) => group !== undefined && String(groups).includes(String(group)),
      ),
    },
    { key: 'groups-by-number', is: of(({ groups = '' }) => String(groups).includes('4711'), ending('ok', 'changed')) },
    {
      key: 'expiry',
      is: beside(
        ({ system, expires }) => system === true && expires !== undefined,
        any(expiring, again(ending('ok', 'changed'))),
      ),
    },
    {
      key: 'stays-locked',
      is: any(
        lockedOtherwise,
        of(
          ({ password_lock: lock }) => lock !== undefined,
          any(ending('ok', 'changed'), ending('failed', 'changed', /no password to unlock/)),
        ),
      ),
    },
  ],
  reset: [
    `for u in ${USERS.join(' ')}; do userdel -f $u 2>/dev/null || true; done`,
    `for g in ${[...GROUPS, ...USERS].join(' ')}; do groupdel $g 2>/dev/null || true; done`,
    'rm -rf /home/dana /home/dirk /home/other /srv/dirk /var/mail/dana /var/mail/dirk',
  ].join('\n'),
  paths: ['/home', '/srv/dirk'],
  /** Files of /etc/skel: one keeps their times, the other doesn't. */
  unseen: ['modified'],
  commands: [
    ...USERS.map((one) => `getent passwd ${one}; id ${one}; getent shadow ${one}`),
    `getent group ${[...GROUPS, ...USERS].join(' ')}`,
  ],
  trials: fc.record({
    given,
    tasks: few(fc.oneof({ weight: 4, arbitrary: present }, { weight: 1, arbitrary: absent })),
  }),
};

/** The same account but for the day on which it expires, shadow(5). */
function expiring(difference: Difference): boolean {
  if (difference.kind !== 'state') return false;
  const [ours, theirs] = [difference.vrun, difference.ansible].map((said) =>
    String(said).replace(/^((?:[^:]*:){7})\d*(:\d*)$/m, '$1$2'),
  );
  return ours === theirs;
}
