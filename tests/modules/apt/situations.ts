import type { Situations } from '../harness/situation.ts';

const UPDATE = 'apt-get update -qq';
const QUIET = 'DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o Dpkg::Use-Pty=0';

const situations: Situations = [
  {
    name: 'no-lists',
    title: 'a host just made, whose apt has no lists yet',
    wants: [
      { name: 'nginx' },
      { name: ['sudo', 'ufw', 'nginx'] },
      { name: 'lab-hello' },
      { name: 'lab-hello', update_cache: true },
      { name: 'lab-hello', state: 'absent' },
    ],
  },
  {
    name: 'to-install',
    title: 'packages that are not installed, with what they need; pins, architectures, unknown names',
    given: UPDATE,
    wants: [
      { name: 'lab-hello' },
      { name: ['lab-extra', 'tree', 'nginx'] },
      { name: 'lab-hello=1.0' },
      { name: 'lab-hello=1.*' },
      { name: 'lab-hello=9.9' },
      { name: 'tree:amd64' },
      { name: 'no-such-package' },
      { name: 'curl', install_recommends: false },
      { name: 'lab-hello', state: 'latest', update_cache: true, cache_valid_time: 3600 },
      { name: ['no-such-package', 'tree'], state: 'absent' },
    ],
  },
  {
    name: 'new-source',
    title: 'lists that are older than a source, and what only that source may offer',
    given: `${UPDATE}
touch -d '1 minute ago' /var/lib/apt/lists && : >/etc/apt/sources.list.d/other.sources`,
    wants: [
      { name: 'tree', update_cache: true, cache_valid_time: 3600 },
      { name: 'no-such-package', cache_valid_time: 3600 },
      { update_cache: true, cache_valid_time: 3600 },
      { name: 'no-such-package' },
    ],
  },
  {
    name: 'installed',
    title: 'installed: upgradable, held, needed by others, removed but for its settings, provided by another',
    given: `${UPDATE}
${QUIET} install lab-hello=1.0 lab-extra tree jq git >/dev/null
${QUIET} remove tree >/dev/null
apt-mark -qq hold lab-hello >/dev/null
${QUIET} remove logrotate >/dev/null`,
    wants: [
      { name: 'lab-hello' },
      { name: 'lab-hello', state: 'latest' },
      { name: 'lab-hello=1.1' },
      { name: 'lab-hello=1.0' },
      { name: 'lab-hello', state: 'absent' },
      { name: 'lab-hello', state: 'absent', purge: true, autoremove: true },
      { name: 'lab-extra', state: 'absent', autoremove: true },
      { name: 'logrotate', state: 'absent' },
      { name: 'logrotate', state: 'absent', purge: true },
      { name: 'logrotate' },
      { name: 'cron-daemon' },
      { name: 'awk' },
      { name: 'git', state: 'latest' },
      { upgrade: 'safe' },
      { upgrade: 'full' },
      { autoremove: true },
      { name: 'lab-hello', hold: true },
      { name: ['lab-hello', 'jq'], hold: false },
      { name: ['lab-hello', 'xz-utils'], state: 'latest', only_upgrade: true, allow_change_held_packages: true },
      { name: 'jq', fail_on_autoremove: true, clean: true },
      { autoclean: true },
    ],
  },
  {
    name: 'downgrade',
    title: 'a newer version than the wanted one, and an upgrade of everything',
    given: `${UPDATE}
${QUIET} install lab-hello=1.0 >/dev/null`,
    wants: [{ name: 'lab-hello', state: 'latest' }, { name: 'lab-hello=1.*' }, { upgrade: 'safe' }, { upgrade: 'yes' }],
  },
  {
    name: 'package-files',
    title: 'package files: newer, installed, broken, missing',
    given: `${UPDATE} && cd /srv && apt-get -qq download lab-hello=1.1 lab-hello=1.0 2>/dev/null
mv lab-hello_1.1_all.deb 'new one.deb' && mv lab-hello_1.0_all.deb old.deb && ${QUIET} install lab-hello=1.0 >/dev/null`,
    wants: [{ deb: '/srv/new one.deb' }, { deb: '/srv/old.deb' }, { deb: '/srv/none.deb' }],
  },
  {
    name: 'stand-in',
    title:
      'a package that says it provides another one, which apt has too; one that is installed for another architecture',
    given: `${UPDATE} && cd /srv && mkdir -p a/DEBIAN b/DEBIAN && dpkg --add-architecture i386
printf 'Package: stand-in\\nVersion: 1\\nArchitecture: all\\nProvides: tree\\nMaintainer: x\\nDescription: x\\n' >a/DEBIAN/control
printf 'Package: jq\\nVersion: 0.1\\nArchitecture: i386\\nMaintainer: x\\nDescription: x\\n' >b/DEBIAN/control
dpkg-deb -b a >/dev/null && dpkg-deb -b b >/dev/null && dpkg -i a.deb b.deb >/dev/null`,
    wants: [
      { name: 'tree' },
      { name: 'jq' },
      { name: 'jq:i386' },
      { name: ['awk', 'cron-daemon'] },
      { name: 'jq', state: 'absent' },
    ],
  },
  {
    name: 'broken-file',
    title: 'a package file that is none',
    given: 'printf "not a package" >/srv/broken.deb',
    wants: [{ deb: '/srv/broken.deb' }, { name: 'nginx' }],
  },
  {
    name: 'half-installed',
    title: 'a package whose installation was cut short',
    given: `${UPDATE} && cd /tmp && apt-get -qq download lab-hello=1.1 2>/dev/null && dpkg --unpack lab-hello_1.1_all.deb >/dev/null`,
    wants: [{ name: 'lab-hello' }, { name: 'lab-hello', state: 'absent' }, { name: 'tree' }],
  },
  {
    name: 'not-root',
    title: 'ops, who may not install',
    as: 'ops',
    given: UPDATE,
    wants: [{ name: 'nginx' }, { name: 'tree' }],
  },
];

export default situations;
