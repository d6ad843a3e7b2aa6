// Gives the host variables of its own, for the tasks that follow.

import { Anything, defineModule, Type, type Value } from '../../engine/module/index.ts';
import { DIFFERENCES } from './differences.ts';

export default defineModule({
  name: 'set-fact',
  summary: 'Set variables of the host',
  example: `
- name: Where the application lives
  set-fact:
    app_home: "/srv/{{ inventory_hostname }}"
    workers: !expr facts.cpus * 2
`,
  params: Type.Unsafe<Readonly<Record<string, Value>>>(
    Type.Object(
      {},
      { additionalProperties: Anything({ description: 'Value of the variable of this name' }), minProperties: 1 },
    ),
  ),

  results: Type.Object({ facts: Anything({ description: 'The variables that were set, by name' }) }),
  manual: {
    reads: 'Nothing but variables and facts.',
    changes: 'Nothing on the host: variables of this run.',
    dryRun: 'A value of which only a run will know is passed on as `unknown`.',
    needs: 'Nothing.',
    tried: 'Nothing of the host takes part.',
  },
  differences: DIFFERENCES,

  harmless: true,
  plan: (_have: undefined, facts) => ({ changes: [], directive: { kind: 'set-facts', facts }, result: { facts } }),
});
