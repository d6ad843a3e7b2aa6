import { laws } from '../../law/law.ts';
import { ALICE, BOB, CAROL } from '../harness/keys.ts';

laws('authorized-key', [
  {
    title: 'one key with options, another one gone',
    tasks: `
- name: User
  user: { name: deploy }
- name: Alice
  authorized-key: { user: deploy, key: "${ALICE}", options: 'restrict,command="/bin/true a b"' }
- name: Bob
  authorized-key: { user: deploy, key: "${BOB}", state: absent }
`,
    situations: [
      { title: 'from absent', changed: ['User', 'Alice'] },
      {
        title: 'from drifted',
        given: `cd ~deploy/.ssh; { echo '# mine'; echo '${CAROL}'; echo '${BOB}'; echo '${ALICE}'; } > authorized_keys; chmod 644 authorized_keys; chmod 755 .`,
        changed: ['Alice', 'Bob'],
      },
    ],
    observe: `cd ~deploy/.ssh 2>/dev/null && stat -c '%n %A %U:%G' . authorized_keys && grep -v '#\\|carol' authorized_keys | sed 's/AAAA[^ ]*/BLOB/'`,
    observed: [
      '. drwx------ deploy:deploy',
      'authorized_keys -rw------- deploy:deploy',
      'restrict,command="/bin/true a b" ssh-ed25519 BLOB alice@example',
      '',
    ].join('\n'),
  },
  {
    title: 'these keys and no others',
    tasks: `
- name: Keys
  authorized-key:
    user: deploy
    exclusive: true
    options: ""
    key: |
      ${ALICE}
      ${CAROL}
`,
    situations: [
      { title: 'from other keys', given: `echo '${BOB}' >> ~deploy/.ssh/authorized_keys`, changed: ['Keys'] },
      {
        title: 'from a new comment',
        given: `sed -i 's/alice@example/alice@old/' ~deploy/.ssh/authorized_keys`,
        changed: ['Keys'],
      },
    ],
    observe: `cut -d' ' -f1,3 ~deploy/.ssh/authorized_keys | grep -v '#' | sort`,
    observed: 'ecdsa-sha2-nistp256 carol\nssh-ed25519 alice@example\n',
  },
  {
    title: 'one key, from two addresses only',
    tasks: `
- name: Restricted
  authorized-key: { user: deploy, key: "${ALICE}", options: 'from="10.0.0.1,10.0.0.2",restrict', exclusive: true }
- name: Kept as it is restricted
  authorized-key: { user: ops, key: "${BOB}" }
`,
    situations: [
      {
        title: 'from lines that restrict it and that do not',
        given: `printf '%s\\n' 'from="10.9.9.9" ${ALICE}' '${ALICE}' > ~deploy/.ssh/authorized_keys
printf '%s\\n' '${BOB}' 'from="10.9.9.9" ${BOB}' >> ~ops/.ssh/authorized_keys`,
        changed: ['Restricted', 'Kept as it is restricted'],
      },
    ],
    observe: `sed 's/AAAA[^ ]*/BLOB/' ~deploy/.ssh/authorized_keys; grep bob ~ops/.ssh/authorized_keys | sed 's/AAAA[^ ]*/BLOB/'`,
    observed: [
      'from="10.0.0.1,10.0.0.2",restrict ssh-ed25519 BLOB alice@example',
      'from="10.9.9.9" ssh-rsa BLOB bob@example',
      '',
    ].join('\n'),
  },
  {
    title: 'keys of a file beside the runbook, into a directory of their own',
    files: { 'files/team.pub': `# the team\n${ALICE}\n${CAROL}\n` },
    tasks: `
- name: Keys
  authorized-key: { user: deploy, src: team.pub, path: /etc/ssh/keys/deploy, manage_dir: true }
`,
    situations: [
      { title: 'from absent', changed: ['Keys'] },
      { title: 'from drifted', given: 'chmod 755 /etc/ssh/keys; sed -i 1d /etc/ssh/keys/deploy', changed: ['Keys'] },
    ],
    observe: `cd /etc/ssh/keys && stat -c '%n %A %U:%G' . deploy; cut -d' ' -f3 deploy | sort`,
    observed: '. drwx------ deploy:deploy\ndeploy -rw------- deploy:deploy\nalice@example\ncarol\n',
  },
  {
    title: 'an account goes, with whatever else there was of it',
    tasks: `
- name: Account
  user: { name: leaver, state: absent }
- name: Key
  authorized-key: { user: leaver, state: absent, key: "${ALICE}" }
- name: Job
  cron: { name: report, user: leaver, state: absent }
- name: Group
  group: { name: leavers, state: absent }
- name: Its files
  file: { path: /srv/leaver, state: absent }
- name: A name in a file of them
  env-file: { path: /srv/leaver/env, remove: [LEAVER] }
- name: A line in one
  lineinfile: { path: /srv/leaver/conf, regexp: leaver, state: absent }
`,
    situations: [
      { title: 'that was never there', changed: [] },
      {
        title: 'from present, and gone twice',
        given: `groupadd leavers; useradd -m -G leavers leaver; mkdir ~leaver/.ssh; echo '${ALICE}' > ~leaver/.ssh/authorized_keys
printf '#vrun: report\\n@daily report\\n' | crontab -u leaver -`,
        changed: ['Account', 'Group'],
      },
    ],
    observe: 'getent passwd leaver; getent group leaver leavers',
    observed: '',
  },
]);
