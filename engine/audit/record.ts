// The record of one run: its open entry (or the one that resumes it) is signed before anything is sent to a host, its journal is written as things
// happen, and its seal signs what came of it.
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import type { FileDigest } from '../base/files-read.ts';
import type { Event, HostTotals } from '../event/event.ts';
import type { GivenOptions } from '../event/given.ts';
import { appendEntry, type EntryReference } from './chain/chain.ts';
import { removeStale, syncDirectory } from './chain/durable-file.ts';
import type { Signer } from './chain/signer.ts';
import {
  type Body,
  isRunId,
  type OpenPredicate,
  type SealPredicate,
  type StatementSubject,
} from './chain/statement.ts';
import type { InFlight } from './journal/in-flight.ts';
import { Journal, newSessionKey, type Stamp } from './journal/journal.ts';
import { markOpen, unmark } from './open-runs.ts';
import { type RecoveredRun, recoverDeadRuns } from './recover.ts';
import { appendResume, type Resuming } from './resume.ts';
import { journalName, syncedRunFiles } from './run-files.ts';

/** Characters of the journal that may wait for the disk before `emit` waits too. */
const MOST_BACKLOG = 8 * 1024 * 1024;

/** What the open entry says of a run. Digests are sha256 in hex. */
export interface RunOpening {
  readonly run: string;
  readonly check: boolean;
  readonly operator: string;
  /** The engine's version. */
  readonly version: string;
  /** Each with the digest over the bytes of all files read for it. */
  readonly runbooks: readonly { readonly file: string; readonly sha256: string }[];
  /** The git commit of the runbooks, with `-dirty` when there were changes; null when there is none. */
  readonly commit: string | null;
  readonly inventory: { readonly sources: readonly string[]; readonly sha256: string };
  /** Every file that was read by then. */
  readonly files?: readonly FileDigest[];
  /** What the command line said; nothing secret. */
  readonly given?: GivenOptions;
  /** The hosts chosen, each with the host keys pinned for it. */
  readonly hosts: readonly {
    readonly name: string;
    readonly keys: readonly { readonly type: string; readonly fingerprint: string }[];
  }[];
}

/** A new run's id, which sorts by time: `20261122T204315Z-1f3a9c`. */
export function newRunId(now: Date = new Date()): string {
  return `${now.toISOString().replace(/[-:]|\.\d+/g, '')}-${randomBytes(3).toString('hex')}`;
}

interface RecordParts extends Pick<RunRecord, 'run' | 'opened' | 'recovered' | 'inFlight'> {
  readonly signer: Signer;
  readonly journal: Journal;
  readonly earlier: () => AsyncGenerator<Event & Stamp>;
}

/** The record of a run that is going on. */
export class RunRecord {
  readonly run: string;
  /** The record's directory, `.vrun`, and that of this run's files in it: what is put there before `seal` is sealed. */
  readonly root: string;
  readonly directory: string;
  /** The entry by which this process has the run, its open entry or the one that resumes it: what a witness on a host is given. */
  readonly opened: EntryReference;
  /** Runs that died before this one, for which it signed recover entries. */
  readonly recovered: readonly RecoveredRun[];
  /** What was in flight when the run died that this process goes on with. */
  readonly inFlight: readonly InFlight[];
  readonly #journal: Journal;
  readonly #signer: Signer;

  readonly #earlier: () => AsyncGenerator<Event & Stamp>;

  private constructor(root: string, parts: RecordParts) {
    const { run, signer, journal, opened, recovered, earlier, inFlight } = parts;
    this.root = root;
    this.run = run;
    this.directory = path.join(root, 'runs', run);
    this.opened = opened;
    this.recovered = recovered;
    this.inFlight = inFlight;
    this.#journal = journal;
    this.#signer = signer;
    this.#earlier = earlier;
  }

  /**
   * Recovers runs that died, signs this run's open entry and begins its journal. Nothing may be sent to a host before;
   * logins may begin once `ready` is called: the run is marked on disk by then, and its entry is about to be.
   * @throws ProblemError `audit` or `signer`
   */
  static async open(
    root: string,
    signer: Signer,
    opening: RunOpening,
    ready: () => void = () => undefined,
  ): Promise<RunRecord> {
    const { run } = opening;
    if (!isRunId(run)) throw new RangeError(`${JSON.stringify(run)} can't be the id of a run`);
    const recovered = await makeReady(root, signer, run);
    await mkdir(path.join(root, 'runs', run), { mode: 0o700 });
    await Promise.all([syncDirectory(path.join(root, 'runs')), markOpen(root, run)]);
    ready();
    const session = newSessionKey();
    const opened = await append(root, signer, openBody(opening, session.publicKey));
    const journal = await Journal.create(path.join(root, journalName(run)), { run, prev: opened.sha256, session });
    return new RunRecord(root, { run, signer, journal, opened, recovered, earlier: nothing, inFlight: [] });
  }

