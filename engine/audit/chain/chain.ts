// The chain: `log/00000001.json` and on, each a signed statement that holds the digest of the file before it.

import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sha256 } from '../../base/digest.ts';
import { hasCode } from '../../base/file-error.ts';
import { readPlain } from '../../base/plain-file.ts';
import { fail } from '../../language/problem/problem.ts';
import { canonical, parseCanonical } from '../../signature/canonical.ts';
import { createFile } from './durable-file.ts';
import { ENTRY_NAMESPACE, type Signer } from './signer.ts';
import {
  type Body,
  ENTRY_PREDICATE_TYPE,
  ENTRY_STATEMENT_TYPE,
  isStatement,
  NOTHING,
  type Statement,
} from './statement.ts';

/** How often an entry is signed again since somebody else's came first. */
const MOST_TRIES = 1000;

/** The end of the chain; `seq` is 0 and `chain` undefined when it is empty. */
export interface Tip {
  readonly seq: number;
  readonly sha256: string;
  readonly chain: string | undefined;
}

/** An entry that was appended. */
export interface EntryReference {
  readonly seq: number;
  readonly chain: string;
  readonly sha256: string;
  readonly file: string;
  /** What the entry says of when it was signed. */
  readonly at: string;
}

/** A file of the chain, taken apart but not verified. `line` is what is signed, with its newline. */
export interface ChainEntry {
  readonly statement: Statement;
  readonly line: Buffer;
  readonly signature: string;
  readonly sha256: string;
}

/** The file name of an entry: eight digits, so that names sort as numbers. */
export function entryName(seq: number): string {
  return `${String(seq).padStart(8, '0')}.json`;
}

/** The names of files in `log/`, without those that are just being written. Empty when there is no chain yet. */
export async function entryNames(directory: string): Promise<string[]> {
  try {
    return (await readdir(path.join(directory, 'log'))).filter((name) => !name.startsWith('.')).sort();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** Takes an entry's bytes apart. @throws Error that says what is wrong */
export function parseChainEntry(bytes: Buffer): ChainEntry {
  const end = bytes.indexOf(0x0a);
  if (end < 0) throw new Error('it has no signature');
  const statement = parseCanonical(bytes.subarray(0, end));
  if (!isStatement(statement)) throw new Error('it is not a statement of vrun');
  const signature = bytes.subarray(end + 1).toString('latin1');
  return { statement, line: bytes.subarray(0, end + 1), signature, sha256: sha256(bytes) };
}

/** Reads and takes apart the entry `seq` of the record in `directory`. @throws Error that says what is wrong */
export async function readEntry(directory: string, seq: number): Promise<ChainEntry> {
  return parseChainEntry(await readPlain(path.join(directory, 'log', entryName(seq))));
}

/** The last entry, found by name: the chain before it isn't read. @throws ProblemError `audit` when it is damaged */
export async function readTip(directory: string): Promise<Tip> {
  const last = (await entryNames(directory)).findLast((name) => /^\d{8}\.json$/.test(name));
  if (last === undefined) return { seq: 0, sha256: NOTHING, chain: undefined };
  const seq = Number(last.slice(0, 8));
  try {
    const { statement, sha256 } = await readEntry(directory, seq);
    return { seq, sha256, chain: statement.predicate.chain };
  } catch (error) {
    return fail({
      code: 'audit',
      summary: 'The record is damaged',
      detail: `${path.join(directory, 'log', last)}: ${error instanceof Error ? error.message : String(error)}.`,
      hint: 'See what `vrun audit verify` says. To begin a new record, move this one away first.',
    });
  }
}

/**
 * Signs an entry and adds it to the chain, without a lock: whoever creates the file of the next number first wins, the
 * others read the new tip, sign again and try the number after it. `build` is called at each try and may give up.
 * @throws ProblemError `audit`
 */
export async function appendEntry(
  directory: string,
  signer: Signer,
  build: (tip: Tip) => Promise<Body | undefined>,
): Promise<EntryReference | undefined> {
  for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
    const tip = await readTip(directory);
    const body = await build(tip);
    if (body === undefined) return undefined;
    const seq = tip.seq + 1;
    const chain = tip.chain ?? randomBytes(16).toString('hex');
    const predicate = { ...body.predicate, seq, prev: tip.sha256, chain, signer: signer.identity };
    const statement = {
      _type: ENTRY_STATEMENT_TYPE,
      predicateType: ENTRY_PREDICATE_TYPE,
      subject: body.subject,
      predicate,
    };
    if (!isStatement(statement)) throw new TypeError(`a ${predicate.kind} entry has a field that cannot be recorded`);
    const line = Buffer.from(`${canonical(statement)}\n`);
    const bytes = Buffer.concat([line, Buffer.from(await signer.sign(ENTRY_NAMESPACE, line))]);
    const file = path.join(directory, 'log', entryName(seq));
    if (await createFile(file, bytes)) return { seq, chain, sha256: sha256(bytes), file, at: predicate.at };
    await sleep(Math.random() * 5);
  }
  return fail({
    code: 'audit',
    summary: 'The record is too busy',
    detail: `Other runs added an entry before this one could, ${MOST_TRIES} times.`,
  });
}
