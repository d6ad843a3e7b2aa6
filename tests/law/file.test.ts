import { laws } from './law.ts';

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
]);
