import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeLab, LAB_START_MS } from '../../lab/describe-lab.ts';
import { borrow, exec, inventoryFile } from '../../lab/lab-api.js';
import { laws, openProject, vrun } from '../../law/law.ts';
import { ALICE, BOB } from '../harness/keys.ts';

const HASH = '$6$saltsalt$jCP90RmSIIja2o9FRs25ASQaR1lMN6uKHmNcHaoNCpAXgV3n5NfAlQdZQcvMVQO1BTCOFF0LzoHFZBt9E45NW0';
const account = (name: string) =>
  `getent passwd ${name}; id -Gn ${name} 2>/dev/null; getent shadow ${name} | cut -d: -f2,8 | sed 's/^!//'; `;
/** Says so where a home that is here has the mode that the host's login.defs gives new ones. */
const AS_NEW = `m=$(awk '$1 == "HOME_MODE" { print $2 }' /etc/login.defs); [ "0$(stat -c %a .)" = "\${m:-0755}" ] && echo as new`;

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
      '/var/lib/vantus',
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
    shell: /bin/bash
    home: /srv/homes/alice
    password: "${HASH}"
    expires: "2031-12-31"
    authorized_keys:
      - ${ALICE}
      - ${BOB}
- name: System user
  user: { name: batch, system: true, expires: "2031-12-31", password_expire_max: 90 }
`,
    situations: [
      { title: 'from absent', changed: ['Team', 'User', 'System user'] },
      {
        title: 'from drifted',
        given: `usermod -aG audio,video alice; gpasswd -d alice team; usermod -p x alice; usermod -e '' alice; chmod 755 ~alice/.ssh
echo >> ~alice/.ssh/authorized_keys; sed -i 2d ~alice/.ssh/authorized_keys; chown root ~alice/.ssh/authorized_keys`,
        changed: ['User'],
      },
      { title: 'from locked', given: 'usermod -L alice; rm -r ~alice', changed: ['User'] },
      { title: 'from removed', given: 'userdel -r alice', changed: ['User'] },
    ],
    observe: `${account('alice')} cd ~alice && ${AS_NEW} && stat -c '%n %U:%G' . && stat -c '%n %A %U:%G' .ssh .ssh/authorized_keys && cut -d' ' -f1,3 .ssh/authorized_keys | grep .`,
    observed: [
      'alice:x:2001:2001::/srv/homes/alice:/bin/bash',
      'alice adm team',
      `${HASH}:22644`,
      'as new',
      '. alice:alice',
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
  {
    title: 'groups by number, made in the same run and before',
    tasks: `
- name: New group
  group: { name: Fresh, gid: 902 }
- name: User
  user: { name: numbered, group: 902, groups: ["901", 4, Fresh] }
- name: Added
  user: { name: grouped, groups: 901, append: true }
- name: Alone
  user: { name: leaver, groups: "901" }
`,
    situations: [
      {
        title: 'from absent',
        given: 'groupadd -g 901 old; for u in grouped leaver; do useradd -G adm,sudo $u; done',
        changed: ['New group', 'User', 'Added', 'Alone'],
      },
    ],
    observe: 'for u in numbered grouped leaver; do id -Gn $u; done 2>/dev/null',
    observed: 'Fresh adm old\ngrouped adm sudo old\nleaver old\n',
  },
  {
    title: 'groups whose names read as numbers',
    tasks: `
- name: By the number of one, which is the name of another
  user: { name: counted, groups: ["6001"] }
- name: By the number of the other
  user: { name: other, groups: [6002], append: true }
- name: New
  user: { name: fresh, groups: "6002" }
`,
    situations: [
      {
        title: 'from absent',
        given: `printf '%s\\n' 6001:x:6002: real:x:6001: >>/etc/group; for u in counted other; do useradd $u; done`,
        changed: ['By the number of one, which is the name of another', 'By the number of the other', 'New'],
      },
    ],
    observe: 'for u in counted other fresh; do id -Gn $u; done 2>/dev/null',
    observed: 'counted real\nother 6001\nfresh 6001\n',
  },
  {
    title: 'an account goes with its home and its mail, and with a file in the place of a home',
    tasks: `
