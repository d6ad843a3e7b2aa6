// The journal of one run: one event a line, each holding the digest of the line before; checkpoints signed by a key that
// lives in memory only. Written by one queue, so that one sync to disk serves every host that waits for it.
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { sha256 } from '../../base/digest.ts';
import type { Event } from '../../event/event.ts';
import { canonical } from '../../signature/canonical.ts';
import { signWithKey } from '../../signature/private-key.ts';
import { publicKeyBlob, publicKeyLine } from '../../signature/public-key.ts';
import { makeSshSignatureSync } from '../../signature/sshsig.ts';
import { syncDirectory } from '../chain/durable-file.ts';

/** The namespace of checkpoints' signatures. */
export const JOURNAL_NAMESPACE = 'vrun-audit-journal-v1';

/** Without anybody waiting, a checkpoint is written after this many lines or milliseconds, whichever is first. */
const CHECKPOINT_LINES = 500;
const CHECKPOINT_TIME = 1000;

/** Milliseconds in which what nobody waits for is gathered into one write. */
const GATHERED = 10;

/** What the journal adds to an event: the line's number from 1, the digest of the line before (of the open entry's file
 * for the first), and the time. */
export interface Stamp {
  readonly n: number;
  readonly prev: string;
  readonly at: string;
}

/** Says that all lines before it are this run's. `sshsig` signs the canonical line without itself, and a newline. */
export interface Checkpoint {
  readonly type: 'checkpoint';
  readonly run: string;
  readonly sshsig: string;
}

export type JournalLine = (Event | Checkpoint) & Stamp;

/** The key that signs a run's checkpoints. `publicKey` is a line as in a `.pub` file. */
export interface SessionKey {
  readonly publicKey: string;
  readonly sign: (message: Uint8Array) => string;
}

/** A new Ed25519 key that dies with the process. */
export function newSessionKey(): SessionKey {
  const privateKey: KeyObject = generateKeyPairSync('ed25519').privateKey;
  const blob = publicKeyBlob(privateKey);
  return {
    publicKey: publicKeyLine(blob),
    sign: (message) => makeSshSignatureSync(blob, JOURNAL_NAMESPACE, message, (data) => signWithKey(privateKey, data)),
  };
}

interface Waiter {
  readonly sync: boolean;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A journal being written. Once writing has failed (a full disk), every later call fails with the same error. */
export class Journal {
  readonly #handle: FileHandle;
  readonly #run: string;
  readonly #session: SessionKey;
  readonly #clock: () => Date;
  #lines = 0;
  #head: string;
  #signed = 0;
  #signedAt: number;
  #pending: string[] = [];
  #pendingLength = 0;
  #waiters: Waiter[] = [];
  #written = 0;
  #synced = 0;
  #pumping = false;
  #gathering: NodeJS.Timeout | undefined;
  #failure: { readonly error: unknown } | undefined;

  private constructor(handle: FileHandle, run: string, prev: string, session: SessionKey, clock: () => Date) {
    this.#handle = handle;
    this.#run = run;
    this.#head = prev;
    this.#session = session;
    this.#clock = clock;
    this.#signedAt = performance.now();
  }

  /** Creates the file, which must not exist. `prev` is the digest of the open entry's file. */
  static async create(
    file: string,
    options: { run: string; prev: string; session: SessionKey; clock?: () => Date },
  ): Promise<Journal> {
    const handle = await open(file, 'ax', 0o600);
    await syncDirectory(path.dirname(file));
    return new Journal(handle, options.run, options.prev, options.session, options.clock ?? (() => new Date()));
  }

  /** Characters that wait to be written: a caller that is faster than the disk should wait for `written`. */
  get backlog(): number {
    return this.#pendingLength;
  }

  /** Adds an event, already redacted, to the queue. @throws whatever made writing fail before */
  append(event: Event): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#add(canonical({ ...event, ...this.#stamp() }));
    this.#wake();
  }

  /** Resolves once everything appended so far is signed by a checkpoint and synced to disk. */
  durable(): Promise<void> {
    return this.#wait(true);
  }

  /** Resolves once everything appended so far is handed to the operating system. */
  written(): Promise<void> {
    return this.#wait(false);
  }

  /** Writes the last checkpoint, syncs and closes. @returns the number of lines and the digest of the last */
  async close(): Promise<{ lines: number; head: string }> {
    try {
      await this.durable();
    } finally {
      await this.#handle.close();
      this.#failure ??= { error: new Error('the journal is closed') };
    }
    return { lines: this.#lines, head: this.#head };
  }

  #stamp(): Stamp {
    return { n: this.#lines + 1, prev: this.#head, at: this.#clock().toISOString() };
  }

  #add(text: string): void {
    const line = `${text}\n`;
    this.#pending.push(line);
    this.#pendingLength += line.length;
    this.#head = sha256(line);
    this.#lines += 1;
  }

  #addCheckpoint(): void {
    const checkpoint = { type: 'checkpoint', run: this.#run, ...this.#stamp() };
    const sshsig = this.#session.sign(Buffer.from(`${canonical(checkpoint)}\n`));
    this.#add(canonical({ ...checkpoint, sshsig }));
    this.#signed = this.#lines;
    this.#signedAt = performance.now();
  }

  #wait(sync: boolean): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error);
    if (this.#lines === (sync ? this.#synced : this.#written)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiters.push({ sync, resolve, reject });
      this.#wake();
    });
  }

  /** Not at once: what other hosts append in this turn of the event loop, or a little later, goes with it. */
  #wake(): void {
    if (this.#pumping) return;
    if (this.#waiters.length === 0) {
      this.#gathering ??= setTimeout(() => void this.#pump(), GATHERED);
      return;
    }
    clearTimeout(this.#gathering);
    this.#pumping = true;
    setImmediate(() => void this.#pump());
  }

  async #pump(): Promise<void> {
    this.#pumping = true;
    this.#gathering = undefined;
    while (this.#pending.length > 0 || this.#waiters.length > 0) {
      const waiters = this.#waiters;
      this.#waiters = [];
      try {
        await this.#flush(waiters.some((waiter) => waiter.sync));
      } catch (error) {
        this.#failure = { error };
        for (const waiter of [...waiters, ...this.#waiters]) waiter.reject(error);
        this.#waiters = [];
        this.#pending = [];
        break;
      }
      for (const waiter of waiters) waiter.resolve();
    }
    this.#pumping = false;
  }

  async #flush(sync: boolean): Promise<void> {
    const late =
      performance.now() - this.#signedAt >= CHECKPOINT_TIME || this.#lines - this.#signed >= CHECKPOINT_LINES;
    if ((sync || late) && this.#signed < this.#lines) this.#addCheckpoint();
    const batch = this.#pending;
    this.#pending = [];
    this.#pendingLength = 0;
    const lines = this.#lines;
    if (batch.length > 0) await this.#handle.appendFile(batch.join(''));
    this.#written = lines;
    if (!sync) return;
    await this.#handle.datasync();
    this.#synced = lines;
  }
}
