// What packages, units and mounts mean otherwise than Ansible's.
import type { Difference } from '../../engine/module/difference.ts';

const APT: readonly Difference[] = [
  {
    key: 'output',
    ansible: '`stdout` and `stderr` are what apt-get said.',
    vrun: 'What changes is named in the task’s changes; apt-get is heard when it fails.',
  },
  {
    key: 'lists',
    ansible: 'With `update_cache` the lists are fetched whether or not anything is to be installed.',
    vrun: 'They are fetched where something is to be installed or looked for, or where the task asks for nothing else; that is a change, also where nothing newer is found.',
  },
  {
    key: 'autoremove',
    ansible: 'With `name`, `autoremove` does nothing once the packages are as they should be.',
    vrun: 'What nothing needs any more goes in every case.',
  },
  {
    key: 'clean',
    ansible: '`clean` and `autoclean` come first, and `clean` is a change each time.',
    vrun: 'They come last, and are a change where there are files to delete.',
  },
  {
    key: 'newer-file',
    ansible: 'A `deb` of an older version than the one that is installed is a failure without `allow_downgrade`.',
    vrun: 'The newer one stays, and the task is ok.',
  },
  {
    key: 'hold',
    ansible: 'A module of its own, dpkg_selections, holds packages.',
    vrun: '`hold` does, and a task that says it may change the version that is held.',
  },
  {
    key: 'waits',
    ansible: '`lock_timeout` is 60 seconds unless given.',
    vrun: 'It is 300: a host that has just booted upgrades by itself for longer.',
  },
  {
    key: 'half-installed',
    ansible: 'What was cut off while it was installed is a failure.',
    vrun: 'It is finished first: dpkg --configure -a.',
  },
  {
    key: 'names',
    ansible: 'A name may be a pattern (`php8*`, `*`) or have a lower bound (`foo>=1.0`).',
    vrun: 'It is a name, name:arch or name=version, whose version may end in *.',
    instead: 'Name them one by one; for all packages `upgrade: full`.',
  },
  {
    key: 'any-of-these',
    ansible: '`foo=1.*` brings a package to the newest version that fits.',
    vrun: 'One that fits is enough; the newest is `state: latest`.',
  },
  {
    key: 'repair',
    ansible: '`state` may be build-dep and fixed.',
    vrun: 'It may not.',
    instead: 'Run apt-get in a command: `apt-get -y build-dep NAME`, `apt-get -y -f install`.',
  },
  {
    key: 'address',
    ansible: '`deb` may be an address, which is fetched without a digest.',
    vrun: 'It is a file on the host.',
    instead: 'Fetch it with `get-url`, which knows it by its digest, and name that file.',
  },
  {
    key: 'unsigned',
    parameters: ['allow_unauthenticated', 'allow-unauthenticated', 'force'],
    ansible: 'They install what nobody has signed.',
    vrun: 'Nothing does.',
    instead:
      'Give the repository its key: apt-repository, `signed_by`. For versions and holds there are `allow_downgrade` and `allow_change_held_packages`.',
  },
  {
    key: 'apt-get',
    parameters: ['force_apt_get'],
    ansible: 'It keeps upgrades from being made by aptitude.',
    vrun: 'They always are made by apt-get.',
    instead: 'Leave it out.',
  },
  {
    key: 'retries',
    parameters: ['update_cache_retries', 'update_cache_retry_max_delay'],
    ansible: 'Fetching the lists is tried five times.',
    vrun: 'A task is tried as often as it says.',
    instead: 'Write `retries` and `delay` beside the module.',
  },
];

