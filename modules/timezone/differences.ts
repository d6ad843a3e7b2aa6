// What timezone means otherwise than Ansible's module of the same name.
import type { Difference } from '../../engine/module/index.ts';

export const DIFFERENCES: readonly Difference[] = [
  {
    key: 'hardware-clock',
    parameters: ['hwclock', 'rtc'],
    ansible: 'Whether the hardware clock is in UTC.',
    vrun: 'It has no such parameter.',
    instead: 'Use a command: timedatectl set-local-rtc 0.',
  },
  {
    key: 'debian-file',
    ansible: 'With systemd /etc/timezone is neither looked at nor written.',
    vrun: 'Where it is there it names the same zone.',
  },
  {
    key: 'name-needed',
    parameters: ['name'],
    ansible: 'The zone may be left out.',
    vrun: 'It is needed.',
  },
];
