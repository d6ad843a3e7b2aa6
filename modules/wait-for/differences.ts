// What wait-for means otherwise than Ansible's module of the same name.
import type { Difference } from '../../engine/module/index.ts';

export const DIFFERENCES: readonly Difference[] = [
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
];
