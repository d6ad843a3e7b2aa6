// Runs a program, without a shell: its words reach it as they are written.

import { defineModule, sh, Type } from '../../engine/module/index.ts';
import { commandWords } from '../../engine/module/shell-words.ts';
import { commandManual, runsACommand } from '../../engine/resources/command/as-module.ts';
import { checkCommand, checkWords, commandParams } from '../../engine/resources/command/params.ts';
import { commandThings, userCommand } from '../../engine/resources/command/user-command.ts';
import { DIFFERENCES } from './differences.ts';

export default defineModule({
  ...runsACommand,
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
  manual: {
    ...commandManual,
    changes: 'Whatever the program does; no shell reads its words.',
    needs: 'The program.',
  },
  differences: DIFFERENCES,

  checkParams: (params) => [...checkWords(params), ...checkCommand(params)],

  prepare: (params, traits) => {
    const words = commandWords(params.argv ?? params.cmd);
    return { ...userCommand(params.cmd ?? words.join(' '), sh`exec ${words}`, params, traits), calls: words[0] };
  },
  about: (given) => commandThings(Array.isArray(given.argv) ? given.argv.join(' ') : given.cmd, given),
});
