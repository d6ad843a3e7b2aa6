import { laws } from './law.ts';

laws('lineinfile, blockinfile and replace', [
  {
    title: 'what groups found, and replacements in a part of a file',
    tasks: `
- name: Port
  lineinfile: { path: /opt/groups.conf, regexp: '^#?(Port)\\s+\\d+', line: '\\1 2222', backrefs: true }
- name: Nothing
  lineinfile: { path: /opt/groups.conf, regexp: '^(Protocol)', line: '\\1 2', backrefs: true }
- name: Proxy
  replace:
    path: /opt/groups.conf
    after: 'location / \\{'
    before: '\\}'
    regexp: '(?P<to>pass .*):\\d+$'
    replace: '\\g<to>:3006'
    validate: grep -q Port %s
- name: Block
  blockinfile:
    { path: /opt/groups.conf, block: mine, marker: "# {mark}", marker_begin: from, marker_end: to, prepend_newline: true }
`,
    situations: [
      {
        title: 'from drifted',
        given: `printf '#Port 22\\nlocation /a {\\n pass x:1\\n}\\nlocation / {\\n pass x:1\\n}\\n' >/opt/groups.conf; chmod 640 /opt/groups.conf`,
        changed: ['Port', 'Proxy', 'Block'],
      },
      { title: 'from another port', given: `sed -i 's/:3006/:3007/' /opt/groups.conf`, changed: ['Proxy'] },
    ],
    observe: `cat /opt/groups.conf; stat -c %a /opt/groups.conf`,
    observed: [
      ...['Port 2222', 'location /a {', ' pass x:1', '}', 'location / {', ' pass x:3006', '}', ''],
      ...['# from', 'mine', '# to', '640', ''],
    ].join('\n'),
  },
  {
    title: 'lines of one file, one after the other',
    tasks: `
- name: Port
  lineinfile: { path: /srv/app.conf, regexp: '^#?Port ', line: Port 22, create: true, mode: "0640", group: adm }
- name: Host
  lineinfile: { path: /srv/app.conf, line: Host lab, insertafter: '^Port' }
- name: Host again
  lineinfile: { path: /srv/app.conf, line: Host lab }
- name: Old
  lineinfile: { path: /srv/app.conf, regexp: '^Old', state: absent, validate: grep -q Host %s }
- name: Block
  blockinfile: { path: /srv/app.conf, block: "one\\ntwo", insertbefore: BOF }
- name: Other block
  blockinfile: { path: /srv/app.conf, marker: "# {mark} other", state: absent }
- name: Link
  lineinfile: { path: /srv/link.conf, line: Host lab }
`,
    situations: [
      {
        title: 'from absent',
        given: 'echo a >/srv/real.conf; ln -s real.conf /srv/link.conf',
        changed: ['Port', 'Host', 'Block', 'Link'],
      },
      {
        title: 'from drifted',
        given: `printf '#Port 2\\nOld 1\\nHost lab\\nOld 2\\n# BEGIN other\\nx\\n# END other\\n' >/srv/app.conf
chmod 666 /srv/app.conf`,
        changed: ['Port', 'Old', 'Block', 'Other block'],
      },
      { title: 'from one that lost its last line', given: `sed -i '/^Host/d' /srv/app.conf`, changed: ['Host'] },
    ],
    observe: `cat /srv/app.conf; stat -c '%A %U:%G' /srv/app.conf; cat /srv/real.conf; readlink /srv/link.conf; ls /srv`,
    observed: [
      ...['# BEGIN VRUN MANAGED BLOCK', 'one', 'two', '# END VRUN MANAGED BLOCK', 'Port 22', 'Host lab'],
      ...[
        '-rw-r----- root:adm',
        'a',
        'Host lab',
        'real.conf',
        'app.conf',
        'lab-repository',
        'link.conf',
        'real.conf',
        '',
      ],
    ].join('\n'),
  },
  {
    title: 'a file that an earlier task writes',
    tasks: `
- name: File
  copy: { dest: /srv/made.conf, content: "a=1\\n", force: false }
- name: The same line
  lineinfile: { path: /srv/made.conf, line: a=1 }
- name: Another line
  lineinfile: { path: /srv/made.conf, regexp: '^b=', line: b=2 }
`,
    situations: [
      { title: 'from absent', changed: ['File', 'Another line'] },
      { title: 'from drifted', given: 'echo b=3 >/srv/made.conf', changed: ['The same line', 'Another line'] },
    ],
    observe: 'sort /srv/made.conf 2>&1',
    observed: 'a=1\nb=2\n',
  },
  {
    title: 'a file whose last line has no line break',
    tasks: `
- name: Port
  lineinfile: { path: /srv/last.conf, regexp: '^Port\\s+22\\s', line: Port 2222 }
- name: Old
  lineinfile: { path: /srv/old.conf, regexp: 'old\\s', state: absent }
- name: Block
  blockinfile: { path: /srv/block.conf, block: one, insertbefore: 'b\\n' }
`,
    situations: [
      {
        title: 'from one line',
        given: `printf 'Port 22' >/srv/last.conf; printf 'a\nold' >/srv/old.conf; printf 'a\nb' >/srv/block.conf`,
        changed: ['Port', 'Old', 'Block'],
      },
    ],
    observe: 'cd /srv; tail -n 9 last.conf old.conf block.conf',
    observed: `==> last.conf <==
Port 2222

==> old.conf <==
a

==> block.conf <==
a
# BEGIN VRUN MANAGED BLOCK
one
# END VRUN MANAGED BLOCK
b`,
  },
]);
