// Shows a text or a value while the runbook runs.

import { Anything, defineModule, Expression, Type } from '../../engine/module/index.ts';
import { DIFFERENCES } from './differences.ts';

export default defineModule({
  name: 'debug',
  summary: 'Show a message or a value',
  example: `
- name: Where we are
  debug: { msg: "{{ inventory_hostname }} runs {{ facts.os.id }} {{ facts.os.version }}" }
`,
  params: Type.Object({
    msg: Type.Optional(Anything({ description: 'Text, or any value, to show' })),
    var: Type.Optional(Expression({ description: "Expression, such as a variable's name, whose value to show" })),
  }),
  results: Type.Object({}),
  manual: {
    reads: 'Nothing but variables and facts.',
    changes: 'Nothing.',
    dryRun: 'What only a run will give is said to be not known yet.',
    needs: 'Nothing.',
    tried: 'Nothing of the host takes part.',
  },
  differences: DIFFERENCES,
  freeForm: 'msg',
  checkParams: (params) =>
    'msg' in params === 'var' in params
      ? [{ parameter: undefined, summary: 'debug shows one thing', hint: 'Give either msg or var.' }]
      : [],

  harmless: true,
  plan: (_have: undefined, want) => ({ changes: [], message: shown(want.msg ?? want.var) }),
});

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
}