const SYSTEMD: readonly Difference[] = [
  {
    key: 'links',
    ansible:
      '`enabled` is what `systemctl is-enabled` says: one link is enough, and a unit without [Install] counts as enabled.',
    vrun: 'Each link that [Install] asks for has to be there, also by `Also=`; what has no [Install] and isn’t wanted by others can’t be enabled.',
  },
  {
    key: 'static',
    ansible: 'A static unit that is to be disabled is a change each time, and a generated one a failure.',
    vrun: 'A static one is not enabled, and ok; a generated one is refused where others want it.',
  },
  {
    key: 'second-name',
    ansible: 'A unit can’t be enabled by an alias, and disabling one takes the alias alone.',
    vrun: 'An alias stands for its unit.',
  },
  {
    key: 'gone',
    ansible: 'A unit that isn’t there can’t be stopped or disabled.',
    vrun: 'It is stopped and disabled.',
  },
  {
    key: 'mask-ahead',
    ansible: 'A unit that isn’t there isn’t masked, where it is to be stopped, too.',
    vrun: 'It is masked, and can’t be started once it comes.',
  },
  {
    key: 'runtime-mask',
    ansible: 'A unit that is masked until the next boot is not masked.',
    vrun: 'It is masked: `masked: false` takes the mask away, `masked: true` makes it stay.',
  },
  {
    key: 'masked-and-started',
    ansible: '`masked: true` with `state: started` or `enabled: true` masks, and may fail then.',
    vrun: 'That is a Problem before the first connection.',
  },
  {
    key: 'reload',
    ansible: '`daemon_reload` is never a change.',
    vrun: 'It is one where the files of a unit are newer than what the manager knows, and nothing otherwise. A task reads its own unit’s files again in any case.',
  },
  {
    key: 'oneshot',
    ansible: 'Whether a unit came up is not looked at.',
    vrun: 'A start that fails or does not last is a failure, with the last lines of the journal.',
  },
  {
    key: 'failing',
    ansible: 'A unit that waits for its next start (auto-restart) counts as running.',
    vrun: 'It is neither running nor stopped.',
  },
  {
    key: 'cannot-reload',
    ansible: 'A unit that can’t reload fails when it is reloaded.',
    vrun: 'It is refused beforehand.',
  },
  {
    key: 'all-users',
    ansible: '`scope` may be global.',
    vrun: 'It is system or user.',
    instead: 'Run it in a command: `systemctl --global enable NAME`.',
  },
  {
    key: 'reexec',
    parameters: ['daemon_reexec', 'daemon-reexec'],
    ansible: 'It starts the manager anew.',
    vrun: 'There is no parameter for that.',
    instead: 'Run it in a command: `systemctl daemon-reexec`.',
  },
];

const MOUNT: readonly Difference[] = [
  {
    key: 'source',
    ansible: 'With `mounted` anything that is mounted at the path will do.',
    vrun: 'It has to come from `src`, with the flags of `opts`; else it is unmounted, or mounted anew.',
  },
  {
    key: 'absent',
    ansible: '`absent` unmounts only what has a line in the table, and fails at a mount point that isn’t empty.',
    vrun: 'It unmounts in any case, and such a directory stays.',
  },
  {
    key: 'stacked',
    ansible: '`unmounted` takes away what is uppermost.',
    vrun: 'It takes away all that is mounted there.',
  },
  {
    key: 'ephemeral',
    ansible: '`ephemeral` is a change each time.',
    vrun: 'It is one where something has to be mounted.',
  },
  {
    key: 'boot',
    ansible: '`boot: false` is without effect where `opts` has defaults, or isn’t given.',
    vrun: 'It adds noauto in any case.',
  },
  {
    key: 'fields',
    ansible: 'A line with fewer than six fields is written anew, or, when it is to go, stays. & becomes \\046.',
    vrun: 'Missing fields are 0, as fstab(5) says; only spaces, tabs, backslashes and # are written as numbers.',
  },
  {
    key: 'systemd',
    ansible: 'systemd goes on with the old table.',
    vrun: 'It reads the table again once that is written.',
  },
  {
    key: 'swap',
    ansible: 'Swap space that is to be mounted fails.',
    vrun: 'That is a Problem before the first connection.',
  },
];

const APT_REPOSITORY: readonly Difference[] = [
  {
    key: 'form',
    parameters: ['repo', 'filename', 'codename', 'mode', 'update_cache', 'install_python_apt', 'validate_certs'],
    ansible: 'apt_repository takes a whole line in `repo`, and a key from elsewhere.',
    vrun: 'A repository has a `name`, `uri`, `suites`, `components` and the key that it is `signed_by`; it becomes a file of deb822.',
    instead:
      'From `deb [signed-by=KEY] URI SUITE COMPONENT` make `uri`, `suites`, `components` and `signed_by`; the lists are fetched by the apt task that needs them.',
  },
  {
    key: 'by-name',
    parameters: ['state'],
    ansible:
      'A file has as many repositories as tasks put there, and `absent` takes a line out of whatever file has it.',
    vrun: 'A name has one, and a file of its own: another takes its place, and `absent` takes it away with its key.',
  },
  {
    key: 'conflict',
    ansible: 'A source that another file has with another key is added, and apt then reads none.',
    vrun: 'It is refused, and the file named.',
  },
];

export const SERVICES: Readonly<Record<string, readonly Difference[]>> = {
  apt: APT,
  'apt-repository': APT_REPOSITORY,
  mount: MOUNT,
  systemd: SYSTEMD,
};
