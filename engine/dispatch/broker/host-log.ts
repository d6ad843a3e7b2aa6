// The log of one host in one run, as its writer sees it. The log itself refuses a second writer: each message names the one before it,
// and a message of a higher epoch ends the older writer.
import type { StoredMsg } from '@nats-io/jetstream';
import { headers, type MsgHdrs } from '@nats-io/transport-node';
import type { Broker } from './broker.ts';
import { Fenced } from './fenced.ts';
import { AskAgain, persist } from './persist.ts';
import { isWrongSequence, publish } from './publish.ts';
import { EVENTS, logSubject } from './subjects.ts';

const EPOCH = 'Vrun-Epoch';
const NUMBER = 'Vrun-Number';
const LAST = 'Vrun-Last';

/** How often the log may be said to be shorter than we know it. */
const PUZZLED = 10;

/** What each message says of itself beside its bytes; 0 where it doesn't, which no writer of ours leaves out. */
export interface Mark {
  readonly epoch: number;
  /** 1, 2, 3 … within its epoch. */
  readonly n: number;
  /** The host is finished: nothing comes after it. */
  readonly isLast: boolean;
}

/** A message that lies in a host's log. */
export interface Logged extends Mark {
  /** Of the whole stream: it grows, with gaps. */
  readonly seq: number;
  readonly data: Uint8Array;
}

export interface LogName {
  readonly region: string;
  readonly run: string;
  readonly host: string;
}

/**
 * Opens a host's log for the holder of a lease. Nothing is claimed before the first append: look at `last`, append, and only then
 * touch the host.
 * @param lost the lease's: once it is aborted nothing is appended any more
 * @throws Fenced where the log knows a higher epoch; the reason of `lost`; ProblemError
 */
export async function openLog(broker: Broker, name: LogName, epoch: number, lost: AbortSignal): Promise<HostLog> {
  const subject = logSubject(name.region, name.run, name.host);
  const last = await persist(broker, () => lastOf(broker, subject), lost);
  if (last !== undefined && last.epoch > epoch) throw new Fenced(`the log has the epoch ${last.epoch}`);
  return new HostLog(broker, { ...name, subject, epoch, lost, last });
}

type Opened = LogName & {
  readonly subject: string;
  readonly epoch: number;
  readonly lost: AbortSignal;
  readonly last: Logged | undefined;
};

export class HostLog {
  /** What lay there last when it was opened: nothing, an older epoch's message, or the last of all. */
  readonly last: Logged | undefined;
  readonly #broker: Broker;
  readonly #opened: Opened;
  #n: number;
  #seq: number;
  #puzzled = 0;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(broker: Broker, opened: Opened) {
    this.#broker = broker;
    this.#opened = opened;
    this.last = opened.last;
    this.#n = opened.last?.epoch === opened.epoch ? opened.last.n : 0;
    this.#seq = opened.last?.seq ?? 0;
  }

  /**
   * Appends after all that was appended before, one message at a time, since each names the sequence of the one before it.
   * What waits meanwhile is best gathered into one message by the caller.
   * @returns the stream's sequence of it, which is then stored
   * @throws Fenced once the lease is lost or another has written; ProblemError, also for more than `largestPayload` bytes. In each case
   *   all that follow throw it, too: nothing is stored after what is missing
   */
  append(bytes: Uint8Array, { isLast = false }: { readonly isLast?: boolean } = {}): Promise<number> {
    const appended = this.#queue.then(() => this.#append(bytes, isLast));
    this.#queue = appended;
    this.#queue.catch(() => undefined); // whoever appended is told
    return appended;
  }

  async #append(bytes: Uint8Array, isLast: boolean): Promise<number> {
    const mark: Mark = { epoch: this.#opened.epoch, n: this.#n + 1, isLast };
    const seq = await persist(this.#broker, () => this.#try(bytes, mark), this.#opened.lost);
    this.#n = mark.n;
    this.#seq = seq;
    this.#puzzled = 0;
    return seq;
  }

  /** One try. Where an earlier one was stored and its answer lost, that is found: as a duplicate, or as the log's last message. */
  async #try(bytes: Uint8Array, mark: Mark): Promise<number> {
    const { subject } = this.#opened;
    const msgID = `${subject}/${mark.epoch}/${mark.n}`; // it counts for the whole stream: the subject has to be in it
    const expect = { lastSubjectSequence: this.#seq };
    try {
      return (await publish(this.#broker, EVENTS, subject, bytes, { msgID, expect, headers: headersOf(mark) })).seq;
    } catch (error) {
      if (!isWrongSequence(error)) throw error;
      return this.#afterWrongSequence(mark);
    }
  }

  async #afterWrongSequence(mark: Mark): Promise<number> {
    const { subject, epoch } = this.#opened;
    const last = await lastOf(this.#broker, subject);
    if (last?.epoch === epoch && last.n === mark.n) return last.seq;
    if (last !== undefined && last.seq > this.#seq) throw new Fenced(`the epoch ${last.epoch} has written to the log`);
    // A replica that lags behind tells us what we knew already. The next try asks the leader again, for a while.
    if (++this.#puzzled > PUZZLED) throw new Fenced('the log was taken away');
    throw new AskAgain();
  }
}

/** What a message of the stream says of itself. */
export function markOf(found: MsgHdrs | undefined): Mark {
  const count = (name: string): number => {
    const value = Number(found?.get(name) ?? '');
    return Number.isSafeInteger(value) && value > 0 ? value : 0;
  };
  return { epoch: count(EPOCH), n: count(NUMBER), isLast: found?.get(LAST) === '1' };
}

function headersOf({ epoch, n, isLast }: Mark): MsgHdrs {
  const made = headers();
  made.set(EPOCH, String(epoch));
  made.set(NUMBER, String(n));
  if (isLast) made.set(LAST, '1');
  return made;
}

async function lastOf({ jsm }: Broker, subject: string): Promise<Logged | undefined> {
  const found: StoredMsg | null = await jsm.direct.getMessage(EVENTS, { last_by_subj: subject });
  return found === null ? undefined : { seq: found.seq, data: found.data, ...markOf(found.header) };
}
