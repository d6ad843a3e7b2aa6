// What the modules that run something, say something or decide mean otherwise than Ansible's.
import type { Difference } from '../../engine/module/difference.ts';

/** Of `command`, `shell` and `script`. */
const RUN: readonly Difference[] = [
  {
    key: 'directory',
    ansible: 'Without `chdir` it runs in the home directory of the login user.',
    vrun: 'It runs in /.',
  },
  {
    key: 'one-path',
    parameters: ['creates', 'removes'],
    ansible: 'They may be patterns, and without `chdir` relative to the home directory.',
    vrun: 'Each is one path, absolute or relative to `chdir`.',
    instead: 'For a pattern: `unless: ls /srv/app/*.db`.',
  },
  {
    key: 'not-run',
    ansible:
      'Where `creates` or `removes` says that there is nothing to do, `stdout` says so, and the script is skipped.',
    vrun: '`stdout` is empty, and the task is ok.',
  },
  {
    key: 'ends',
    parameters: ['strip_empty_ends'],
    ansible:
      'Line breaks at the end of the output are left out, but for a script’s, or where `strip_empty_ends` is false.',
    vrun: 'They are always left out.',
    instead: 'Leave it out; an output that has to be kept to the byte goes into a file, and comes here by `fetch`.',
  },
];

const STDIN: readonly Difference[] = [
  {
    key: 'stdin',
    parameters: ['stdin_add_newline'],
    ansible: '`stdin` gets a line break at its end, and a program that doesn’t read it may be a failure (Broken pipe).',
    vrun: 'It is given as it is written, read or not.',
    instead: 'Write the line break into `stdin`: "yes\\n".',
  },
];

export const COMMANDS: Readonly<Record<string, readonly Difference[]>> = {
  command: [
    ...RUN,
    ...STDIN,
    {
      key: 'words',
      ansible: '`$HOME` in a word is replaced by the environment’s value.',
      vrun: 'Words reach the program as they are written.',
    },
  ],
  shell: [...RUN, ...STDIN],
  script: [
    ...RUN,
    {
      key: 'copied',
      parameters: ['decrypt'],
      ansible:
        'The script is looked for when its turn comes, copied to the host under a name of its own, and vaults are opened.',
      vrun: 'It has to be there before the run begins, and is run without a file on the host.',
    },
  ],
  debug: [
    {
      key: 'undefined',
      parameters: ['var'],
      ansible: 'Of a variable that isn’t defined it says “VARIABLE IS NOT DEFINED!”.',
      vrun: 'It is a Problem.',
    },
    {
      key: 'verbosity',
      parameters: ['verbosity'],
      ansible: 'It is skipped below a verbosity.',
      vrun: 'It always says what it says.',
      instead: 'Leave it out, or give the task a tag.',
    },
  ],
  assert: [
    {
      key: 'message',
      parameters: ['success_msg', 'quiet'],
      ansible:
        'It may say something when all is well, and lists its conditions; a `fail_msg` that isn’t a text is a failure, and one may be empty.',
      vrun: 'It says nothing when all is well, and of the conditions those that don’t hold; a `fail_msg` is any value with something in it.',
      instead: 'Leave it out; for a word when all is well use `debug`.',
    },
  ],
  'set-fact': [
    {
      key: 'cacheable',
      parameters: ['cacheable'],
      ansible: 'A fact may be kept for later runs.',
      vrun: 'It holds until the run ends.',
      instead: 'Write it to /etc/vrun/facts.d/NAME.json: the next run knows it as `facts.local.NAME`.',
    },
  ],
  'wait-for': [
    {
      key: 'contents',
      parameters: ['search_regex'],
      ansible: 'It may wait for a text in a file or an answer.',
      vrun: 'It waits for the path or the port.',
      instead: 'Wait by `command: { argv: [grep, -q, TEXT, FILE] }` with `retries`, or by `http`.',
    },
    {
      key: 'pace',
      parameters: ['delay', 'sleep', 'connect_timeout', 'msg'],
      ansible: 'How long it waits before and between its looks can be set, and what it says in the end.',
      vrun: 'It looks at once, and then about each second.',
      instead: 'Leave it out; before the first look wait by `pause`.',
    },
    {
      key: 'connections',
      parameters: ['exclude_hosts', 'active_connection_states'],
      ansible: 'With the state `drained` it waits until no connection is open.',
      vrun: 'There is no such state: it waits for the port alone.',
      instead: 'Wait by `command: { cmd: ss -Htn sport = :80 }` with `until` and `retries`.',
    },
    {
      key: 'dry-run',
      ansible: 'Check mode skips it.',
      vrun: 'A dry run looks once.',
    },
  ],
};
