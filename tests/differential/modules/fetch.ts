import fc from 'fast-check';
import { any, ending, giving } from '../rules.ts';
import type { Announced, Subject } from '../trial.ts';
import { few, found, path, RESET, rare, task } from './parts.ts';

/** The same content at another place, or what another file has taken the place of. */
const elsewhere: Announced['is'] = (difference, { vrun, ansible, tasks }) => {
  if (difference.kind !== 'state') return false;
  const { phase, vrun: ours, ansible: theirs } = difference;
  const contents = (side: typeof vrun) => [...side[phase].seen.values()];
  if (ours !== null && theirs === null) return contents(ansible).includes(ours);
  return ours === null && (contents(vrun).includes(theirs) || tasks.length > 1);
};

export const fetch: Subject = {
  module: 'fetch',
  settled: true,
  announced: [
    { key: 'place', is: any(giving('dest'), elsewhere, ending('failed', 'changed', /is a file, and no directory/)) },
  ],
  reset: RESET,
  brought: ['fetched'],
  trials: fc.record({
    given: found,
    tasks: few(
      task('fetch', {
        src: path,
        dest: fc.constantFrom('fetched/', 'fetched/one', 'fetched'),
        flat: rare(fc.boolean(), 2),
        fail_on_missing: rare(fc.boolean(), 5),
        validate_checksum: rare(fc.boolean(), 20),
      }),
    ),
  }),
};
