// The framed shell over a channel: messages out, answers in. The same for every transport.
import { withResolvers } from '../../base/with-resolvers.ts';
import { ProblemError } from '../../language/problem/problem.ts';
import { type Channel, isLost } from '../channel/channel.ts';
import type { Answer, Frame, Shell, Stdin } from '../channel/connection.ts';
import { AnswerReader, type Ready } from './answers.ts';
import { Exchange } from './exchange.ts';
import { bootText, expectPrivateFiles, guardText, type Input, inlineLimit, messageBytes } from './frame.ts';
import { makeNonce } from './nonce.ts';
import type { Overrun } from './overrun.ts';

/** How long after a kill the answer is awaited before the shell is given up, in milliseconds. */
const killGrace = 10_000;
/** A host that hasn't been heard from for so many seconds, though it is asked every few, isn't there to kill anything. */
const gone = 5;
/** How long what only reads may go on once the run is to end, in milliseconds. */
const stopGrace = 2000;
/** bash reads its script from a pipe byte by byte; from this size on it is told to take the message in one piece. */
const bashPiece = 4096;

/** What the shell needs from its connection. */
export interface ShellSupport {
  /** The host's name, for messages. */
  readonly host: string;
  /** Puts bytes into a private file on the host, for this shell's user, `token` in its name, and returns its path. */
  upload(content: Stdin, token: string, signal: AbortSignal): Promise<string>;
  /** Ends a frame; rejects where nobody could be reached who does. */
  kill(overrun: Overrun): Promise<void>;
  /** Seconds since the host was last heard from. */
  silence(): number;
}

interface Sending {
  readonly signal: AbortSignal;
  readonly stop?: AbortSignal | undefined;
  /** When the shell comes to the frames, where that isn't at once. */
  readonly begun?: Promise<void>;
  readonly count: () => void;
}

export class FramedShell implements Shell {
  readonly #channel: Channel;
  readonly #support: ShellSupport;
  readonly #reader: AnswerReader;
  readonly #nonce = makeNonce();
  readonly #token = makeNonce().slice(0, 12);
  /** The shell runs and reads; rejects with a ProblemError if it ended before. */
  readonly ready: Promise<void>;
  #shell: Ready = { pid: 0, bash: false };
  #messages = 0;
  #nextFrame = 0;
  #exchange: Exchange | undefined;
  #lost: ProblemError | undefined;
  #dropped = false;
  #endedItself = false;
  #guarded = false;

  /** `onNoise` is told of what is printed before the shell is ready. */
  constructor(channel: Channel, support: ShellSupport, onNoise: () => void = () => undefined) {
    this.#channel = channel;
    this.#support = support;
    const { promise: ready, resolve } = withResolvers<Ready>();
    this.#reader = new AnswerReader(this.#nonce, resolve, (answer) => this.#exchange?.take(answer));
    const heard = (): void => {
      if (!this.isReady) onNoise();
    };
    channel.stdout.on('data', (chunk: Buffer) => {
      this.#reader.stdout(chunk);
      heard();
    });
    channel.stderr.on('data', (chunk: Buffer) => {
      this.#reader.stderr(chunk);
      heard();
    });
    const ended = channel.ended.then((end) => {
      this.#endedItself = !isLost(end);
      return this.#lose(end.signal ?? (end.status === undefined ? 'the connection broke' : `status ${end.status}`));
    });
    this.ready = Promise.race([
      ready.then((shell) => {
        this.#shell = shell;
      }),
      ended.then((problem) => Promise.reject(problem)),
    ]);
    this.ready.catch(() => undefined);
  }

  get isReady(): boolean {
    return this.#shell.pid !== 0;
  }

  /** True once the shell has ended and not the connection to it. */
  get endedItself(): boolean {
    return this.#endedItself;
  }

  get messages(): number {
    return this.#messages;
  }

  /** What was printed before the shell was ready. */
  noise(): string {
    return this.#reader.noise();
  }

  /** Defines the shell's functions and runs `hello`; counts as no message. */
  boot(atExit: string, hello: Frame, signal: AbortSignal): AsyncGenerator<Answer, void> {
    this.#channel.stdin.write(bootText(this.#nonce, this.#token, atExit));
    return this.#run([hello], { signal, begun: this.ready, count: () => undefined });
  }

  guard(script: string): void {
    this.#channel.stdin.write(guardText(script));
    this.#guarded = true;
  }

  send(frames: readonly Frame[], signal: AbortSignal, stop?: AbortSignal): AsyncGenerator<Answer, void> {
    const count = (): void => {
      this.#messages++;
    };
    return this.#run(frames, { signal, stop, count });
  }

