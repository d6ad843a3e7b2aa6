import { ALICE, BOB, CAROL } from '../harness/keys.ts';
import type { Situations } from '../harness/situation.ts';

const situations: Situations = [
  {
    name: 'bare',
    title: 'users without keys, a user who is not there, directories of our own',
    given: 'useradd --create-home alice && useradd --no-create-home homeless && mkdir -p /etc/ssh/keys',
    wants: [
      { user: 'alice', key: ALICE },
      { user: 'homeless', key: ALICE },
      { user: 'none-such', key: ALICE },
      { user: 'alice', key: ALICE, path: '/etc/ssh/keys/alice' },
      { user: 'alice', key: ALICE, path: '/etc/ssh/none/alice' },
      { user: 'alice', key: ALICE, state: 'absent' },
    ],
  },
  {
    name: 'existing',
    title: 'comments, options, white space, duplicates, lines that are no keys, no line break at the end',
    given: `useradd --create-home alice && useradd --create-home bob && useradd --create-home carol
for u in alice bob carol; do mkdir -m 0700 /home/$u/.ssh; done
cat >/home/alice/.ssh/authorized_keys <<'END'
# keys of the team, not ours

restrict,command="/usr/bin/rsync --server \\"a b\\"",from="10.0.0.0/8" ${BOB}
   ${ALICE}  
no-pty ${CAROL} at home
not a key at all
${ALICE} again
END
printf '%s' '${ALICE}' >/home/bob/.ssh/authorized_keys
printf '%s\\r\\n' '${ALICE}' >/home/carol/.ssh/authorized_keys
for u in alice bob carol; do chown -R $u:$u /home/$u/.ssh; chmod 0600 /home/$u/.ssh/authorized_keys; done
chmod 0755 /home/bob/.ssh && chown root /home/bob/.ssh/authorized_keys`,
    wants: [
      { user: 'alice', key: ALICE },
      { user: 'alice', key: BOB },
      { user: 'alice', key: CAROL, options: 'no-pty' },
      { user: 'alice', key: `${ALICE}\n${BOB}`, exclusive: true },
      { user: 'alice', key: ALICE, state: 'absent' },
      { user: 'bob', key: ALICE },
      { user: 'carol', key: ALICE },
      { user: 'carol', key: BOB },
    ],
  },
  {
    name: 'in-the-way',
    title: 'a link in place of the file or of its directory, a directory, text that is not UTF-8',
    given: `for u in alice bob carol dave; do useradd --create-home $u; done
mkdir /home/alice/.ssh && ln -s /etc/shadow /home/alice/.ssh/authorized_keys
mkdir /tmp/elsewhere && ln -s /tmp/elsewhere /home/bob/.ssh
mkdir -p /home/carol/.ssh/authorized_keys
mkdir /home/dave/.ssh && printf '# \\377\\n%s\\n' '${BOB}' >/home/dave/.ssh/authorized_keys`,
    wants: ['alice', 'bob', 'carol', 'dave'].map((user) => ({ user, key: ALICE })),
  },
  {
    name: 'own',
    title: 'ops looking after its own keys, and not seeing those of others',
    as: 'ops',
    given: `useradd --create-home alice && mkdir -m 0700 /home/alice/.ssh && chown alice /home/alice/.ssh
mkdir /etc/ssh/keys && printf '%s\\n' '${BOB}' >/etc/ssh/keys/alice && chmod 0600 /etc/ssh/keys/alice`,
    wants: [
      { user: 'ops', key: ALICE },
      { user: 'root', key: ALICE },
      { user: 'alice', key: ALICE },
      { user: 'alice', key: ALICE, path: '/etc/ssh/keys/alice' },
      { user: 'alice', key: ALICE, path: '/root/keys/alice' },
    ],
  },
];

export default situations;