- name: Home
  user: { name: whole, state: absent, remove: true }
- name: File
  user: { name: filed, state: absent, remove: true }
`,
    situations: [
      {
        title: 'from present',
        given:
          'useradd -m whole; install -o whole /dev/null /var/mail/whole; useradd -M filed; install -o filed /dev/null /home/filed',
        changed: ['Home', 'File'],
      },
    ],
    observe: 'getent passwd whole filed; ls -d /home/whole /home/filed /var/mail/whole 2>/dev/null',
    observed: '',
  },
  {
    title: 'a home that a task before takes away is made anew',
    tasks: `
- name: Gone
  file: { path: /home/renewed, state: absent }
- name: User
  user: { name: renewed }
`,
    situations: [{ title: 'from there', given: 'useradd -m renewed', changed: ['Gone', 'User'] }],
    acts: ['Gone', 'User'],
    observe: 'stat -c %U /home/renewed',
    observed: 'renewed\n',
  },
  {
    title: 'a home that moves, and one that is copied anew',
    tasks: `
- name: Beside
  user: { name: mover, home: /home/moved/here, move_home: true, uid: 3101 }
- name: To another file system
  user: { name: other, home: /dev/shm/homes/other, move_home: true }
- name: Not at all
  user: { name: third, home: /srv/third, skeleton: /etc/skel, umask: "077" }
`,
    situations: [
      {
        title: 'from elsewhere',
        given: `for u in mover other third; do useradd -m $u; echo data | install -o $u /dev/stdin /home/$u/file; done`,
        changed: ['Beside', 'To another file system', 'Not at all'],
      },
    ],
    observe: `getent passwd mover other third | cut -d: -f1,3,6 | sed 's/:10[0-9]*:/:N:/'; cd /; stat -c '%n %A %U' /home/moved/here/file /dev/shm/homes/other/file /srv/third; ls -d /home/mover /home/other /home/third`,
    observed: [
      'mover:3101:/home/moved/here',
      'other:N:/dev/shm/homes/other',
      'third:N:/srv/third',
      '/home/moved/here/file -rwxr-xr-x mover',
      '/dev/shm/homes/other/file -rwxr-xr-x other',
      '/srv/third drwx------ third',
      '/home/third',
      "ls: cannot access '/home/mover': No such file or directory",
      "ls: cannot access '/home/other': No such file or directory",
      '',
    ].join('\n'),
  },
  {
    title: 'keys of their own, in the open and with a passphrase',
    tasks: `
- name: Plain
  user: { name: keyed, generate_ssh_key: true, ssh_key_type: ed25519, ssh_key_comment: keyed, password_expire_max: 90 }
- name: With a passphrase
  user: { name: secretly, system: true, create_home: true, generate_ssh_key: true, ssh_key_bits: 2048, ssh_key_passphrase: a long secret }
`,
    situations: [
      { title: 'from there', given: 'useradd -m keyed; useradd -m secretly', changed: ['Plain', 'With a passphrase'] },
    ],
    observe: `cd /; stat -c '%n %A %U:%G' /home/keyed/.ssh /home/keyed/.ssh/id_ed25519 /home/secretly/.ssh/id_rsa 2>&1 | grep -v cannot
ssh-keygen -y -P 'a long secret' -f /home/secretly/.ssh/id_rsa >/dev/null 2>&1 && ssh-keygen -lf /home/secretly/.ssh/id_rsa.pub | cut -d' ' -f1; getent shadow keyed | cut -d: -f5`,
    observed: [
      '/home/keyed/.ssh drwx------ keyed:keyed',
      '/home/keyed/.ssh/id_ed25519 -rw------- keyed:keyed',
      '/home/secretly/.ssh/id_rsa -rw------- secretly:secretly',
      '2048',
      '90',
      '',
    ].join('\n'),
  },
  {
    title: 'homes where useradd makes them, and none at all',
    tasks: `
