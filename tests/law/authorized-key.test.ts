import { ALICE, BOB, CAROL } from '../modules/keys.ts';
import { laws } from './law.ts';

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
]);
