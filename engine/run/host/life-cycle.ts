// The life cycle of a host in a run: where its login stands, and whether it still takes part. Every transition is here.
import type { Problem } from '../../language/problem/problem.ts';

/**
 * `lent`: only tasks that others delegate to the host have logged in there, so its own shells and notes are still to come.
 * `login` settles once all that a login brings has been told. `away`: its own login failed, in a play that goes on all
 * the same.
 */
type Stage =
  | { readonly kind: 'not yet' }
  | {
      readonly kind: 'opening';
      readonly lent: boolean;
      readonly login: Promise<void>;
      readonly away: Problem | undefined;
    }
  | { readonly kind: 'open'; readonly lent: boolean; readonly login: Promise<void> }
  | { readonly kind: 'away'; readonly away: Problem };

export class LifeCycle {
  #stage: Stage = { kind: 'not yet' };
  #isOut = false;
  #hasSecondChance = true;

  /** True while somebody is logged in; plays after the first use the same session. */
  get isOpen(): boolean {
    return this.#stage.kind === 'open';
  }

  /** Why it wasn't logged in to, while a play that says `ignore_unreachable` is tried all the same. */
  get away(): Problem | undefined {
    const stage = this.#stage;
    return stage.kind === 'opening' || stage.kind === 'away' ? stage.away : undefined;
  }

  /** True once it has failed or can't be reached: it sits out the plays after. */
  get isOut(): boolean {
    return this.#isOut;
  }

  /**
   * Logs in by `start`, and then has `welcome` tell what that brought. One login at a time: whoever comes meanwhile waits
   * for it. What the host's own play has opened, or has waited for, isn't lent any more.
   * @throws what `start` and `welcome` throw; after `start` has, nobody is logged in
   */
  async open<T>(lent: boolean, start: () => Promise<T>, welcome: (started: T) => Promise<void>): Promise<void> {
    const stage = this.#stage;
    if (stage.kind === 'open') return;
    if (stage.kind === 'opening') await stage.login;
    else await this.#begin(lent, start, welcome);
    const now = this.#stage;
    if (!lent && now.kind === 'open') this.#stage = { ...now, lent: false };
  }

  #begin<T>(lent: boolean, start: () => Promise<T>, welcome: (started: T) => Promise<void>): Promise<void> {
    const before = this.#stage;
    const login = start().then(
      (started) => {
        this.#stage = { kind: 'open', lent, login };
        return welcome(started);
      },
      (error: unknown) => {
        this.#stage = before;
        throw error;
      },
    );
    this.#stage = { kind: 'opening', lent, login, away: this.away };
    return login;
  }

  /** Its own login failed, and its tasks are tried all the same. */
  stayAway(problem: Problem): void {
    this.#stage = { kind: 'away', away: problem };
  }

  /** Waits for a login under way; true when only others have logged in. */
  async isLent(): Promise<boolean> {
    const stage = this.#stage;
    if (stage.kind === 'opening' || stage.kind === 'open') await stage.login.catch(() => undefined); // told to whoever began it
    const now = this.#stage;
    return now.kind === 'open' && now.lent;
  }

  /** The session was given up: the next play logs in again. */
  close(): void {
    this.#stage = { kind: 'not yet' };
  }

  /** All that was before is forgotten: others may have been at work on the host since. */
  restart(): void {
    this.close();
    this.#isOut = false;
    this.#hasSecondChance = true;
  }

  /** It takes no part in the plays after. */
  leave(): void {
    this.#isOut = true;
  }

  /** A lost connection is made again once: true the first time, and again after `forgive`. */
  takeSecondChance(): boolean {
    const had = this.#hasSecondChance;
    this.#hasSecondChance = false;
    return had;
  }

  /** The loss was ignored, as the task says. */
  forgive(): void {
    this.#hasSecondChance = true;
  }
}
