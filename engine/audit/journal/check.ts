// Checking a journal: every line follows the one before, every checkpoint is signed by the run's session key.

import { sha256 } from '../../base/digest.ts';
import { isEventType } from '../../event/event-types.ts';
import { canonical, parseCanonical } from '../../signature/canonical.ts';
import { parsePublicKey } from '../../signature/public-key.ts';
import { SignatureVerifier } from '../../signature/sshsig.ts';
import { byteLines } from './byte-lines.ts';
import { type InFlight, InFlightTasks } from './in-flight.ts';
import { JOURNAL_NAMESPACE } from './journal.ts';

/** A line (from 1) that isn't as it was written, and why. */
export interface Damage {
  readonly line: number;
  readonly reason: string;
}

export interface JournalCheck {
  /** Whole lines, and the digest of the last (of the open entry when there is none). */
  readonly lines: number;
  readonly head: string;
  /** The number of the last line that a valid checkpoint signs (the checkpoint's own). */
  readonly signed: number;
  /** Bytes after the last newline: what a killed process leaves. */
  readonly torn: number;
  /** At most a hundred, the first first. */
  readonly damage: readonly Damage[];
  /** What was sent and has no outcome. */
  readonly inFlight: readonly InFlight[];
}

const MOST_DAMAGE = 100;

/** What a file of the journal must follow and who signs it, from the open or resume entry; `head` from the seal, when there is one. */
export interface JournalOrigin {
  readonly run: string;
  readonly prev: string;
  readonly sessionKey: string;
  readonly head?: string;
}

/**
 * Reads a journal once, from front to back, in memory that doesn't grow with it.
 * A line whose successor holds another digest was changed itself, unless the successor was: then its own successor says so.
 * `tasks`: what earlier files of the journal had left in flight.
 * @throws what reading the file throws
 */
export async function checkJournal(
  file: string,
  origin: JournalOrigin,
  tasks = new InFlightTasks(),
): Promise<JournalCheck> {
  const checker = new Checker(origin, tasks);
  let torn = 0;
  for await (const { bytes, whole } of byteLines(file)) {
    if (whole) checker.line(bytes);
    else torn = bytes.length;
  }
  return checker.end(torn);
}

class Checker {
  readonly #origin: JournalOrigin;
  readonly #sessionKey: Buffer | undefined;
  readonly #signatures = new SignatureVerifier();
  readonly #tasks: InFlightTasks;
  readonly #damage: Damage[] = [];
  #lines = 0;
  #head: string;
  #signed = 0;
  /** The number that the last line should have had; unknown after one that can't be read. */
  #n: number | undefined = 0;
  /** A line whose `prev` isn't the digest of the line before it: which of the two was changed is not yet known. */
  #doubt: number | undefined;

  constructor(origin: JournalOrigin, tasks: InFlightTasks) {
    this.#origin = origin;
    this.#tasks = tasks;
    this.#head = origin.prev;
    this.#sessionKey = parsePublicKey(origin.sessionKey)?.blob;
  }

  line(bytes: Buffer): void {
    this.#lines += 1;
    const before = this.#head;
    this.#head = sha256(bytes);
    let value: JournalFields;
    try {
      value = fieldsOf(parseCanonical(bytes.subarray(0, -1)));
    } catch (error) {
      // The line before is cleared of doubt only by what follows it; a damaged line can't tell.
      this.#settle(true);
      this.#report(this.#lines, messageOf(error));
      this.#n = undefined;
      return;
    }
    this.#settle(value.prev === before);
    if (this.#n !== undefined && value.n !== this.#n + 1)
      this.#report(this.#lines, `it says that it is line ${String(value.n)}`);
    this.#n = this.#n === undefined ? Number(value.n) : this.#n + 1;
    if (value.prev !== before) this.#doubt = this.#lines;
    if (value.type === 'checkpoint') this.#checkpoint(value);
    else if (isEventType(value.type)) this.#tasks.see(value);
    else this.#report(this.#lines, 'it is neither an event nor a checkpoint');
  }

  end(torn: number): JournalCheck {
    const { head } = this.#origin;
    // A torn line is what is wrong then, and the last whole one is not the one that was sealed.
    const asSealed = head === undefined || torn > 0 || head === this.#head;
    this.#settle(asSealed);
    if (!asSealed) this.#report(Math.max(1, this.#lines), 'the seal holds another digest of the last line');
    this.#damage.sort((a, b) => a.line - b.line);
    return {
      lines: this.#lines,
      head: this.#head,
      signed: this.#signed,
      torn,
      damage: this.#damage,
      inFlight: this.#tasks.list(),
    };
  }

  /** `intact`: what follows the line in doubt holds that line's digest, so it was the line before that was changed. */
  #settle(intact: boolean): void {
    const doubt = this.#doubt;
    this.#doubt = undefined;
    if (doubt === undefined || this.#damage.some(({ line }) => line === doubt)) return;
    if (!intact) this.#report(doubt, `it was changed: it doesn't hold the digest of line ${doubt - 1}`);
    else if (doubt === 1) this.#report(1, "it doesn't follow the run's open entry, or the entry that resumed it");
    else this.#report(doubt - 1, `it was changed: line ${doubt} holds another digest of it`);
  }

  #checkpoint(value: JournalFields): void {
    const { sshsig, ...rest } = value;
    try {
      if (value.run !== this.#origin.run) throw new Error('the checkpoint is of another run');
      const message = Buffer.from(`${canonical(rest)}\n`);
      const key = this.#signatures.verify(String(sshsig), JOURNAL_NAMESPACE, message);
      if (this.#sessionKey === undefined || !key.equals(this.#sessionKey)) throw new Error("the key is not the run's");
      this.#signed = this.#lines;
      this.#settle(true);
    } catch (error) {
      this.#report(this.#lines, messageOf(error));
    }
  }

  #report(line: number, reason: string): void {
    if (this.#damage.length < MOST_DAMAGE && !this.#damage.some((known) => known.line === line)) {
      this.#damage.push({ line, reason });
    }
  }
}

/** A line's fields, of which nothing is known yet. */
export interface JournalFields {
  readonly [field: string]: unknown;
}

function fieldsOf(value: unknown): JournalFields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('not an event');
  return { ...value };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
