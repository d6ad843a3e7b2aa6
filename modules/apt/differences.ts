// What apt means otherwise than Ansible's module of the same name.
import type { Difference } from '../../engine/module/index.ts';

export const DIFFERENCES: readonly Difference[] = [
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
