// The allowed_signers file of ssh-keygen(1): which key may sign as whom, for what, and when. The answers are those of
// `ssh-keygen -Y verify`, odd ones included, and tests hold them to it.

import { hasCode } from '../base/file-error.ts';
import { readPlain } from '../base/plain-file.ts';
import { fail } from '../language/problem/problem.ts';
import { parseAbsoluteTime } from './absolute-time.ts';
import { matchesList } from './pattern-list.ts';
import { readSignerLine, type SignerKey, type SignerLine } from './signers-line.ts';

/** A key, what it signed, and the time in question as `-Overify-time` takes it: `absoluteTime`. */
export interface SignerUse {
  readonly blob: Uint8Array;
  readonly namespace: string;
  readonly time: string;
}

/** Who may sign. Certificate authorities are read and never match: we sign with plain keys. */
export class AllowedSigners {
  /** Undefined for a comment, a text where a line can't be read. A line's number is its index and one. */
  readonly #lines: readonly (SignerLine | string | undefined)[];

  /** Any bytes are a file of allowed signers: a line that can't be read is one that allows nobody. */
  constructor(bytes: Uint8Array) {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    this.#lines = (text.match(/[^\n]*\n|[^\n]+$/g) ?? []).map(readSignerLine);
  }

  /** Reads the file; undefined when there is none. @throws ProblemError `audit` when it can't be read */
  static async read(file: string): Promise<AllowedSigners | undefined> {
    try {
      return new AllowedSigners(await readPlain(file));
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined;
      return fail({
        code: 'audit',
        summary: "The list of allowed signers can't be read",
        detail: `${file}: ${error instanceof Error ? error.message : String(error)}`,
      });
    }
  }

  /** True when the key may sign as `principal`. */
  allows(use: SignerUse, principal: string): boolean {
    return this.whyNot(use, principal) === undefined;
  }

  /** Why the key may not sign as `principal`, in words that follow the file's name; undefined when it may. */
  whyNot({ blob, namespace, time: text }: SignerUse, principal: string): string | undefined {
    const time = parseAbsoluteTime(text);
    if (time === undefined) return `can't be asked about ${text}, which isn't a time`;
    const listed = this.#linesOf(blob).filter(({ principals }) => matchesList(principals, bytesOf(principal)));
    const objections = listed.map(({ key }) => objection(key, namespace, time));
    if (objections.includes(undefined)) return undefined;
    return objections.at(-1) ?? `does not list for ${principal}${this.#unread()}`;
  }

  /** A name under which the key may sign: the first that isn't a pattern. */
  principalOf(use: SignerUse): string | undefined {
    return this.#namesOf(use.blob).find((name) => !/[*?!]/.test(name) && this.allows(use, name));
  }

  /** Whose key it is: the first name or, where there is none, pattern under which it may sign. */
  whose(use: SignerUse): string | undefined {
    return this.principalOf(use) ?? this.#namesOf(use.blob).find((name) => this.allows(use, name));
  }

  /** Why nobody may sign with the key, in words that follow the file's name. */
  whyNobody(use: SignerUse): string {
    const [name] = this.#namesOf(use.blob);
    return (name === undefined ? undefined : this.whyNot(use, name)) ?? `does not list${this.#unread()}`;
  }

  /** Names and patterns of all lines with the key, in the file's order. */
  #namesOf(blob: Uint8Array): readonly string[] {
    return this.#linesOf(blob).flatMap(({ principals }) =>
      principals.split(',').map((name) => Buffer.from(name, 'latin1').toString('utf8')),
    );
  }

  #linesOf(blob: Uint8Array): readonly SignerLine[] {
    return this.#lines.filter((line) => typeof line === 'object').filter(({ key }) => key.blob.equals(blob));
  }

  /** That not all of the file could be read, as the end of a sentence. */
  #unread(): string {
    const index = this.#lines.findIndex((line) => typeof line === 'string');
    return index < 0 ? '' : `, and whose line ${index + 1} can't be read (${this.#lines[index]})`;
  }
}

/** Why a line with the right name and key doesn't allow it. */
function objection(key: SignerKey, namespace: string, time: number): string | undefined {
  const { authority, namespaces, validAfter, validBefore } = key;
  if (authority) return 'lists as an authority for certificates only';
  if (namespaces !== undefined && !matchesList(namespaces, bytesOf(namespace))) {
    return `lists for ${namespaces === '' ? 'nothing' : namespaces} only`;
  }
  if (validAfter !== undefined && time < validAfter) return `trusts from ${iso(validAfter)} only (it is ${iso(time)})`;
  if (validBefore !== undefined && time > validBefore) {
    return `trusts until ${iso(validBefore)} only (it is ${iso(time)})`;
  }
  return undefined;
}

/** OpenSSH compares bytes, so a character here stands for one. */
function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function iso(seconds: number): string {
  const date = new Date(seconds * 1000);
  return date.toISOString().replace('.000Z', 'Z');
}
