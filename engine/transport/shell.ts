// The framed shell over a channel: messages out, answers in. The same for every transport.
import { ProblemError } from '../language/problem.ts';
import { AnswerReader, type Ready } from './answers.ts';
import type { Channel } from './channel.ts';
import type { Answer, Frame, Shell, Stdin } from './connection.ts';
import { Exchange } from './exchange.ts';
import { bootText, expectPrivateFiles, type Input, inlineLimit, messageBytes } from './frame.ts';
import { makeNonce } from './nonce.ts';

/** How long after a kill the answer is awaited before the shell is given up, in milliseconds. */
const killGrace = 10_000;
/** bash reads its script from a pipe byte by byte; from this size on it is told to take the message in one piece. */
const bashPiece = 4096;

/** What the shell needs from its connection. */
export interface ShellSupport {
  /** The host's name, for messages. */
  readonly host: string;
  /** Puts bytes into a private file on the host, for this shell's user, `token` in its name, and returns its path. */
  upload(content: Stdin, token: string, signal: AbortSignal): Promise<string>;
  /** Kills the frame that has been running under shell `pid` for longer than `timeout` seconds. */
  kill(pid: number, timeout: number): Promise<void>;
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

  constructor(channel: Channel, support: ShellSupport) {
    this.#channel = channel;
    this.#support = support;
    let onReady: (ready: Ready) => void = () => undefined;
    const ready = new Promise<Ready>((resolve) => {
      onReady = resolve;
    });
    this.#reader = new AnswerReader(this.#nonce, onReady, (answer) => this.#exchange?.take(answer));
    channel.stdout.on('data', (chunk: Buffer) => this.#reader.stdout(chunk));
    channel.stderr.on('data', (chunk: Buffer) => this.#reader.stderr(chunk));
    const ended = channel.ended.then(({ status, signal }) =>
      this.#lose(signal ?? (status === undefined ? 'the connection broke' : `status ${status}`)),
    );
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
    return this.#run([hello], signal, () => undefined);
  }

  send(frames: readonly Frame[], signal: AbortSignal): AsyncGenerator<Answer, void> {
    return this.#run(frames, signal, () => {
      this.#messages++;
    });
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

  /** Drops the shell at once. */
  destroy(): void {
    this.#dropped = true;
    this.#channel.destroy();
  }

  async *#run(frames: readonly Frame[], signal: AbortSignal, count: () => void): AsyncGenerator<Answer, void> {
    if (frames.length === 0) return;
    await this.#exchange?.done;
    const exchange = new Exchange(frames, (frame) => this.#overrun(frame));
    this.#exchange = exchange;
    const onAbort = (): void => {
      exchange.fail(signal.reason);
      this.destroy();
    };
    void exchange.done.then(() => signal.removeEventListener('abort', onAbort));
    try {
      signal.throwIfAborted();
      signal.addEventListener('abort', onAbort, { once: true });
      const inputs = await this.#inputs(frames, signal);
      if (this.#lost !== undefined) throw this.#lost;
      const bytes = messageBytes(frames, this.#nextFrame, inputs);
      for (const [index, { outputLimit }] of frames.entries())
        if (outputLimit !== undefined) this.#reader.limit(this.#nextFrame + index, outputLimit);
      this.#nextFrame += frames.length;
      count();
      this.#write(bytes);
      exchange.start();
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

  #overrun(frame: Frame): void {
    const exchange = this.#exchange;
    const giveUp = (): void => {
      exchange?.fail(
        new ProblemError([
          {
            code: 'timed-out',
            summary: `A script on ${this.#support.host} ran longer than ${frame.timeout} s and could not be stopped`,
            detail: 'It may still be running there; the connection to it was dropped.',
          },
        ]),
      );
      this.destroy();
    };
    const patience = setTimeout(giveUp, killGrace);
    void exchange?.changed().then(() => clearTimeout(patience));
    this.#support.kill(this.#shell.pid, frame.timeout).catch(giveUp);
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
