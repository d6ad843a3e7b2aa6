// Stops the host here; useful with `when`.
import { defineModule, Type } from '../engine/module/index.ts';

export default defineModule({
  name: 'fail',
  summary: 'Fail with a message',
  example: `
- name: Not on this kind of machine
  fail: { msg: "There is no build for {{ facts.arch }}." }
  when: facts.arch != 'x86_64'
`,
  params: Type.Object({
    msg: Type.String({ default: 'The runbook ends here', minLength: 1, description: 'What to say' }),
  }),
  results: Type.Object({}),
  manual: {
    reads: 'Nothing.',
    changes: 'Nothing: the host fails here.',
    dryRun: 'All is known: where its `when` is, it fails the dry run, too.',
    needs: 'Nothing.',
    tried: 'Nothing of the host takes part.',
  },
  freeForm: 'msg',

  plan: (_have: undefined, want) => ({ changes: [], failure: { summary: want.msg } }),
});
