// Runs a program, without a shell: its words reach it as they are written.

import { defineModule, sh, Type } from '../../engine/module/index.ts';
import { commandWords } from '../../engine/module/shell-words.ts';
import { checkCommand, checkWords, commandParams, commandResults } from '../../engine/resources/command/params.ts';
import {
  commandThings,
  guardThings,
  parseCommand,
  pendingCommand,
  planCommand,
  probeCommand,
  probeInput,
  userCommand,
} from '../../engine/resources/command/user-command.ts';
import { DIFFERENCES } from './differences.ts';

export default defineModule({
  name: 'command',
  summary: 'Run a program',
  example: `
- name: The database is made once
  command:
    argv: [/opt/app/bin/setup, --database, app]
    creates: /var/lib/app/app.db

- name: Which version runs
  command: { argv: [nginx, -v] }
  read_only: true
  register: version
`,
  params: Type.Object({
    argv: Type.Optional(
      Type.Array(Type.String(), { minItems: 1, description: 'The program and its arguments, a word each' }),
    ),
    cmd: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'The same as one line, split into words at white space and quotes as a shell does; $, *, | and > mean nothing',
      }),
    ),
    ...commandParams,
  }),
  results: commandResults,
  manual: {
    reads:
      'Whether the paths of `creates` and `removes` are there, and how `unless` and `onlyif` end; without these nothing.',
    changes: 'Whatever the program does; no shell reads its words.',
    dryRun:
      'What it would do: it is `changed` without being run, its results are `unknown`, and so is every later task about a path or name that stands in its words. With `read_only` it is run, behind pending changes too.',
    needs: 'The program.',
    tried: 'Debian 12: dash 0.5.12, bash 5.2; BusyBox 1.35.',
  },
  differences: DIFFERENCES,
  freeForm: 'cmd',
  command: true,
  takesCut: true,

  checkParams: (params) => [...checkWords(params), ...checkCommand(params)],

  prepare: (params, traits) => {
    const words = commandWords(params.argv ?? params.cmd);
    return { ...userCommand(params.cmd ?? words.join(' '), sh`exec ${words}`, params, traits), calls: words[0] };
  },
  probe: probeCommand,
  input: probeInput,
  parse: parseCommand,
  about: (given) => commandThings(Array.isArray(given.argv) ? given.argv.join(' ') : given.cmd, given),
  looksAt: guardThings,
  pending: pendingCommand,
  plan: planCommand,
});
