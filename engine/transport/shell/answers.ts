// Answers from the two output streams of a framed shell. Pure: bytes in, answers out.
import type { Answer, OutputName } from '../channel/connection.ts';
import { type Mark, MarkSplitter } from './marks.ts';

/** Of each output of a frame this much is kept unless the frame says otherwise, in bytes. */
export const outputLimit = 1024 * 1024;
const strayLimit = 64 * 1024;

/** What the shell said when it was ready. */
export interface Ready {
  readonly pid: number;
  readonly bash: boolean;
}

interface Part {
  readonly bytes: Buffer;
  readonly status: number;
  readonly truncated: boolean;
  readonly skipped: boolean;
  readonly refused: boolean;
  readonly stray: Buffer | undefined;
}

/** Keeps the first `limit` bytes and remembers that there were more. */
class Capped {
  limit: number;
  #chunks: Buffer[] = [];
  #length = 0;
  truncated = false;

  constructor(limit: number) {
    this.limit = limit;
  }

  add(bytes: Buffer): void {
    const kept = bytes.subarray(0, this.limit - this.#length);
    if (kept.length < bytes.length) this.truncated = true;
    if (kept.length === 0) return;
    this.#chunks.push(kept);
    this.#length += kept.length;
  }

  take(): Buffer {
    const bytes = Buffer.concat(this.#chunks);
    this.#chunks = [];
    this.#length = 0;
    this.truncated = false;
    return bytes;
  }
}

/** One of the two streams: what came before `ready` is noise, what comes between frames is stray. */
class Stream {
  readonly #splitter: MarkSplitter;
  readonly #done: () => void;
  readonly #body = new Capped(outputLimit);
  readonly #stray = new Capped(strayLimit);
  readonly noise = new Capped(4096);
  readonly parts: Part[] = [];
  ready: Ready | undefined;
  readonly #limits: ReadonlyMap<number, number>;
  #next = 0;
  #inside = false;
  #refused = false;

  constructor(nonce: string, limits: ReadonlyMap<number, number>, done: () => void) {
    this.#done = done;
    this.#limits = limits;
    this.#splitter = new MarkSplitter(
      nonce,
      (bytes) => (this.ready === undefined ? this.noise : this.#inside ? this.#body : this.#stray).add(bytes),
      (mark) => this.#mark(mark),
    );
  }

  push(chunk: Buffer): void {
    this.#splitter.push(chunk);
  }

  /** What the frame that is running has printed so far. */
  takeUnfinished(): Buffer {
    return this.#body.take();
  }

  #mark(mark: Mark): boolean {
    if (mark.kind === 'r') {
      if (this.ready !== undefined) return false;
      this.ready = { pid: mark.number, bash: mark.rest === 'bash' };
      this.#done();
      return true;
    }
    if (this.ready === undefined || mark.number !== this.#next) return false;
    if ((mark.kind === 'e' || mark.kind === 'f') !== this.#inside) return false;
    if (mark.kind === 'f') {
      this.#refused = true;
    } else if (mark.kind === 'b') {
      this.#inside = true;
      this.#body.limit = this.#limits.get(this.#next) ?? outputLimit;
    } else {
      this.#inside = false;
      this.#next++;
      const stray = this.#stray.take();
      const truncated = this.#body.truncated;
      this.parts.push({
        bytes: this.#body.take(),
        status: Number(mark.rest),
        truncated,
        skipped: mark.kind === 's',
        refused: this.#refused,
        stray: stray.length > 0 ? stray : undefined,
      });
      this.#refused = false;
      this.#done();
    }
    return true;
  }
}

/** Puts the two streams of a shell together. `onReady` and `onAnswer` are called as soon as both streams say so. */
export class AnswerReader {
  readonly #stdout: Stream;
  readonly #stderr: Stream;
  readonly #onReady: (ready: Ready) => void;
  readonly #onAnswer: (answer: Answer) => void;
  /** By the numbers of their frames. */
  readonly #limits = new Map<number, number>();
  #answered = 0;
  #ready = false;

  constructor(nonce: string, onReady: (ready: Ready) => void, onAnswer: (answer: Answer) => void) {
    this.#onReady = onReady;
    this.#onAnswer = onAnswer;
    this.#stdout = new Stream(nonce, this.#limits, () => this.#pair());
    this.#stderr = new Stream(nonce, this.#limits, () => this.#pair());
  }

  /** Says that frame `index` may print more, or less, than others. */
  limit(index: number, bytes: number): void {
    this.#limits.set(index, bytes);
  }

  stdout(chunk: Buffer): void {
    this.#stdout.push(chunk);
  }

  stderr(chunk: Buffer): void {
    this.#stderr.push(chunk);
  }

  /** What was printed before the shell was ready, for an error message. */
  noise(): string {
    return Buffer.concat([this.#stdout.noise.take(), this.#stderr.noise.take()]).toString().trim();
  }

  /** What the running frame wrote to its standard error so far, for an error message. */
  unfinished(): string {
    return this.#stderr.takeUnfinished().toString().trim();
  }

  #pair(): void {
    if (!this.#ready && this.#stdout.ready !== undefined && this.#stderr.ready !== undefined) {
      this.#ready = true;
      this.#onReady(this.#stdout.ready);
    }
    for (;;) {
      const [out] = this.#stdout.parts;
      const [err] = this.#stderr.parts;
      if (out === undefined || err === undefined) return;
      this.#stdout.parts.shift();
      this.#stderr.parts.shift();
      this.#limits.delete(this.#answered++);
      const cut: OutputName[] = [
        ...(out.truncated ? ['stdout' as const] : []),
        ...(err.truncated ? ['stderr' as const] : []),
      ];
      const stray = [out.stray, err.stray].filter((bytes) => bytes !== undefined);
      this.#onAnswer({
        status: out.status,
        stdout: out.bytes,
        stderr: err.bytes,
        truncated: cut.length > 0,
        cut,
        timedOut: false,
        skipped: out.skipped,
        ...(out.refused ? { refused: true } : {}),
        stray: stray.length > 0 ? Buffer.concat(stray) : undefined,
      });
    }
  }
}
