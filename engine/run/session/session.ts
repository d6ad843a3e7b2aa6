// One host's session: its connection, at most two long-lived shells on it, and a local shell for what a task does on
// the controller. Opening a shell brings the facts, the host's lock and the notes of an earlier run.

import { setTimeout as sleep } from 'node:timers/promises';
import { ProblemError } from '../../language/problem/problem.ts';
import type { Answer, Connection, Frame, Shell, Target } from '../../transport/channel/connection.ts';
import { isWorthRetrying } from '../../transport/connect.ts';
import type { ActsAs } from '../list/acting-as.ts';
import type { LockHolder } from './host-lock.ts';
import { InTurn } from './in-turn.ts';
import { Interrupted } from './interrupted.ts';
import { type HeldNote, heldNotes } from './notes.ts';
import { openShell, unlessFenced } from './open-shell.ts';
import { type Hello, parseHello } from './opening.ts';

export interface SessionOptions {
  readonly target: Target;
  readonly connect: (target: Target, signal: AbortSignal) => Promise<Connection>;
  readonly facts: ReadonlySet<string>;
  /** Undefined in a dry run: it takes no lock. */
  readonly lock: LockHolder | undefined;
  /** Aborted by the first Ctrl-C: nothing is opened any more, and only steps are waited for. */
  readonly stop: AbortSignal;
  /** Aborted by the second: connections are dropped where they are. */
  readonly signal: AbortSignal;
}

/** What opening a session found on the host. */
export interface Welcome {
  readonly hello: Hello;
  readonly notes: readonly HeldNote[];
  /** Writes that a run has noted, and not that they were done. */
  readonly left: readonly { readonly run: string; readonly shell: ShellName }[];
  readonly hostKey: Connection['hostKey'];
  readonly user: string;
}

export type ShellName = 'login' | 'root' | 'controller';

/** Where a place's frames go. `user`: whom a frame has to name, undefined where the shell already runs as that user. */
export interface ShellUse {
  readonly shell: ShellName;
  readonly user: string | undefined;
}

/** Milliseconds before a connection that broke is made again; twice, thrice as long after that. */
const PAUSE = 400;

