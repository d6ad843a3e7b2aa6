// Conditions that must hold, or the host fails.

import { defineModule, Expressions, Type } from '../../engine/module/index.ts';
import { DIFFERENCES } from './differences.ts';

export default defineModule({
  name: 'assert',
  summary: 'Fail unless conditions hold',
  example: `
- name: A supported system
  assert:
    that:
      - facts.os.family == 'debian'
      - facts.memory_mb >= 512
    fail_msg: This runbook wants Debian or Ubuntu and 512 MB of memory.
`,
  params: Type.Object({
    that: Expressions({ description: 'Expression, or list of them, each of which must be true' }),
    fail_msg: Type.Optional(Type.String({ description: 'What to say when one is not' })),
  }),
  results: Type.Object({
    assertion: Type.Optional(
      Type.Array(Type.String(), { description: 'Those that are not true, as they are written' }),
    ),
  }),
  manual: {
    reads: 'Nothing but variables and facts.',
    changes: 'Nothing.',
    dryRun: 'A condition over what only a run will give makes the task `unknown`.',
    needs: 'Nothing.',
    tried: 'Nothing of the host takes part.',
  },
  differences: DIFFERENCES,
  aliases: { msg: 'fail_msg' },
  check: true,

  plan: (_have: undefined, want) => {
    const broken = want.that.filter(({ outcome }) => outcome !== true);
    if (broken.length === 0) return { changes: [] };
    const told = broken.map(({ source, outcome }) => `  ${source}${outcome === 'unknown' ? '  (not known yet)' : ''}`);
    return {
      changes: [],
      failure: {
        summary: want.fail_msg || 'an assertion does not hold',
        detail: `This is not true:\n${told.join('\n')}`,
      },
      result: { assertion: broken.map(({ source }) => source) },
    };
  },
});
