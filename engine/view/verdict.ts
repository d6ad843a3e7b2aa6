// How a run came out, in a sentence or two: for the last lines of the screen and the first of the report.
import { hostsText } from './group.ts';
import type { HostSummary, RunSummary } from './summary.ts';
import { count, duration } from './words.ts';

/** What went wrong, and where; `trouble` is empty where nothing did. */
export interface Verdict {
  /** `failed after 6.9 s` */
  readonly outcome: string;
  /** `1 host failed (web1)`, `2 not begun (web2, web3)` */
  readonly trouble: readonly string[];
  /** `4 tasks changed on 1 host` */
  readonly changed: string;
}

/** The verdict on a run so far. */
export function verdictOf(summary: RunSummary): Verdict {
  const hosts = [...summary.hosts.values()];
  const failed = hosts.filter(({ phase, totals }) => phase === 'failed' || (totals.failed > 0 && !totals.unreachable));
  const unreachable = hosts.filter(({ totals }) => totals.unreachable);
  const stopped = hosts.filter(({ phase }) => phase === 'stopped');
  const untouched = hosts.filter(({ phase }) => phase === 'untouched');
  const trouble = [
    ...(failed.length > 0 ? [`${count(failed.length, 'host')} failed (${names(failed)})`] : []),
    ...(unreachable.length > 0 ? [`${count(unreachable.length, 'host')} unreachable (${names(unreachable)})`] : []),
    ...(stopped.length > 0 ? [`${stopped.length} stopped (${names(stopped)})`] : []),
    ...(untouched.length > 0 ? [`${untouched.length} not begun (${names(untouched)})`] : []),
  ];
  return { outcome: outcomeText(summary), trouble, changed: changedText(summary, hosts) };
}

function names(hosts: readonly HostSummary[]): string {
  return hostsText(
    hosts.map(({ host }) => host),
    [],
  );
}

function outcomeText({ status, check, ms }: RunSummary): string {
  const word = { ok: 'ok', failed: 'failed', interrupted: 'interrupted', running: 'not finished' }[status];
  const time = ms === undefined ? '' : `${status === 'ok' ? ' in' : ' after'} ${duration(ms)}`;
  return `${check ? 'dry run ' : ''}${word}${time}`;
}

function changedText({ check }: RunSummary, hosts: readonly HostSummary[]): string {
  const sum = (figure: 'changed' | 'unknown') => hosts.reduce((total, { totals }) => total + totals[figure], 0);
  const changed = hosts.filter(({ totals }) => totals.changed > 0).length;
  const changes =
    sum('changed') === 0
      ? `nothing ${check ? 'to change' : 'changed'} on ${count(hosts.length, 'host')}`
      : `${count(sum('changed'), 'task')} ${check ? 'would change' : 'changed'} on ${count(changed, 'host')}`;
  return sum('unknown') > 0 ? `${changes}, ${sum('unknown')} known only after that` : changes;
}
