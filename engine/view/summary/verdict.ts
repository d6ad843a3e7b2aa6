// How a run came out, in a sentence or two: for the last lines of the screen and the first of the report.

import { count, duration } from '../text/phrases.ts';
import { hostsText } from './group-outcomes.ts';
import type { HostSummary, RunSummary } from './summary.ts';

/** What went wrong, and where; `trouble` is empty where nothing did. */
export interface RunVerdict {
  /** `failed after 6.9 s` */
  readonly outcome: string;
  /** `1 host failed (web1)`, `2 not begun (web2, web3)` */
  readonly trouble: readonly string[];
  /** `4 tasks changed on 1 host` */
  readonly changed: string;
  /** What more is to be known of that: `1 task failed half-way (web1): something was changed by it`. */
  readonly doubts: readonly string[];
}

/** The verdict on a run so far. */
export function verdictOf(summary: RunSummary): RunVerdict {
  const hosts = [...summary.hosts.values()];
  const failed = hosts.filter(
    ({ phase, totals }) => phase === 'failed' || (totals.failed > 0 && !totals.unreachable && phase !== 'interrupted'),
  );
  const unreachable = hosts.filter(({ totals }) => totals.unreachable);
  const stopped = hosts.filter(({ phase }) => phase === 'stopped');
  const interrupted = hosts.filter(({ phase }) => phase === 'interrupted');
  const untouched = hosts.filter(({ phase }) => phase === 'untouched');
  const trouble = [
    ...(failed.length > 0 ? [`${count(failed.length, 'host')} failed (${names(failed)})`] : []),
    ...(unreachable.length > 0 ? [`${count(unreachable.length, 'host')} unreachable (${names(unreachable)})`] : []),
    ...(stopped.length > 0 ? [`${stopped.length} stopped (${names(stopped)})`] : []),
    ...(interrupted.length > 0 ? [`${interrupted.length} in the middle (${names(interrupted)})`] : []),
    ...(untouched.length > 0 ? [`${untouched.length} not begun (${names(untouched)})`] : []),
  ];
  return {
    outcome: outcomeText(summary),
    trouble,
    changed: changedText(summary, hosts),
    doubts: doubtsOf(summary, hosts),
  };
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

type Figure = 'changed' | 'unknown' | 'halfWay' | 'inFlight' | 'acted' | 'foreseen';

function sum(hosts: readonly HostSummary[], figure: Figure): number {
  return hosts.reduce((total, { totals }) => total + (totals[figure] ?? 0), 0);
}

function changedText({ check }: RunSummary, hosts: readonly HostSummary[]): string {
  const tasks = sum(hosts, 'changed') - sum(hosts, check ? 'acted' : 'foreseen');
  const changed = hosts.filter(({ totals }) => totals.changed > 0).length;
  const changes =
    tasks === 0
      ? nothingText(check, hosts)
      : `${count(tasks, 'task')} ${check ? 'would change' : 'changed'} on ${count(changed, 'host')}`;
  return sum(hosts, 'unknown') > 0 ? `${changes}, ${sum(hosts, 'unknown')} known only after that` : changes;
}

/** Of a script that failed nobody knows what it had done by then: where one ran, nothing is claimed. */
function nothingText(check: boolean, hosts: readonly HostSummary[]): string {
  if (check) return `nothing to change on ${count(hosts.length, 'host')}`;
  if (sum(hosts, 'halfWay') + sum(hosts, 'inFlight') > 0) return `no task changed all that it should have`;
  const ran = hosts.some(({ outcomes }) =>
    outcomes.some(({ changes }) => changes.some(({ made }) => made !== undefined && made !== 'not begun')),
  );
  return `nothing ${ran ? 'is known to have changed' : 'changed'} on ${count(hosts.length, 'host')}`;
}

function doubtsOf({ check }: RunSummary, hosts: readonly HostSummary[]): string[] {
  const line = (figure: Figure, words: (tasks: string, where: string) => string) => {
    const where = hosts.filter(({ totals }) => (totals[figure] ?? 0) > 0);
    return where.length === 0 ? [] : [words(count(sum(hosts, figure), 'task'), names(where))];
  };
  return [
    ...line('halfWay', (tasks, where) => `${tasks} failed half-way (${where}): something was changed there`),
    ...line('inFlight', (tasks, where) => `${tasks} in flight (${where}): not known whether something changed there`),
    ...(check ? line('acted', (tasks, where) => `${tasks} did change something (${where}), as check_mode says`) : []),
    ...(check ? [] : line('foreseen', (tasks, where) => `${tasks} would change (${where}), as check_mode says`)),
  ];
}

/** True of a dry run by which nothing was written, as it should be: no task says otherwise by its `check_mode`. */
export function wroteNothing(summary: RunSummary): boolean {
  const hosts = [...summary.hosts.values()];
  return summary.check && sum(hosts, 'acted') + sum(hosts, 'halfWay') + sum(hosts, 'inFlight') === 0;
}
