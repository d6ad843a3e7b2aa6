// Waits for some time, or for a person.
import { defineModule, type Plan, Type } from '../engine/module/index.ts';
import { hasControl } from '../engine/resources/file/path.ts';

export default defineModule({
  name: 'pause',
  summary: 'Wait for some time or for a person',
  example: `
- name: Requests that are still under way
  pause: { seconds: 5 }

- name: A look at the first server
  pause: { prompt: Does the first server look well? }
`,
  params: Type.Object({
    seconds: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 86_400,
        description: 'How long; Ctrl-C ends the run; a dry run does not wait',
      }),
    ),
    prompt: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'What to ask at the terminal, once all hosts have come here; Enter goes on, Ctrl-C ends the run',
      }),
    ),
  }),
  results: Type.Object({}),
  manual: {
    reads: 'Nothing.',
    changes: 'Nothing.',
    dryRun: 'It neither waits nor asks.',
    needs: 'Nothing.',
    tried: 'Nothing of the host takes part.',
  },
  together: ['prompt'],

  checkParams: (params) => [
    ...('seconds' in params === 'prompt' in params
      ? [{ parameter: undefined, summary: 'pause takes seconds or prompt', hint: 'Give either seconds or prompt.' }]
      : []),
    ...(typeof params.prompt === 'string' && hasControl(params.prompt)
      ? [{ parameter: 'prompt', summary: 'A prompt is one line', hint: 'Take the line break out.' }]
      : []),
  ],

  harmless: true,
  plan: (_have: undefined, { seconds, prompt }): Plan => ({
    changes: [],
    wait: prompt === undefined ? { kind: 'seconds', seconds: seconds ?? 0 } : { kind: 'prompt', prompt },
  }),
});
