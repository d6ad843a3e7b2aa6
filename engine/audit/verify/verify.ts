// Verifying a record: one pass over the chain, with every run's files where its last entry stands. Says where it fails.

import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { fingerprint, sha256 } from '../../base/digest.ts';
import { readPlain } from '../../base/plain-file.ts';
import { fail } from '../../language/problem/problem.ts';
import { absoluteTime } from '../../signature/absolute-time.ts';
import { AllowedSigners } from '../../signature/allowed-signers.ts';
import { SignatureVerifier } from '../../signature/sshsig.ts';
import { type ChainEntry, entryName, entryNames, parseChainEntry } from '../chain/chain.ts';
import { ENTRY_NAMESPACE } from '../chain/signer.ts';
import { NOTHING, type OpenPredicate, type Predicate, type ResumePredicate } from '../chain/statement.ts';
import { type Witness, WitnessComparison } from '../chain/witness.ts';
import type { JournalCheck } from '../journal/check.ts';
import { runState } from '../open-runs.ts';
import { journalName } from '../run-files.ts';
import { type Finding, Findings } from './findings.ts';
import { hasFiles, type RunCheck, verifyFound, verifySealed, verifyUnsealed } from './verify-run.ts';

export interface VerifyOptions {
  /** The path of the allowed_signers file to trust. */
  readonly allowedSigners: string;
  /** What hosts say they saw of the chain. */
  readonly witnesses?: readonly Witness[];
  /** An export may leave runs out: then a run without its directory is not a finding. */
  readonly partial?: boolean;
}

/** A run that has no seal: verified up to line `journal.signed` of the last file of its journal, `file`. */
export interface UnsealedRun {
  readonly run: string;
  readonly at: string;
  readonly file: string;
  /** `recovered`: a later run signed how it was found. `running`: its process is there. `unknown`: it can't be seen from here. */
  readonly state: 'recovered' | 'running' | 'interrupted' | 'unknown';
  readonly journal: JournalCheck | undefined;
}

export interface Verification {
  /** Nothing was found: `vrun audit verify` exits 0, else 2. */
  readonly ok: boolean;
  readonly findings: readonly Finding[];
  /** The chain's id, its length and the digest of its last entry: what to compare with a copy kept elsewhere. */
  readonly chain: string | undefined;
  readonly entries: number;
  readonly head: string;
  readonly sealed: number;
  readonly unsealed: readonly UnsealedRun[];
  /** Runs that are not here (`partial`). */
  readonly absent: number;
  /** `identity fingerprint` of everybody who signed. */
  readonly signers: readonly string[];
  /** How many witnesses speak of this chain. */
  readonly witnesses: number;
}

/**
 * Verifies the record in `root` (`.vrun`): every entry, every journal line, every sealed file.
 * @throws ProblemError `audit` when there is no record or no readable allowed_signers
 */
export async function verifyRecord(root: string, options: VerifyOptions): Promise<Verification> {
  const names = await entryNames(root);
  if (names.length === 0) {
    fail({ code: 'audit', summary: 'There is no record here', detail: `${path.join(root, 'log')} has no entries.` });
  }
  const allowed = await AllowedSigners.read(options.allowedSigners);
  if (allowed === undefined) {
    return fail({
      code: 'audit',
      summary: 'There is no list of allowed signers',
      detail: `${options.allowedSigners} doesn't exist, so nothing says whose signatures count.`,
      hint: 'Name the file that you were given with --allowed-signers.',
    });
  }
  const directories = await readdir(path.join(root, 'runs')).catch(() => []);
  return new Verifier(root, allowed, options, new Set(directories)).verify(names);
}

/** A run that isn't sealed, with the entry that began the last file of its journal. */
interface OpenRun {
  readonly predicate: OpenPredicate | ResumePredicate;
  readonly sha256: string;
  /** The place of that file among all of them, from 1. */
  readonly part: number;
  /** Its last entry says that it was recovered: it can only be resumed. */
  readonly recovered: boolean;
}

class Verifier {
  readonly #root: string;
  readonly #allowed: AllowedSigners;
  /** The path of the file with them, as it was given. */
  readonly #trusted: string;
  readonly #partial: boolean;
  readonly #witnesses: WitnessComparison;
  readonly #signatures = new SignatureVerifier();
  readonly #findings = new Findings();
  /** Directories in `runs/` that no entry has spoken of yet. */
  readonly #directories: Set<string>;
  readonly #open = new Map<string, OpenRun>();
  /** Runs without a seal: those that a later run has recovered, and the others. */
  readonly #recovered = new Map<string, UnsealedRun>();
  readonly #interrupted: UnsealedRun[] = [];
  readonly #signers = new Set<string>();
  #prev = NOTHING;
  #chain: string | undefined;
  #entries = 0;
  #sealed = 0;
  #unreadable = false;
  readonly #absent = new Set<string>();

  constructor(root: string, allowed: AllowedSigners, options: VerifyOptions, directories: Set<string>) {
    this.#root = root;
    this.#allowed = allowed;
    this.#trusted = options.allowedSigners;
    this.#partial = options.partial ?? false;
    this.#witnesses = new WitnessComparison(options.witnesses ?? []);
    this.#directories = directories;
  }