  /** Lets the shell read the end of its input, so that it runs what it was to do at its exit. */
  async close(): Promise<void> {
    this.#channel.stdin.end();
    if (this.#dropped) return; // it ends when what runs in it does, which nobody waits for
    let patience: NodeJS.Timeout | undefined;
    const impatient = new Promise<void>((resolve) => {
      patience = setTimeout(resolve, 2000);
    });
    await Promise.race([this.#channel.ended, impatient]);
    clearTimeout(patience);
    this.destroy();
  }

  /** Drops the shell at once: what comes after it is told that it is gone. */
  destroy(): void {
    if (!this.#dropped && this.#lost === undefined) this.#lose('it was dropped');
    this.#dropped = true;
    this.#channel.destroy();
  }

  async *#run(frames: readonly Frame[], { signal, stop, begun, count }: Sending): AsyncGenerator<Answer, void> {
    if (frames.length === 0) return;
    await this.#exchange?.done;
    const first = this.#nextFrame;
    const exchange = new Exchange(frames, (frame, at, rest) => this.#overrun(frame, first + at, rest));
    this.#exchange = exchange;
    const onAbort = (): void => {
      exchange.fail(signal.reason);
      this.destroy();
    };
    const onStop = (): void => exchange.hurry(stopGrace);
    void exchange.done.then(() => {
      signal.removeEventListener('abort', onAbort);
      stop?.removeEventListener('abort', onStop);
    });
    try {
      signal.throwIfAborted();
      signal.addEventListener('abort', onAbort, { once: true });
      // Nothing is done yet while contents are sent ahead: that need not be waited for.
      const inputs = await this.#inputs(frames, stop ?? signal);
      signal.throwIfAborted();
      if (this.#lost !== undefined) throw this.#lost;
      const bytes = messageBytes(frames, this.#nextFrame, inputs, this.#guarded);
      for (const [index, { outputLimit }] of frames.entries())
        if (outputLimit !== undefined) this.#reader.limit(this.#nextFrame + index, outputLimit);
      this.#nextFrame += frames.length;
      count();
      this.#write(bytes);
      stop?.addEventListener('abort', onStop, { once: true });
      if (begun === undefined) exchange.start();
      else begun.then(() => exchange.start()).catch((error: unknown) => exchange.fail(error));
      if (stop?.aborted) onStop();
    } catch (error) {
      exchange.fail(error);
    }
    yield* exchange.answers();
  }

  /** Contents that are too large for the message are sent ahead, each to a private file. */
  async #inputs(frames: readonly Frame[], signal: AbortSignal): Promise<Input[]> {
    const inputs: Input[] = [];
    const isInline = (stdin: Stdin): stdin is Uint8Array => stdin instanceof Uint8Array && stdin.length <= inlineLimit;
    if (frames.some(({ stdin }) => stdin !== undefined && !isInline(stdin)))
      this.#channel.stdin.write(expectPrivateFiles);
    for (const { stdin } of frames) {
      if (stdin === undefined) inputs.push(undefined);
      else if (isInline(stdin)) inputs.push({ inline: stdin });
      else inputs.push({ file: await this.#support.upload(stdin, this.#token, signal) });
    }
    return inputs;
  }

  #write(bytes: Buffer): void {
    if (this.#shell.bash && bytes.length > bashPiece) this.#channel.stdin.write(`eval "$(head -c ${bytes.length})"\n`);
    this.#channel.stdin.write(bytes);
  }

  #overrun({ timeout }: Frame, index: number, rest: boolean): void {
    const exchange = this.#exchange;
    const settle = (): void => {
      clearTimeout(patience);
      clearInterval(listening);
    };
    const giveUp = (): void => {
      settle();
      const { host } = this.#support;
      const summary = `A script on ${host} ran longer than ${timeout} s and could not be stopped`;
      const detail = 'It may still be running there; the connection to it was dropped.';
      exchange?.fail(new ProblemError([{ code: 'timed-out', summary, detail }]));
      this.destroy();
    };
    const listen = (): void => {
      const seconds = this.#support.silence();
      if (seconds <= gone) return;
      settle();
      this.#lose(`nothing was heard from the host for ${Math.floor(seconds)} s`);
      this.destroy();
    };
    const patience = setTimeout(giveUp, killGrace);
    const listening = setInterval(listen, 500);
    void exchange?.changed().then(settle);
    this.#support.kill({ pid: this.#shell.pid, index, timeout, rest }).catch(giveUp);
  }

  #lose(how: string): ProblemError {
    const said = this.#reader.unfinished();
    this.#lost = new ProblemError([
      {
        code: 'connection-lost',
        summary: `The connection to ${this.#support.host} was lost`,
        detail:
          `The shell there ended (${how}). What it had done of a message that it was still working on is unknown.` +
          (said === '' ? '' : `\nIt last said: ${said}`),
      },
    ]);
    this.#exchange?.fail(this.#lost);
    return this.#lost;
  }
}
