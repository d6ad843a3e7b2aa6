import { ALICE, BOB } from '../harness/keys.ts';
import type { Situations } from '../harness/situation.ts';

/** crypt(5) of "lab", made for these tests. */
const HASH = '$6$labsalt$e.svQvk8jX0mQEPpLUGudMvFCNwOZ/CJK6NOYcVPXe7CEfTAvAHE/4QjVQRPpiwy.ZyFJYVD03OjeHrHcjTKj/';

const situations: Situations = [
  {
    name: 'bare',
    title: 'accounts that are not there yet, with groups that are and that are not',
    wants: [
      { name: 'vantus', system: true, shell: '/usr/sbin/nologin' },
      { name: 'vantus', group: 'none-such', groups: ['adm', 'other-such'] },
      { name: 'carol', groups: 'adm,sudo', password: HASH, expires: '2030-01-31', authorized_keys: [ALICE] },
      { name: 'adm', comment: 'its group is there before it is' },
      { name: 'gone', state: 'absent' },
    ],
  },
  {
    name: 'odd-accounts',
    title: 'no shell, no home, locked, expired, no password, a number without a group, letters beyond ASCII',
    given: `useradd --system --shell /usr/sbin/nologin --home-dir /nonexistent --no-create-home daemonic
useradd --create-home --shell '' noshell && sed -i 's|^\\(noshell:.*:\\)[^:]*$|\\1|' /etc/passwd
useradd --create-home --expiredate 2020-01-02 expired && usermod --password '${HASH}' expired
useradd --create-home locked && usermod --password '${HASH}' locked && usermod --lock locked
useradd --create-home never && usermod --password '*' never
useradd --create-home doubly && usermod --password '!!${HASH}' doubly
useradd --no-create-home commented
printf 'nogroup-such:x:4500:4599:,,,:/srv:/bin/sh\\n' >>/etc/passwd
usermod --comment "$(printf 'Gr\\303\\266\\303\\237e & "co" \\\\n')" commented`,
    wants: [
      { name: 'daemonic', system: true, shell: '/usr/sbin/nologin', home: '/nonexistent' },
      { name: 'noshell', shell: '/bin/bash' },
      { name: 'noshell' },
      { name: 'expired', expires: 'never', password: HASH, update_password: 'always' },
      { name: 'expired', expires: '2020-01-02', password_lock: false },
      { name: 'locked', password_lock: true },
      { name: 'locked', password_lock: false },
      { name: 'locked', password: HASH, update_password: 'always' },
      { name: 'never', password_lock: true, password: '*', update_password: 'always' },
      { name: 'doubly', password_lock: true, password: HASH, update_password: 'always' },
      { name: 'commented', comment: 'Größe & "co" \\n', create_home: true },
      { name: 'nogroup-such', group: 'adm', home: '/srv' },
      { name: 'root', state: 'absent' },
    ],
  },
  {
    name: 'groups-and-keys',
    title: 'many groups, to keep and to leave; keys that are there, with options, and not; a home that moves',
    given: `useradd --create-home --shell /bin/bash --groups adm,sudo,www-data alice
useradd --create-home --groups adm bob
mkdir -m 0700 /home/alice/.ssh && printf '%s\\n# note\\nrestrict,command="/bin/true" %s\\n' '${ALICE}' '${BOB}' >/home/alice/.ssh/authorized_keys
chown -R alice:alice /home/alice/.ssh && chmod 0600 /home/alice/.ssh/authorized_keys`,
    wants: [
      { name: 'alice', groups: ['adm'] },
      { name: 'alice', groups: ['adm', 'users'], authorized_keys: [ALICE] },
      { name: 'alice', groups: 'adm', append: true },
      { name: 'alice', groups: [4, '27', 'www-data'] },
      { name: 'alice', group: '33', groups: ['33', 'sudo', 'adm'] },
      { name: 'alice', group: '4999' },
      { name: 'alice', authorized_keys: [ALICE, BOB] },
      { name: 'alice', group: 'www-data', uid: 4711, shell: '/bin/sh' },
      { name: 'bob', authorized_keys: [BOB] },
      { name: 'bob', home: '/srv/bob', move_home: true },
      { name: 'bob', home: '/srv/bob', authorized_keys: [BOB] },
      { name: 'bob', state: 'absent', remove: true },
    ],
  },
  {
    name: 'homes',
    title: 'homes that are there, in use, mounted, shared, or of others; keys of their own, and days of passwords',
    given: `for u in mover busy lodger host mounted robbed keyed; do useradd --create-home "$u"; done
mkdir -p /srv/taken /srv/tree; usermod --home /home/host/lodger lodger; mount --bind /srv/tree /home/mounted; chown root /home/robbed
setpriv --reuid busy --regid busy --clear-groups sleep 300 >/dev/null 2>&1 </dev/null &
setpriv --reuid keyed --regid keyed --clear-groups sh -c 'mkdir -m 700 /home/keyed/.ssh; ssh-keygen -q -t ed25519 -N "" -C keyed -f /home/keyed/.ssh/id_ed25519'
ln -s /etc/shadow /home/robbed/id_rsa.pub; chage --maxdays 90 keyed
mkdir /srv/homes; echo 'HOME=/srv/homes' >>/etc/default/useradd; echo text >/srv/homes/filed; useradd stopped; echo text >/srv/homes/stopped`,
    wants: [
      { name: 'mover', home: '/srv/taken', move_home: true },
      { name: 'mover', home: '/home/mover/in', move_home: true },
      { name: 'mover', home: '/srv/mover', move_home: true, skeleton: '/no/such' },
      { name: 'busy', home: '/srv/busy' },
      { name: 'busy', home: '/home/busy' },
      { name: 'busy', state: 'absent' },
      { name: 'host', state: 'absent', remove: true },
      { name: 'mounted', state: 'absent', remove: true },
      { name: 'robbed', state: 'absent', remove: true },
      { name: 'robbed', generate_ssh_key: true, ssh_key_file: 'id_rsa' },
      { name: 'mover', generate_ssh_key: true },
      { name: 'new', generate_ssh_key: true, ssh_key_passphrase: 'a long secret' },
      { name: 'keyed', password_expire_max: 90, password_expire_warn: 14 },
      { name: 'filed' },
      { name: 'stopped' },
      { name: 'elsewhere', authorized_keys: [ALICE] },
      { name: 'linked', home: '/srv/homes/filed/in' },
    ],
  },
  {
    name: 'not-root',
    title: 'ops, who may not read /etc/shadow',
    as: 'ops',
    wants: [
      { name: 'ops', groups: ['adm'] },
      { name: 'ops', password_lock: true, expires: 'never' },
      { name: 'root', authorized_keys: [ALICE] },
    ],
  },
];

export default situations;
