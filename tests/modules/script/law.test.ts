import { laws } from '../../law/law.ts';

laws('script', [
  {
    title: 'scripts of the controller',
    files: {
      'files/setup.sh': '#!/bin/sh\nset -e\numask\nmkdir -p "$1"\ncat >"$1/in"\n',
      'files/look.pl': 'print join("|", @ARGV)\n',
      'count.sh': 'echo x >>/srv/count\n',
    },
    tasks: `
- name: Set up
  script: { cmd: setup.sh '/srv/a b', creates: /srv/a b, stdin: "one\\n" }
- name: Look
  script: { argv: [look.pl, two words, three], executable: /usr/bin/perl }
  read_only: true
  register: looked
- name: Seen
  assert: { that: "looked.stdout == 'two words|three'" }
- name: Count
  script: count.sh
  when: "looked.stdout == ''"
`,
    situations: [
      { title: 'from absent', changed: ['Set up'] },
      { title: 'from drifted', given: "rm -r '/srv/a b'", changed: ['Set up'] },
    ],
    observe: `cat '/srv/a b/in'; ls /srv; ls -A /tmp | grep vrun`,
    observed: 'one\na b\nlab-repository\n',
  },
  {
    title: 'without a guard it acts each time, as another user too',
    files: { 'files/act.sh': '#!/bin/sh\nid -un >/tmp/acted\nexit 0\n' },
    tasks: `
- name: Act
  script: act.sh
  become_user: ops
`,
    situations: [{ title: 'from absent', changed: ['Act'] }],
    observe: 'cat /tmp/acted 2>/dev/null; ls -A /tmp | grep vrun; echo .',
    observed: 'ops\n.\n',
    acts: ['Act'],
  },
]);