  /**
   * Signs that this process goes on with a run that died, and begins the next file of its journal. Nothing may be sent to a host
   * before.
   * @throws ProblemError `audit` or `signer`: also where the run can't be resumed any more
   */
  static async resume(root: string, signer: Signer, resuming: Resuming): Promise<RunRecord> {
    const { run } = resuming;
    const recovered = await makeReady(root, signer, run);
    await mkdir(path.join(root, 'runs', run), { recursive: true, mode: 0o700 });
    const session = newSessionKey();
    const resumed = await appendResume(root, signer, resuming, session.publicKey);
    const { entry: opened, part, earlier, inFlight } = resumed;
    await markOpen(root, run);
    const journal = await Journal.create(path.join(root, journalName(run, part)), {
      run,
      prev: opened.sha256,
      session,
    });
    return new RunRecord(root, { run, signer, journal, opened, recovered, earlier, inFlight });
  }

  /** The events of a resumed run before this process had it, as far as checkpoints sign them: redacted, one at a time. */
  earlier(): AsyncGenerator<Event & Stamp> {
    return this.#earlier();
  }

  /**
   * Journals an event, which must be redacted. With `durable` it resolves once the event, and every one before it, is
   * signed and on disk: what a message that carries steps waits for. With `soon` nobody waits, and it is signed at once all the same.
   * @throws what writing the journal threw: then nothing more may be changed on any host
   */
  async emit(event: Event, options: { readonly durable?: boolean; readonly soon?: boolean } = {}): Promise<void> {
    this.#journal.append(event);
    // A journal that fails is noticed by the next event.
    if (options.soon === true) void this.#journal.durable().catch(() => undefined);
    if (options.durable === true) await this.#journal.durable();
    else if (this.#journal.backlog > MOST_BACKLOG) await this.#journal.written();
  }

  /**
   * Ends the journal and signs the seal: over the outcome, the journal's head and the digest of every file in `directory`,
   * and of `files`, which were read since the run was opened.
   * @throws Error for a file there whose name has quotes, backslashes or control characters, or that is no plain file
   */
  async seal(
    status: SealPredicate['status'],
    statistics: { readonly [host: string]: HostTotals },
    files: readonly FileDigest[] = [],
  ): Promise<EntryReference> {
    const journal = await this.#journal.close();
    const subject = [...(await syncedRunFiles(this.root, this.run)), ...files.map(subjectOf)];
    const sealed = await append(this.root, this.#signer, {
      subject,
      predicate: { kind: 'seal', run: this.run, at: now(), status, statistics: { ...statistics }, journal },
    });
    await unmark(this.root, this.run);
    return sealed;
  }
}

/** Makes the directories, and recovers what died in them. */
async function makeReady(root: string, signer: Signer, run: string): Promise<readonly RecoveredRun[]> {
  await mkdir(path.join(root, 'log'), { recursive: true, mode: 0o700 });
  await mkdir(path.join(root, 'runs'), { recursive: true, mode: 0o700 });
  await removeStale(path.join(root, 'log'));
  return recoverDeadRuns(root, signer, run);
}

async function* nothing(): AsyncGenerator<never> {}

async function append(root: string, signer: Signer, body: Body): Promise<EntryReference> {
  const entry = await appendEntry(root, signer, async () => body);
  if (entry === undefined) throw new Error('an entry with a body is always appended');
  return entry;
}

/** What an open entry is about: the runbooks and the inventory, by digest. */
export function openSubjects({
  runbooks,
  inventory,
}: Pick<RunOpening, 'runbooks' | 'inventory'>): readonly StatementSubject[] {
  return [
    ...runbooks.map(({ file, sha256 }) => subjectOf({ name: `runbook:${file}`, sha256 })),
    subjectOf({ name: 'inventory', sha256: inventory.sha256 }),
  ];
}

function subjectOf({ name, sha256 }: FileDigest): StatementSubject {
  return { name, digest: { sha256 } };
}

function openBody(opening: RunOpening, sessionKey: string): Body {
  const { run, operator, version, commit, runbooks, inventory } = opening;
  return {
    subject: [...openSubjects(opening), ...(opening.files ?? []).map(subjectOf)],
    predicate: {
      kind: 'open',
      run,
      at: now(),
      operator,
      version,
      mode: opening.check ? 'check' : 'run',
      runbooks: runbooks.map(({ file }) => file),
      inventory: [...inventory.sources],
      commit,
      ...givenOf(opening.given),
      hosts: opening.hosts.map(({ name, keys }) => ({ name, keys: [...keys] })),
      sessionKey,
      process: { host: hostname(), pid: process.pid },
    },
  };
}

/** Mutable, as the schema has it. */
function givenOf({
  options,
  extraVars,
  sudoUser,
}: GivenOptions = {}): Pick<OpenPredicate, 'options' | 'extraVars' | 'sudoUser'> {
  return {
    ...(options ? { options: [...options] } : {}),
    ...(extraVars ? { extraVars: [...extraVars] } : {}),
    ...(sudoUser === undefined ? {} : { sudoUser }),
  };
}

function now(): string {
  return new Date().toISOString();
}
