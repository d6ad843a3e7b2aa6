// What set-fact means otherwise than Ansible's module of the same name.
import type { Difference } from '../../engine/module/index.ts';

export const DIFFERENCES: readonly Difference[] = [
  {
    key: 'cacheable',
    parameters: ['cacheable'],
    ansible: 'A fact may be kept for later runs.',
    vrun: 'It holds until the run ends.',
    instead: 'Write it to /etc/vrun/facts.d/NAME.json: the next run knows it as `facts.local.NAME`.',
  },
];
