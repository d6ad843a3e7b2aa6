import { ALICE, BOB } from '../modules/keys.ts';
import { laws } from './law.ts';

const HASH = '$6$saltsalt$jCP90RmSIIja2o9FRs25ASQaR1lMN6uKHmNcHaoNCpAXgV3n5NfAlQdZQcvMVQO1BTCOFF0LzoHFZBt9E45NW0';
const account = (name: string) =>
  `getent passwd ${name}; id -Gn ${name} 2>/dev/null; getent shadow ${name} | cut -d: -f2,8 | sed 's/^!//'; `;

laws('user', [
  {
    title: 'a system account as an application needs it',
    tasks: `
- name: Group
  group: { name: vantus, system: true, gid: 450 }
- name: User
  user: { name: vantus, uid: 451, group: vantus, system: true, shell: /usr/sbin/nologin, home: /var/lib/vantus, comment: "Vantus é" }
`,
    situations: [
      { title: 'from absent', changed: ['Group', 'User'] },
      {
        title: 'from drifted',
        given: 'usermod --shell /bin/sh --comment x --home /x --gid nogroup vantus',
        changed: ['User'],
      },
    ],
    observe: `${account('vantus')} ls -d /var/lib/vantus`,
    observed: [
      'vantus:x:451:450:Vantus é:/var/lib/vantus:/usr/sbin/nologin',
      'vantus',
      ':',
      "ls: cannot access '/var/lib/vantus': No such file or directory",
      '',
    ].join('\n'),
  },
  {
    title: 'a person with groups, password, keys and a last day',
    tasks: `
- name: Team
  group: { name: team }
- name: User
  user:
    name: alice
    uid: 2001
    groups: [team, adm]
    append: false
    shell: /bin/bash
    home: /srv/homes/alice
    password: "${HASH}"
    update_password: always
    expires: "2031-12-31"
    authorized_keys:
      - ${ALICE}
      - ${BOB}
`,
    situations: [
      { title: 'from absent', changed: ['Team', 'User'] },
      {
        title: 'from drifted',
        given: `usermod -aG audio,video alice; gpasswd -d alice team; usermod -p x alice; usermod -e '' alice; chmod 755 ~alice/.ssh
echo >> ~alice/.ssh/authorized_keys; sed -i 2d ~alice/.ssh/authorized_keys; chown root ~alice/.ssh/authorized_keys`,
        changed: ['User'],
      },
      { title: 'from locked', given: 'usermod -L alice; rm -r ~alice', changed: ['User'] },
      { title: 'from removed', given: 'userdel -r alice', changed: ['User'] },
    ],
    observe: `${account('alice')} cd ~alice && stat -c '%n %A %U:%G' . .ssh .ssh/authorized_keys && cut -d' ' -f1,3 .ssh/authorized_keys | grep .`,
    observed: [
      'alice:x:2001:2001::/srv/homes/alice:/bin/bash',
      'alice adm team',
      `${HASH}:22644`,
      '. drwxr-xr-x alice:alice',
      '.ssh drwx------ alice:alice',
      '.ssh/authorized_keys -rw------- alice:alice',
      'ssh-ed25519 alice@example',
      'ssh-rsa bob@example',
      '',
    ].join('\n'),
  },
  {
    title: 'accounts that go',
    tasks: `
- name: With its home
  user: { name: alice, state: absent, remove: true }
- name: Alone
  user: { name: bob, state: absent }
- name: Never there
  user: { name: carol, state: absent }
`,
    situations: [
      {
        title: 'from present',
        given: 'for u in alice bob; do id $u >/dev/null 2>&1 || useradd -m $u; done',
        changed: ['With its home', 'Alone'],
      },
    ],
    observe: 'getent passwd alice bob carol; ls -d /home/alice /srv/homes/alice /home/bob 2>/dev/null',
    observed: '/home/bob\n',
  },
]);
