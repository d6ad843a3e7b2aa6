// What the engine itself is asked to do at this place of a play.
import { type Directive, defineModule, OneOf, Type } from '../engine/module/index.ts';

const ACTIONS = ['flush_handlers', 'barrier', 'end_host', 'end_play', 'reset_connection'] as const;

const DIRECTIVES: Readonly<Record<(typeof ACTIONS)[number], Directive>> = {
  flush_handlers: { kind: 'flush-handlers' },
  barrier: { kind: 'barrier' },
  end_host: { kind: 'end-host' },
  end_play: { kind: 'end-play' },
  reset_connection: { kind: 'reset-connection' },
};

export default defineModule({
  name: 'meta',
  summary: 'Steer the play itself',
  example: `
- name: Restart now what has to be restarted
  meta: flush_handlers
`,
  params: Type.Object({
    action: OneOf(ACTIONS, {
      description:
        'Run the handlers that wait, wait for all hosts, end the play for this host or for all, or log in anew',
    }),
  }),
  results: Type.Object({}),
  manual: {
    reads: 'Nothing.',
    changes: 'Nothing on the host.',
    dryRun: 'Where its `when` isn’t known, what comes after an end that may come is `unknown`.',
    needs: 'Nothing.',
    tried: 'Nothing of the host takes part.',
  },
  freeForm: 'action',
  harmless: true,

  about: ({ action }) => (action === 'end_host' || action === 'end_play' ? ['play:rest'] : []),

  plan: (_have: undefined, { action }) => ({ changes: [], directive: DIRECTIVES[action] }),
});
