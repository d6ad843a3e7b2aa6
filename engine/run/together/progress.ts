// How a host gets on with a play, as data: what the account and the checklist are told besides events.
import type { Status } from '../../event/event.ts';

/** `through`: it did all that the play has for it. `ended`: the runbook ended it there (`meta`). */
export type Leaving = 'through' | 'ended';

/**
 * `play begun`; `tasks left`, by their end or before it; `play left`, handlers included (not told of a host that fails or is
 * stopped). Of a line of the checklist: `line begun`, a task of it is about to be done; `line reached`, one has begun and never
 * came to its end; `line noted`, one came out so (`foreseen`: what it would change was not done); `line passed`, the play has no
 * more of them for the host. `lines missed`: tasks under them don't come any more, though they should have been done.
 */
export type Progress =
  | { readonly of: 'play begun' }
  | { readonly of: 'tasks left' | 'play left'; readonly how: Leaving }
  | { readonly of: 'line begun' | 'line reached' | 'line passed'; readonly line: string }
  | { readonly of: 'line noted'; readonly line: string; readonly status: Status; readonly foreseen: boolean }
  | { readonly of: 'lines missed'; readonly lines: readonly string[] };
