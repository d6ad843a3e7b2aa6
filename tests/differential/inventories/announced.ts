// What of inventories and patterns is meant to be otherwise: docs/inventory.md says it, too.
import type { InventoryDifference } from './compare.ts';

interface Announced {
  readonly key: string;
  readonly ansible: string;
  readonly vrun: string;
  readonly is: (difference: InventoryDifference) => boolean;
}

export const ANNOUNCED: readonly Announced[] = [
  {
    key: 'skipped',
    ansible: 'What can’t be read is left out with a warning: a source, an unknown key, a broken range.',
    vrun: 'It is a Problem, and nothing begins.',
    is: ({ what, warnings }) => what === 'refused' && warnings.length > 0,
  },
  {
    key: 'pattern',
    ansible: 'A name in a pattern that is neither a host nor a group is left out with a warning.',
    vrun: 'It is a Problem with the nearest names.',
    is: ({ what, vrun, warnings }) => what === 'pattern' && typeof vrun === 'string' && warnings.length > 0,
  },
  {
    key: 'subscript',
    ansible: 'A subscript beyond the end of a group picks nothing.',
    vrun: 'It is a Problem.',
    is: ({ what, vrun }) => what === 'pattern' && vrun === 'This subscript is beyond the end',
  },
];
