import { laws } from '../../law/law.ts';

/** The sha1 of `keep` and a line break. */
const KEEP = '0c251ef2fca485fd117c165c8a20692c0f1c7220';

laws('file, copy, template, stat', [
  {
    title: 'directories, files and links, one needing the other',
    tasks: `
- name: Directory
  file: { path: /srv/app/data, state: directory, owner: ops, group: adm, mode: "2750" }
- name: Settings
  copy: { dest: /srv/app/data/settings, content: "a=1\\n", mode: "0640", group: adm }
- name: Page
  template: { src: page.hbs, dest: /srv/app/data/page.html }
- name: Site
  copy: { src: site, dest: /srv/app }
- name: Link
  file: { path: /srv/current, state: link, src: app/data }
- name: Hard link
  file: { path: /srv/app/same, state: hard, src: /srv/app/site/img/a.svg }
- name: Nothing
  file: { path: /srv/old, state: absent }
- name: Modes
  file: { path: /srv/app/site, state: directory, recurse: true, owner: ops, mode: "u=rwX,g=rX,o=" }
- name: Look
  stat: { path: /srv/current }
`,
    files: {
      'templates/page.hbs': '<p>{{ facts.os.id }}</p>\n',
      'files/site/index.html': '<p>é</p>\n',
      'files/site/img/a.svg': '<svg/>',
    },
    situations: [
      {
        title: 'from absent',
        given: 'mkdir -p /srv/old/deep',
        changed: ['Directory', 'Settings', 'Page', 'Site', 'Link', 'Hard link', 'Nothing', 'Modes'],
      },
      {
        title: 'from drifted',
        given:
          'chmod 700 /srv/app/data; echo x > /srv/app/data/page.html; echo b=2 > /srv/app/data/settings; ln -sfn /tmp /srv/current; chown 7 /srv/app/site/img/a.svg',
        changed: ['Directory', 'Settings', 'Page', 'Link', 'Modes'],
      },
      { title: 'one file changed by hand', given: 'echo c > /srv/app/site/index.html', changed: ['Site'] },
    ],
    observe: `cd /srv; find app current old -printf '%p %y %m %u:%g %l\\n' 2>/dev/null | sort; cat app/data/settings app/data/page.html app/site/index.html 2>/dev/null`,
    observed: [
      'app d 2750 ops:adm ',
      'app/data d 2750 ops:adm ',
      'app/data/page.html f 644 root:adm ',
      'app/data/settings f 640 root:adm ',
      'app/same f 640 ops:root ',
      'app/site d 750 ops:adm ',
      'app/site/img d 750 ops:root ',
      'app/site/img/a.svg f 640 ops:root ',
      'app/site/index.html f 640 ops:root ',
      'current l 777 root:root app/data',
      'a=1',
      '<p>debian</p>',
      '<p>é</p>',
      '',
    ].join('\n'),
  },
  {
    title: 'a file that is touched each time, one within the host, one checked before it is taken',
    tasks: `
- name: Touch
  file: { path: /srv/touched, state: touch, mode: "0600" }
- name: Within
  copy: { dest: /srv/within/, src: /etc/issue.net, remote_src: true, directory_mode: "0700" }
- name: Checked
  copy: { dest: /srv/checked.sh, content: "echo ok\\n", validate: "sh -n '%s'", mode: "u=rwx,go=rx", backup: true }
`,
    situations: [
      { title: 'from absent', changed: ['Touch', 'Within', 'Checked'] },
      {
        title: 'from drifted',
        given: 'chmod 644 /srv/touched; echo x > /srv/within/issue.net; ln -sfn /etc/passwd /srv/checked.sh',
        changed: ['Touch', 'Within', 'Checked'],
      },
    ],
    acts: ['Touch'],
    observe: `cd /srv; stat -c '%n %A %U' touched within checked.sh 2>/dev/null; cmp within/issue.net /etc/issue.net 2>/dev/null && sh checked.sh`,
    observed: 'touched -rw------- root\nwithin drwx------ root\nchecked.sh -rwxr-xr-x root\nok\n',
  },
  {
    title: 'what links lead to, times, and modes of every form',
    tasks: `
- name: A link that gives a mode
  file: { path: /srv/new, state: link, src: real, owner: ops, mode: g=u }
- name: Touch through a link
  file: { path: /srv/l1, state: touch, mode: u+rw-x, modification_time: preserve, access_time: preserve }
- name: A time
  file: { path: /srv/l1, modification_time: "202001010000.00" }
- name: Hard link over a link
  file: { path: /srv/l2, state: hard, src: /srv/other, mode: "00660" }
- name: Into what a link leads to
  file: { path: /srv/dirlink, state: hard, src: /srv/other }
- name: Sticky
  file: { path: /srv/tmp, state: directory, mode: "01777" }
- name: Group as user
  file: { path: /srv/kept, mode: "g=u,o=" }
- name: The link itself
  file: { path: /srv/l1, follow: false, owner: ops }
`,
    situations: [
      {
        title: 'from drifted',
        given: `cd /srv; for f in real other kept; do echo $f >$f; done; chmod 0604 kept; mkdir real-dir; ln -s real-dir dirlink
ln -s none l2; mkdir -m 0755 tmp; echo l >l; chmod 0755 l; ln -s l l1`,
        changed: [
          ...['A link that gives a mode', 'Touch through a link', 'A time', 'Hard link over a link'],
          ...['Into what a link leads to', 'Sticky', 'Group as user', 'The link itself'],
        ],
      },
      {
        title: 'from links that lead elsewhere',
        given: 'cd /srv; ln -sfn kept new; rm l2; ln -s kept l2; touch l',
        changed: ['A link that gives a mode', 'A time', 'Hard link over a link'],
      },
    ],
    observe: `cd /srv; stat -c '%N %a %U %G' new real l l1 kept tmp 2>/dev/null; stat -c '%y' l 2>/dev/null | cut -c 1-10; [ other -ef l2 ] && [ other -ef real-dir/other ] && stat -c '%a %h' other`,
    observed: `'new' -> 'real' 777 root root
'real' 664 ops root
'l' 655 root root
'l1' -> 'l' 777 ops root
'kept' 660 root root
'tmp' 1777 root root
2020-01-01
660 3
`,
  },
  {
    title: 'directories of this machine and of the host, and what is in a file',
    tasks: `
- name: Whole
  copy: { src: whole, dest: /srv/trees, local_follow: false, owner: ops }
- name: Within
  copy: { src: /srv/origin/, dest: /srv/trees/copied, remote_src: true, group: adm }
- name: As it is there
  copy: { src: /srv/origin/run, dest: /srv/trees/run, remote_src: true, mode: preserve }
- name: Read
  slurp: { src: /srv/origin/run }
  register: read
- name: Hold
  assert: { that: ["size(read.text) == 7", "read.content == 'ZWNobyB4Cg=='"] }
`,
    files: { 'files/whole/a': 'A', 'files/whole/d/b': 'B' },
    situations: [
      {
        title: 'from absent',
        given:
          'mkdir -p /srv/origin/d /srv/trees; cd /srv/origin; echo "echo x" >run; chmod 0755 run; ln -s run link; echo y >d/y',
        changed: ['Whole', 'Within', 'As it is there'],
      },
      {
        title: 'from drifted',
        given:
          'cd /srv/trees; rm -r whole/d copied/d; echo z >copied/run; chmod 0600 run; chown root whole/a; touch copied/kept',
        changed: ['Whole', 'Within', 'As it is there'],
      },
      { title: 'from another owner', given: 'chgrp root /srv/trees/copied/d/y', changed: ['Within'] },
    ],
    observe: `cd /srv/trees 2>/dev/null && find . ! -name kept -printf '%p %y %m %u:%g %l\\n' | sort | sed 's/^\\. .*//'; cat copied/run copied/d/y whole/d/b`,
    observed: `
./copied d 755 root:adm 
./copied/d d 755 root:adm 
./copied/d/y f 644 root:adm 
./copied/link l 777 root:adm run
./copied/run f 755 root:adm 
./run f 755 root:root 
./whole d 755 ops:root 
./whole/a f 644 ops:root 
./whole/d d 755 ops:root 
./whole/d/b f 644 ops:root 
echo x
y
B`,
  },
  {
    title: 'templates in directories, with the modes that they have here',
    tasks: `
- name: Made for it
  template: { src: bin/run.hbs, dest: /srv/t/bin/, mode: preserve, owner: ops }
- name: In one that is there
  template: { src: bin/run.hbs, dest: /srv/t, mode: preserve }
- name: Under its own name
  template: { src: plain.hbs, dest: /srv/t/plain, mode: preserve }
`,
    files: {
      'templates/bin/run.hbs': { text: '#!/bin/sh\necho {{ facts.os.id }}\n', mode: 0o750 },
      'templates/plain.hbs': { text: 'plain\n', mode: 0o604 },
    },
    situations: [
      {
        title: 'from absent',
        given: 'mkdir /srv/t',
        changed: ['Made for it', 'In one that is there', 'Under its own name'],
      },
      {
        title: 'from drifted',
        given: 'cd /srv/t; chmod 700 bin/run.hbs; chown root bin/run.hbs; echo x >run.hbs; ln -sf bin/run.hbs plain',
        changed: ['Made for it', 'In one that is there', 'Under its own name'],
      },
    ],
    observe: `cd /srv/t 2>/dev/null && find . -printf '%p %y %m %u %l\\n' | sort; bin/run.hbs; ./run.hbs; cat plain`,
    observed: `
. d 755 root 
./bin d 755 ops 
./bin/run.hbs f 750 ops 
./plain f 604 root 
./run.hbs f 750 root 
debian
debian
plain
`.trimStart(),
  },
  {
    title: 'what is found decides what goes and what is written down',
    tasks: `
- name: Old
  find: { paths: /srv/found, patterns: ["*.log", "*.old"], age: 1d, recurse: true }
  register: old
- name: Kept
  find: { paths: [/srv/found, /srv/none], age: -1d, recurse: true, contains: "k.*p", get_checksum: true }
  register: kept
- name: Away
  file: { path: "{{ item.path }}", state: absent }
  loop: "{{ old.files }}"
- name: List
  copy: { dest: /srv/list, content: "{{#each kept.files}}{{ this.path }} {{ this.mode }} {{ this.size }} {{ this.checksum }}\\n{{/each}}" }
`,
    situations: [
      {
        title: 'from absent',
        given: `mkdir -p /srv/found/deep; cd /srv/found; echo keep | tee a.log deep/b >'it is kept.log'; echo other >c.log; chmod 600 deep/b
touch -d '2 days ago' old.log deep/older.log deep/x.old y.txt .hidden.log`,
        changed: ['Away', 'List'],
      },
      {
        title: 'from drifted',
        given: `cd /srv/found; touch -d '3 days ago' deep/again.log; touch -d '3 hours ago' deep/young.log; echo x >/srv/list`,
        changed: ['Away', 'List'],
      },
      { title: 'from what is gone', given: 'rm /srv/found/deep/young.log; : >/srv/list', changed: ['List'] },
    ],
    messages: 2,
    observe: `cd /srv/found 2>/dev/null && find . -type f ! -name young.log | LC_ALL=C sort; cat /srv/list`,
    observed: `
./.hidden.log
./a.log
./c.log
./deep/b
./it is kept.log
./y.txt
/srv/found/a.log 0644 5 ${KEEP}
/srv/found/deep/b 0600 5 ${KEEP}
/srv/found/it is kept.log 0644 5 ${KEEP}
`.trimStart(),
  },
]);
