// Runs a command line with a shell.

import { defineModule, sh, Type } from '../../engine/module/index.ts';
import { commandManual, runsACommand } from '../../engine/resources/command/as-module.ts';
import { checkCommand, commandParams } from '../../engine/resources/command/params.ts';
import { commandThings, userCommand } from '../../engine/resources/command/user-command.ts';
import { DIFFERENCES } from './differences.ts';

export default defineModule({
  ...runsACommand,
  name: 'shell',
  summary: 'Run a command line with a shell',
  example: `
- name: A listing of what is installed
  shell: { cmd: "dpkg-query -W | sort > /var/lib/app/packages.txt", creates: /var/lib/app/packages.txt }
`,
  params: Type.Object({
    cmd: Type.String({ minLength: 1, description: 'What the shell runs' }),
    ...commandParams,
    executable: Type.String({
      default: '/bin/sh',
      pattern: '^/[^\\u0000-\\u001f]*$',
      description: 'Absolute path of the shell, called with -c',
    }),
  }),
  manual: {
    ...commandManual,
    changes: 'Whatever the script does, read by /bin/sh or by `executable`.',
    needs: 'The shell.',
  },
  differences: DIFFERENCES,
  checkParams: checkCommand,

  prepare: (params, traits) => ({
    ...userCommand(params.cmd, sh`exec ${params.executable} -c ${params.cmd}`, params, traits),
    program: params.executable === '/bin/sh' ? undefined : params.executable,
  }),
  about: (given) => commandThings(given.cmd, given),
});
