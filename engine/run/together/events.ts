// Where the events of a run go: the account first, then the record and whoever else looks on.
import type { Emit, Event, Happening } from '../../event/event.ts';
import type { Play } from '../../language/runbook/runbook.ts';
import type { Account } from './account.ts';
import type { Progress } from './progress.ts';
import type { Events } from './services.ts';

export class RunEvents implements Events {
  readonly #account: Account;
  readonly #emit: Emit;
  readonly #run: string;
  readonly #check: boolean;

  constructor(emit: Emit, account: Account, { id, check }: { readonly id: string; readonly check: boolean }) {
    this.#emit = emit;
    this.#account = account;
    this.#run = id;
    this.#check = check;
  }

  /**
   * Emits with the run's own fields filled in; resolves once the event is kept. Steps aren't sent unless the event that
   * names them is kept; what was done was done, whether or not it can be written down.
   */
  async happen(happening: Happening): Promise<void> {
    const isAhead = happening.type.endsWith('.applying');
    if (!isAhead) this.#account.see(happening);
    // A Happening is an Event less these two fields; TypeScript can't join them again member by member.
    await this.#emit({ ...happening, run: this.#run, check: this.#check } as Event);
    if (isAhead) this.#account.see(happening);
  }

  note(play: Play, host: string, progress: Progress): void {
    this.#account.note(play, host, progress);
    if (progress.of !== 'play left') return;
    const missed = this.#account.checklist.missedBy(host, play);
    const through = {
      ...(progress.how === 'ended' ? { ended: true as const } : {}),
      ...(missed.length > 0 ? { missed } : {}),
    };
    // A journal that fails is noticed by the next event; who isn't known to be through begins again.
    void this.happen({ type: 'host.through', host, play: play.name, ...through }).catch(() => undefined);
  }
}
