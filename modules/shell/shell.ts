// Runs a command line with a shell.

import { defineModule, sh, Type } from '../../engine/module/index.ts';
import { checkCommand, commandParams, commandResults } from '../../engine/resources/command/params.ts';
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
  results: commandResults,
  manual: {
    reads:
      'Whether the paths of `creates` and `removes` are there, and how `unless` and `onlyif` end; without these nothing.',
    changes: 'Whatever the script does, read by /bin/sh or by `executable`.',
    dryRun:
      'What it would do: it is `changed` without being run, its results are `unknown`, and so is every later task about a path or name that stands in its words. With `read_only` it is run, behind pending changes too.',
    needs: 'The shell.',
    tried: 'Debian 12: dash 0.5.12, bash 5.2; BusyBox 1.35.',
  },
  differences: DIFFERENCES,
  freeForm: 'cmd',
  command: true,
  takesCut: true,
  checkParams: checkCommand,

  prepare: (params, traits) => ({
    ...userCommand(params.cmd, sh`exec ${params.executable} -c ${params.cmd}`, params, traits),
    program: params.executable === '/bin/sh' ? undefined : params.executable,
  }),
  probe: probeCommand,
  input: probeInput,
  parse: parseCommand,
  about: (given) => commandThings(given.cmd, given),
  looksAt: guardThings,
  pending: pendingCommand,
  plan: planCommand,
});
