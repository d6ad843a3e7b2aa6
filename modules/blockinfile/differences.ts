// What blockinfile means otherwise than Ansible's module of the same name.
import type { Difference } from '../../engine/module/index.ts';
import { EDITED } from '../../engine/resources/text/differences.ts';

export const DIFFERENCES: readonly Difference[] = [
  {
    key: 'marker',
    ansible: 'The marker is `# {mark} ANSIBLE MANAGED BLOCK`.',
    vrun: 'It is `# {mark} VRUN MANAGED BLOCK`. A block that Ansible wrote is found with its marker.',
  },
  {
    key: 'one-marker',
    ansible: 'A marker without {mark}, or a block that holds its own markers, is put in and grows at every run.',
    vrun: 'It is a Problem, or a failure.',
  },
  {
    key: 'half-block',
    ansible:
      'Of several blocks with the same marker one is taken away, and what lies between markers the wrong way round too.',
    vrun: 'None of them is left; a marker without its other is left alone.',
  },
  {
    key: 'missing-file',
    ansible: 'A block that shall be absent from a file that is absent is a failure without create.',
    vrun: 'It is absent.',
  },
  {
    key: 'last-line',
    ansible: 'Where a block is to be absent, and isn’t there, a last line without a line break gets one.',
    vrun: 'The file stays as it is.',
  },
  ...EDITED,
];