- name: With a key
  user: { name: keyholder, authorized_keys: "${BOB}" }
- name: Of a service
  user: { name: service, system: true, generate_ssh_key: true, ssh_key_type: ed25519 }
- name: Without
  user: { name: without, system: true, create_home: false }
- name: Nowhere
  user: { name: nowhere, home: /nonexistent }
- name: Again
  user: { name: again }
`,
    situations: [
      {
        title: 'from none',
        given: `mkdir -p /srv/homes; echo HOME=/srv/homes >>/etc/default/useradd; useradd -M again`,
        changed: ['With a key', 'Of a service', 'Without', 'Nowhere', 'Again'],
      },
    ],
    observe: `cd /srv/homes; stat -c '%n %U' * keyholder/.ssh/authorized_keys service/.ssh/id_ed25519; ls -d /home/keyholder /home/service /nonexistent 2>/dev/null; for u in keyholder service without nowhere again; do getent passwd $u | cut -d: -f1,6; done`,
    observed: [
      'again again',
      'keyholder keyholder',
      'service service',
      'keyholder/.ssh/authorized_keys keyholder',
      'service/.ssh/id_ed25519 service',
      'keyholder:/srv/homes/keyholder',
      'service:/srv/homes/service',
      'without:/srv/homes/without',
      'nowhere:/nonexistent',
      'again:/srv/homes/again',
      '',
    ].join('\n'),
  },
]);

describeLab('a key that is generated', () => {
  test(
    'is unknown in a dry run, and given to another host’s account in the run',
    async () => {
      const loan = await borrow(1);
      const [host = ''] = loan.names;
      const inventory = await inventoryFile([host]);
      const project = openProject(`
- name: Made
  user: { name: keyed, generate_ssh_key: true, ssh_key_type: ed25519 }
  register: keyed
- name: Let in
  authorized-key: { user: ops, key: "{{ keyed.ssh_public_key }}" }
`);
      try {
        const dry = await vrun(project, inventory, '--check');
        expect(
          dry.tasks.map(({ status }) => status),
          dry.output,
        ).toEqual(['changed', 'unknown']);
        const run = await vrun(project, inventory);
        expect(
          run.tasks.map(({ status }) => status),
          run.output,
        ).toEqual(['changed', 'changed']);
        const { status } = await exec(
          host,
          'grep -qF "$(cat /home/keyed/.ssh/id_ed25519.pub)" /home/ops/.ssh/authorized_keys',
        );
        expect(status).toBe(0);
        const again = await vrun(project, inventory);
        expect(
          again.tasks.map(({ status }) => status),
          again.output,
        ).toEqual(['ok', 'ok']);
      } finally {
        rmSync(project, { recursive: true });
        loan.release();
      }
    },
    LAB_START_MS,
  );
});

describeLab('a home that can’t be removed whole', () => {
  test(
    'leaves the account, so that the next run tries again',
    async () => {
      const loan = await borrow(1);
      const [host = ''] = loan.names;
      const project = openProject('- name: Gone\n  user: { name: kept, state: absent, remove: true }\n');
      const account = async () => (await exec(host, 'getent passwd kept | cut -d: -f1; ls /home/kept')).stdout;
      try {
        const inventory = await inventoryFile([host]);
        await exec(host, 'useradd -m kept; touch /home/kept/file; chattr +i /home/kept/file');
        for (const _ of [1, 2]) {
          const { tasks, output } = await vrun(project, inventory);
          expect(
            tasks.map(({ status }) => status),
            output,
          ).toEqual(['failed']);
          expect(await account()).toBe('kept\nfile\n');
        }
        await exec(host, 'chattr -i /home/kept/file');
        const { tasks } = await vrun(project, inventory);
        expect(tasks.map(({ status }) => status)).toEqual(['changed']);
        expect(await account()).toBe('');
      } finally {
        rmSync(project, { recursive: true });
        loan.release();
      }
    },
    LAB_START_MS,
  );
});
