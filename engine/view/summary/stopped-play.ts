// A play that was stopped because too many hosts had failed, in words.
import type { PlayStopped } from '../../event/event.ts';
import { count } from '../text/phrases.ts';
import { hostsText } from './group-outcomes.ts';

/** `1 host failed, and none may: the run ends here`. */
export function stopTitle({ failed, allowed }: PlayStopped): string {
  const may = allowed === 0 ? 'none may' : `at most ${allowed}% of a batch may`;
  return `${count(failed.length, 'host')} failed, and ${may}: the run ends here`;
}

/** Which hosts failed, which stopped on the way, and where nothing was changed at all. */
export function stopLines({ failed, stopped, untouched }: PlayStopped): string[] {
  const line = (words: string, hosts: readonly string[]) =>
    hosts.length === 0 ? [] : [`${words}: ${hostsText(hosts, [])}`];
  return [
    ...line('failed', failed),
    ...line('stopped behind the task in hand', stopped),
    ...line('not begun, nothing was changed there by this play', untouched),
  ];
}
