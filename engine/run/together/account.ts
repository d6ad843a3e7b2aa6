// The run's account: how far every host has come with every play, and what became of its tasks. The checklist, the totals
// and each host's outcome follow from it.
import type { Happening, HostOutcome, HostTotals } from '../../event/event.ts';
import { HostAccount } from '../../event/host-account.ts';
import type { Play } from '../../language/runbook/runbook.ts';
import type { Checklist } from './checklist.ts';
import type { Progress } from './progress.ts';

export class Account {
  readonly checklist: Checklist;
  readonly #hosts = new Map<string, HostAccount>();
  /** Of each host the plays that it hasn't come through yet. */
  readonly #open = new Map<string, Set<Play>>();
  /** The hosts that have begun with any play. */
  readonly #begun = new Set<string>();

  constructor(checklist: Checklist) {
    this.checklist = checklist;
  }

  /** These hosts should come through the play. */
  expect(play: Play, hosts: readonly string[]): void {
    for (const host of hosts) {
      const plays = this.#open.get(host) ?? new Set<Play>();
      this.#open.set(host, plays.add(play));
    }
    this.checklist.expect(play, hosts);
  }

  /** Takes an event before anybody else does. */
  see(event: Happening): void {
    if (event.type === 'play.started') for (const name of event.hosts) this.#host(name).enter(event.number);
    if ('host' in event && event.host !== null) this.#host(event.host).see(event);
  }

  #host(name: string): HostAccount {
    const host = this.#hosts.get(name) ?? new HostAccount();
    this.#hosts.set(name, host);
    return host;
  }

  /** Takes what a host tells of its way through a play. */
  note(play: Play, host: string, progress: Progress): void {
    switch (progress.of) {
      case 'play begun':
        this.#begun.add(host);
        return;
      case 'play left':
        this.#open.get(host)?.delete(play);
        return;
      case 'tasks left':
        this.checklist.leave(play, host, progress.how);
        return;
      case 'line begun':
        this.checklist.begin(progress.line, host);
        return;
      case 'line reached':
        this.checklist.come(progress.line, host);
        return;
      case 'line noted':
        this.checklist.note(progress.line, host, progress.status, progress.foreseen);
        return;
      case 'line passed':
        this.checklist.pass(progress.line, host, play);
        return;
      case 'lines missed':
        this.checklist.miss(progress.lines, host);
        return;
    }
  }

  /** The host's totals, at the end of a run that was interrupted or not. */
  totals(host: string, messages: number, interrupted: boolean): HostTotals {
    const account = this.#hosts.get(host) ?? new HostAccount();
    const { unreachable, ...counts } = account.counts;
    return { ...counts, outcome: this.#outcome(host, account, interrupted), unreachable, messages };
  }

  #outcome(host: string, account: HostAccount, interrupted: boolean): HostOutcome {
    const { unreachable, failed } = account.counts;
    if (account.interrupted) return 'interrupted';
    if (unreachable) return 'unreachable';
    if (failed > 0) return 'failed';
    if ((this.#open.get(host)?.size ?? 0) === 0) return 'done';
    if (!this.#begun.has(host)) return 'not begun';
    return interrupted ? 'interrupted' : 'stopped';
  }
}
