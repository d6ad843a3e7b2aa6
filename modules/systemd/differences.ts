// What systemd means otherwise than Ansible's module of the same name.
import type { Difference } from '../../engine/module/index.ts';

export const DIFFERENCES: readonly Difference[] = [
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