  async verify(names: readonly string[]): Promise<Verification> {
    for (const name of names) {
      if (/^\d{8}\.json$/.test(name)) await this.#file(name);
      else this.#findings.add(`log/${name}`, "it doesn't belong here");
    }
    for (const open of this.#open.values()) if (!open.recovered) await this.#neverSealed(open);
    for (const run of this.#directories) {
      const files = await readdir(path.join(this.#root, 'runs', run)).catch(() => ['?']);
      if (files.length > 0) this.#findings.add(`runs/${run}`, 'no entry of the chain speaks of it');
    }
    const beyond = this.#witnesses.beyond(this.#chain ?? '', this.#entries);
    if (beyond !== undefined) {
      this.#findings.add(`log/${entryName(this.#entries + 1)}`, `the end is cut off: a witness saw entry ${beyond}`);
    }
    const findings = this.#findings.list();
    return {
      ok: findings.length === 0,
      findings,
      chain: this.#chain,
      entries: this.#entries,
      head: this.#prev,
      sealed: this.#sealed,
      unsealed: [...this.#recovered.values(), ...this.#interrupted],
      absent: this.#absent.size,
      signers: [...this.#signers],
      witnesses: this.#witnesses.count(this.#chain ?? ''),
    };
  }

  async #file(name: string): Promise<void> {
    const file = `log/${name}`;
    const seq = this.#entries + 1;
    if (name !== entryName(seq)) this.#findings.add(`log/${entryName(seq)}`, 'it is missing');
    this.#entries = Number(name.slice(0, 8));
    const bytes = await readPlain(path.join(this.#root, file));
    const entry = this.#try(file, () => parseChainEntry(bytes));
    if (entry === undefined) this.#unreadable = true;
    else {
      this.#link(file, entry);
      this.#try(file, () => this.#signature(file, entry));
      await this.#meaning(file, entry);
    }
    this.#prev = sha256(bytes);
  }

  #try<T>(file: string, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      this.#findings.add(file, error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  #link(file: string, { statement: { predicate }, sha256 }: ChainEntry): void {
    const before = `log/${entryName(this.#entries - 1)}`;
    if (predicate.seq !== this.#entries) this.#findings.add(file, `it says that it is entry ${predicate.seq}`);
    // A changed entry is named itself; that its successor then holds another digest of it is no second finding.
    else if (predicate.prev !== this.#prev && !this.#findings.has(before)) {
      this.#findings.add(
        file,
        `it doesn't hold ${this.#entries === 1 ? '64 zeros as the first does' : `the digest of ${before}`}`,
      );
    }
    this.#chain ??= predicate.chain;
    if (predicate.chain !== this.#chain) this.#findings.add(file, 'it is of another chain');
    if (this.#witnesses.contradicts({ chain: predicate.chain, seq: predicate.seq, sha256 })) {
      this.#findings.add(file, 'a witness saw another entry in this place');
    }
  }

  #signature(file: string, { statement: { predicate }, line, signature }: ChainEntry): void {
    const key = this.#signatures.verify(signature, ENTRY_NAMESPACE, line);
    const { signer, at } = predicate;
    // A key that was trusted when it signed is good for ever: what counts is the time in the entry.
    const use = { blob: key, namespace: ENTRY_NAMESPACE, time: absoluteTime(at) };
    const why = this.#allowed.whyNot(use, signer);
    if (why === undefined) this.#signers.add(`${signer} ${fingerprint(key)}`);
    else
      this.#findings.add(file, `the key ${fingerprint(key)}, which ${this.#trusted} ${why}, may not sign as ${signer}`);
  }

  async #meaning(file: string, { statement: { predicate, subject }, sha256 }: ChainEntry): Promise<void> {
    const { run } = predicate;
    this.#directories.delete(run);
    const open = this.#open.get(run);
    if (predicate.kind === 'open') {
      if (open !== undefined) this.#findings.add(file, `the run ${run} is open already`);
      this.#open.set(run, { predicate, sha256, part: 1, recovered: false });
      return;
    }
    if (open === undefined || (open.recovered && predicate.kind !== 'resume')) {
      // An entry that can't be read may have opened it: that is a finding already.
      if (!this.#unreadable) this.#findings.add(file, `the run ${run} is not open`);
      return;
    }
    this.#follow(predicate, open, sha256);
    const absent = this.#partial && !(await hasFiles(this.#root, run));
    const check = this.#runCheck(file, open);
    if (absent) this.#absent.add(run);
    else await this.#files(check, predicate, subject);
  }

  /** Where the run stands after an entry. */
  #follow(predicate: Exclude<Predicate, OpenPredicate>, open: OpenRun, sha256: string): void {
    const { kind, run, at } = predicate;
    this.#recovered.delete(run);
    if (kind === 'seal') {
      this.#open.delete(run);
      this.#sealed += 1;
    } else if (kind === 'resume') {
      this.#open.set(run, { predicate, sha256, part: open.part + 1, recovered: false });
    } else {
      this.#open.set(run, { ...open, recovered: true });
      const file = journalName(run, open.part);
      this.#recovered.set(run, { run, at, file, state: 'recovered', journal: undefined });
    }
  }

  async #files(
    check: RunCheck,
    predicate: Exclude<Predicate, OpenPredicate>,
    subject: Parameters<typeof verifySealed>[2],
  ): Promise<void> {
    if (predicate.kind === 'seal') return verifySealed(check, predicate, subject);
    const journal = await verifyFound(check, predicate, subject);
    const recovered = this.#recovered.get(predicate.run);
    if (recovered) this.#recovered.set(predicate.run, { ...recovered, journal });
  }

  async #neverSealed(open: OpenRun): Promise<void> {
    const { run, at, seq } = open.predicate;
    const state = { alive: 'running', dead: 'interrupted', unknown: 'unknown' } as const;
    const check = this.#runCheck(`log/${entryName(seq)}`, open);
    const journal = await verifyUnsealed(check);
    this.#interrupted.push({ run, at, file: check.journal, state: state[await runState(this.#root, run)], journal });
  }

  #runCheck(name: string, { predicate: { run, sessionKey }, sha256, part }: OpenRun): RunCheck {
    const origin = { run, prev: sha256, sessionKey };
    return { root: this.#root, name, journal: journalName(run, part), origin, findings: this.#findings };
  }
}
