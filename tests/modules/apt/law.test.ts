import { laws } from '../../law/law.ts';

/** tree is Debian's own, of whatever release. */
const versions = (...names: string[]) =>
  `dpkg-query -W -f '\${Package} \${Version} \${db:Status-Status}\\n' ${names.join(' ')} 2>/dev/null | grep -v not-installed | sed 's/^tree [^ ]*/tree VERSION/';`;
/** Builds a package of no files, /srv/NAME.deb, with a line in its control file. */
const deb = (name: string, line: string, architecture = 'all') =>
  `rm -rf /srv/${name}; mkdir -p /srv/${name}/DEBIAN; printf '%s\\n' 'Package: ${name}' 'Version: 1' 'Architecture: ${architecture}' 'Maintainer: x <x@lab.test>' 'Description: x' '${line}' | awk -F: '{ row[$1] = $0 } END { for (key in row) print row[key] }' >/srv/${name}/DEBIAN/control; dpkg-deb -b /srv/${name} /srv/${name}.deb >/dev/null`;
const APT = 'DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o Dpkg::Use-Pty=0';

laws('apt', [
  {
    title: 'packages, on a host whose apt has no lists',
    tasks: `
- name: Packages
  apt: { name: [lab-extra, tree], update_cache: true, cache_valid_time: 3600 }
`,
    situations: [
      { title: 'from absent', changed: ['Packages'] },
      { title: 'from drifted', given: `${APT} remove lab-hello >/dev/null`, changed: ['Packages'] },
      {
        title: 'from cut off half-way',
        given: `${APT} purge lab-extra >/dev/null; dpkg --unpack /srv/lab-repository/pool/lab-extra-1.0.deb >/dev/null`,
        changed: ['Packages'],
      },
    ],
    observe: `${versions('lab-hello', 'lab-extra', 'tree')} systemctl is-active lab-extra; ls /usr/sbin/policy-rc.d`,
    observed: [
      'lab-extra 1.0 installed',
      'lab-hello 1.1 installed',
      'tree VERSION installed',
      'active',
      "ls: cannot access '/usr/sbin/policy-rc.d': No such file or directory",
      '',
    ].join('\n'),
  },
  {
    title: 'one version, up or down',
    tasks: '- name: Pin\n  apt: { name: lab-hello=1.0, allow_downgrade: true }',
    situations: [
      { title: 'from newer', changed: ['Pin'] },
      { title: 'from absent', given: `${APT} purge lab-hello >/dev/null`, changed: ['Pin'] },
    ],
    observe: versions('lab-hello'),
    observed: 'lab-hello 1.0 installed\n',
  },
  {
    title: 'the newest version, and settings changed by hand stay',
    tasks: '- name: Newest\n  apt: { name: lab-hello, state: latest }',
    situations: [{ title: 'from older', given: 'echo "# by hand" >>/etc/lab-hello.conf', changed: ['Newest'] }],
    observe: `${versions('lab-hello')} tail -n 1 /etc/lab-hello.conf; ls /etc/lab-hello.conf.*`,
    observed: 'lab-hello 1.1 installed\n# by hand\n/etc/lab-hello.conf.dpkg-dist\n',
  },
  {
    title: 'gone with settings, and with what was installed for it',
    tasks: '- name: Gone\n  apt: { name: lab-extra, state: absent, purge: true, autoremove: true }',
    situations: [
      {
        title: 'from installed',
        given: `${APT} purge lab-hello tree >/dev/null; ${APT} install lab-extra >/dev/null`,
        changed: ['Gone'],
      },
      {
        title: 'from removed but for its settings',
        given: `${APT} install lab-extra >/dev/null; ${APT} remove lab-extra >/dev/null`,
        changed: ['Gone'],
      },
    ],
    observe: `${versions('lab-hello', 'lab-extra')} ls /lib/systemd/system/lab-extra.service`,
    observed: "ls: cannot access '/lib/systemd/system/lab-extra.service': No such file or directory\n",
  },
  {
    title: 'a package file, without starting its service',
    tasks: '- name: File\n  apt: { deb: /srv/new one.deb, policy_rc_d: 101 }',
    situations: [
      {
        title: 'from absent',
        given:
          "cp /srv/lab-repository/pool/lab-extra-1.0.deb '/srv/new one.deb'; printf '#!/bin/sh\\n# mine\\nexit 0\\n' >/usr/sbin/policy-rc.d; chmod +x /usr/sbin/policy-rc.d",
        changed: ['File'],
      },
    ],
    observe: `${versions('lab-extra')} systemctl is-active lab-extra; sed -n 2p /usr/sbin/policy-rc.d; ls /usr/sbin/policy-rc.d*`,
    observed: 'lab-extra 1.0 installed\ninactive\n# mine\n/usr/sbin/policy-rc.d\n',
  },
  {
    title: 'a package that another one stands in for is another package; one that is only stood in for is there',
    tasks: `
- name: Real
  apt: { name: tree }
- name: Virtual
  apt: { name: [awk, cron-daemon] }
`,
    situations: [
      {
        title: 'from a stand-in',
        given: `${deb('stand-in', 'Provides: tree')}; dpkg -i /srv/stand-in.deb >/dev/null`,
        changed: ['Real'],
      },
      {
        title: 'from another architecture',
        given: `${APT} purge tree >/dev/null; dpkg --add-architecture i386; ${deb('tree', 'Version: 0.1', 'i386')}; dpkg -i /srv/tree.deb >/dev/null`,
        changed: ['Real'],
      },
    ],
    observe: versions('tree'),
    observed: 'tree VERSION installed\n',
  },
  {
    title: 'what has to go for a package is said',
    tasks: '- name: File\n  apt: { deb: /srv/instead.deb }',
    situations: [
      {
        title: 'from what it conflicts with',
        given: `dpkg --remove-architecture i386 || :; ${deb('instead', 'Conflicts: tree')}`,
        changed: ['File'],
      },
    ],
    observe: versions('instead', 'tree'),
    observed: 'instead 1 installed\n',
  },
  {
    title: 'held in its version, and changed by who holds it',
    tasks: `
- name: Held
  apt: { name: lab-hello=1.0, hold: true, allow_downgrade: true }
`,
    situations: [
      { title: 'from newer', given: `${APT} install lab-hello=1.1 >/dev/null`, changed: ['Held'] },
      { title: 'from unheld', given: 'apt-mark -qq unhold lab-hello', changed: ['Held'] },
      {
        title: 'from another version that was held',
        given: `${APT} install --allow-change-held-packages lab-hello=1.1 >/dev/null`,
        changed: ['Held'],
      },
    ],
    observe: `${versions('lab-hello')} apt-mark showhold`,
    observed: 'lab-hello 1.0 installed\nlab-hello\n',
  },
  {
    title: 'held no longer, and upgraded, while what is not installed stays so; fetched files go',
    tasks:
      '- name: Newest\n  apt: { name: [lab-hello, tree], state: latest, hold: false, only_upgrade: true, clean: true }',
    situations: [{ title: 'from held', given: 'touch /var/cache/apt/archives/x_1_all.deb', changed: ['Newest'] }],
    observe: `${versions('lab-hello', 'tree')} apt-mark showhold; ls /var/cache/apt/archives/*.deb 2>/dev/null`,
    observed: 'lab-hello 1.1 installed\n',
  },
  {
    title: 'everything, and fetching the lists is an act',
    tasks: `
- name: Lists
  apt: { update_cache: true }
- name: Everything
  apt: { upgrade: full }
`,
    situations: [
      {
        title: 'from older',
        given: `${APT} install --allow-downgrades lab-hello=1.0 >/dev/null`,
        changed: ['Lists', 'Everything'],
      },
    ],
    observe: versions('lab-hello'),
    observed: 'lab-hello 1.1 installed\n',
    acts: ['Lists'],
  },
]);