/** Shared by all that acts on the host: each shell takes one message after the other. */
export class HostSession {
  readonly #options: SessionOptions;
  #target: Target;
  #connection: Promise<Connection> | undefined;
  #local: Promise<Connection> | undefined;
  #user: string | undefined;
  /** What was opened at first, to be opened again after a reconnect. */
  #places: readonly ActsAs[] = [];
  readonly #shells = new Map<ShellName, Promise<Shell>>();
  /** Messages of shells that were closed before a reconnect. */
  readonly #spent = new Map<ShellName, number>();
  readonly #open = new Map<ShellName, Shell>();
  readonly #sending = new InTurn();
  #starting: Promise<Welcome> | undefined;
  #opened: number | undefined;
  /** How often the connection was given up: who meets a lost one sees whether somebody has seen to it already. */
  resets = 0;
  /**
   * Which attempt at the host this is, as `LockHolder` has it. Once a session with a higher one has come to the host, messages
   * reject with `fenced`. Another one counts from the next start or message on, for which it logs in again.
   */
  epoch: number | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#target = options.target;
  }

  /** The next start opens shells for these, even if another host's task starts it. */
  expect(places: readonly ActsAs[]): void {
    this.#places = places;
  }

  get target(): Target {
    return this.#target;
  }

  /** Makes `target` the way to the host; true when it was another one, and the session has to be started again. */
  async retarget(target: Target): Promise<boolean> {
    if (JSON.stringify(target) === JSON.stringify(this.#target)) return false;
    await this.reset();
    this.#target = target;
    return true;
  }

  /** The most messages that any one shell of the host has had. */
  get messages(): number {
    const count = (name: ShellName) => (this.#spent.get(name) ?? 0) + (this.#open.get(name)?.messages ?? 0);
    return Math.max(count('login'), count('root'));
  }

  /** Counts messages that others have sent for this run. */
  credit(messages: number): void {
    this.#spent.set('login', (this.#spent.get('login') ?? 0) + messages);
  }

  /** Begins to log in, and sends nothing yet. What comes of it is told at the start. */
  logInAhead(): void {
    this.#connect().catch(() => undefined);
  }

  /**
   * Logs in and opens the shells that `places` need.
   * @throws ProblemError when the host can't be reached, its shell is unusable, or another run holds its lock.
   */
  start(places: readonly ActsAs[] = this.#places): Promise<Welcome> {
    this.#starting ??= this.#start(places)
      .catch(async (error: unknown) => {
        // The next attempt starts afresh.
        await this.#drop();
        throw this.#asInterrupted(error);
      })
      .finally(() => {
        this.#starting = undefined;
      });
    return this.#starting;
  }

  /** A connection that breaks while its shells are opened is made again: nothing was done on it yet. */
  async #start(places: readonly ActsAs[]): Promise<Welcome> {
    this.#places = places;
    if (this.#isOutdated) await this.#drop();
    for (let tries = 1; ; tries += 1) {
      const connection = await this.#connect();
      try {
        return await this.#openShells(connection, places);
      } catch (error) {
        if (!isWorthRetrying(error, tries)) throw error;
        await this.#drop();
        await sleep(PAUSE * tries, undefined, { signal: this.#options.stop });
      }
    }
  }

  async #openShells(connection: Connection, places: readonly ActsAs[]): Promise<Welcome> {
    const names = [...new Set(places.filter((place) => place.on === 'host').map((place) => this.#shellOf(place)))];
    const welcomes = await Promise.all(
      (names.length > 0 ? names : (['login'] as const)).map(async (name, index) => {
        const opened = this.#openShell(name, index === 0);
        const opening = opened.then(({ shell }) => shell);
        opening.catch(() => undefined); // `opened` is waited for: an opening that fails is told there
        this.#shells.set(name, opening);
        const { shell, hello } = await opened;
        this.#open.set(name, shell);
        return { name, ...hello };
      }),
    );
    const [first] = welcomes;
    if (!first) throw new Error('a session opens at least one shell');
    const notes = welcomes.flatMap(({ name, notes: lines }) => heldNotes(name, lines));
    const left = welcomes.flatMap(({ name, left: runs }) => runs.map((run) => ({ run, shell: name })));
    return { hello: first, notes, left, hostKey: connection.hostKey, user: connection.user };
  }

  /** Which shell serves a place, and as whom its frames run there. Only once the session has started. */
  route(place: ActsAs): ShellUse {
    if (place.on === 'controller') return { shell: 'controller', user: undefined };
    const shell = this.#shellOf(place);
    return { shell, user: shell === 'login' || place.user === 'root' ? undefined : place.user };
  }

  /**
   * Sends one message to a shell, behind those that others have sent there. The shell is opened at its first use; after
   * a reset the session is started again.
   */
  send(name: ShellName, frames: readonly Frame[]): Promise<Answer[]> {
    return this.#sending.add(name, () => this.#send(name, frames));
  }

  /** What a script prints, on a channel of its own: for what is too large to be an answer. */
  async *download({ shell, user }: ShellUse, script: string): AsyncGenerator<Uint8Array, void> {
    const { stop: signal } = this.#options;
    const connection = await (shell === 'controller' ? this.#local : this.#connect());
    if (connection) yield* connection.download({ root: shell === 'root', user, script, signal });
  }

  /** True while a message to the shell is under way. */
  isBusy(name: ShellName): boolean {
    return this.#sending.has(name);
  }

  /** The shell that was opened first: notes of handlers lie with it. */
  get home(): ShellName {
    return this.#open.has('root') ? 'root' : 'login';
  }

  async #send(name: ShellName, frames: readonly Frame[]): Promise<Answer[]> {
    if (name !== 'controller' && (this.#connection === undefined || this.#isOutdated)) await this.start();
    const shell = await this.#shell(name);
    const answers: Answer[] = [];
    const { signal, stop } = this.#options;
    try {
      for await (const answer of shell.send(frames, signal, stop)) answers.push(answer);
    } catch (error) {
      throw this.#asInterrupted(error);
    }
    return unlessFenced(answers);
  }

  /** Whether shells are open with another epoch. */
  get #isOutdated(): boolean {
    return this.#open.size > 0 && this.#opened !== this.epoch;
  }

  /** What Ctrl-C breaks off is no failure. */
  #asInterrupted(error: unknown): unknown {
    const { stop } = this.#options;
    return error === stop.reason || (stop.aborted && !(error instanceof ProblemError)) ? new Interrupted() : error;
  }

  /** Forgets the connection; the next use logs in again. */
  async reset(): Promise<void> {
    this.resets += 1;
    await this.#sending.settled();
    await this.#drop();
  }

  async #drop(): Promise<void> {
    for (const [name, shell] of this.#open) this.#spent.set(name, (this.#spent.get(name) ?? 0) + shell.messages);
    const connection = this.#connection;
    this.#connection = undefined;
    this.#open.clear();
    this.#shells.clear();
    await connection?.then(
      (open) => open.close(),
      () => undefined, // it never opened: there is nothing to close
    );
  }

  /** Drops the connection where it is. What the host runs just now it runs to its end. */
  cut(): void {
    void this.#connection?.then(
      (open) => open.close(),
      () => undefined,
    );
  }

  /** Has the shells do what they were given for their end, and forgets them and their connections. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#open.values()].map((shell) => shell.close()));
    const local = this.#local;
    this.#local = undefined;
    await Promise.allSettled([this.#drop(), local?.then((connection) => connection.close())]);
  }

  #connect(): Promise<Connection> {
    const { connect, stop } = this.#options;
    this.#connection ??= connect(this.#target, stop).then((connection) => {
      const hurry = () => connection.hurry();
      stop.addEventListener('abort', hurry, { once: true });
      void connection.closed.then(() => stop.removeEventListener('abort', hurry));
      return connection;
    });
    return this.#connection;
  }

  #shellOf(place: ActsAs): 'login' | 'root' {
    return place.user === undefined || place.user === this.#user ? 'login' : 'root';
  }

  async #shell(name: ShellName): Promise<Shell> {
    let shell = this.#shells.get(name);
    if (shell === undefined) {
      shell = this.#openShell(name, false).then((opened) => {
        this.#open.set(name, opened.shell);
        return opened.shell;
      });
      this.#shells.set(name, shell);
    }
    return shell;
  }

  async #openShell(name: ShellName, first: boolean): Promise<{ readonly shell: Shell; readonly hello: Hello }> {
    const { facts, stop: signal } = this.#options;
    const lock = this.#options.lock && { ...this.#options.lock, epoch: this.epoch };
    this.#opened = this.epoch;
    if (name === 'controller') {
      this.#local ??= this.#options.connect({ ...this.#target, transport: 'local' }, signal);
      const { shell } = await (await this.#local).openShell({ root: false, hello: ':', signal });
      return { shell, hello: parseHello('') };
    }
    const root = name === 'root';
    // Root's own lock is taken whenever root is to act, be it later on; else the login user's does. With an epoch each shell has
    // to be known to whoever comes next.
    const asked = { facts: first ? facts : [], lock: first || root || lock?.epoch !== undefined ? lock : undefined };
    return openShell(await this.#connect(), { root, ...asked, signal });
  }
}
