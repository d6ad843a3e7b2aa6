// The allowed_signers file of ssh-keygen(1): which key may sign as whom, for what, and when.
import { readFile } from 'node:fs/promises';
import { fail } from '../language/problem.ts';
import { hasCode } from './file-error.ts';
import { type PublicKey, parsePublicKey } from './public-key.ts';

interface Line {
  readonly principals: string;
  readonly namespaces: string | undefined;
  readonly validAfter: number;
  readonly validBefore: number;
  readonly authority: boolean;
  readonly key: PublicKey;
}

/** Who may sign. Certificate authorities are read and never match: we sign with plain keys. */
export class AllowedSigners {
  readonly #lines: readonly Line[];

  private constructor(lines: readonly Line[]) {
    this.#lines = lines;
  }

  /** @throws ProblemError `audit` for a line that isn't understood: nothing could be told from half of such a file */
  static parse(text: string, file: string): AllowedSigners {
    const lines = text.split(/\r?\n/).flatMap((line, index) => {
      if (/^\s*(#|$)/.test(line)) return [];
      const parsed = parseLine(line);
      if (parsed !== undefined) return [parsed];
      return fail({
        code: 'audit',
        summary: 'A line of allowed_signers is not understood',
        detail: `${file}:${index + 1} is not of the form \`principal [options] type key\`.`,
        hint: 'ssh-keygen(1) describes it under ALLOWED SIGNERS.',
        at: { file, line: index + 1, column: 1, length: Math.max(1, line.length), text: line },
      });
    });
    return new AllowedSigners(lines);
  }

  /** Reads the file; undefined when there is none. @throws ProblemError as `parse` */
  static async read(file: string): Promise<AllowedSigners | undefined> {
    try {
      return AllowedSigners.parse(await readFile(file, 'utf8'), file);
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  /** True when the key may sign as `principal` in `namespace` at that time. */
  allows(blob: Uint8Array, principal: string, namespace: string, at: Date): boolean {
    return this.#matching(blob, namespace, at).some((line) => matches(line.principals, principal));
  }

  /** A name under which the key may sign: the first that isn't a pattern. */
  principalOf(blob: Uint8Array, namespace: string, at: Date): string | undefined {
    return this.#matching(blob, namespace, at)
      .flatMap((line) => line.principals.split(','))
      .find((principal) => !/[*?!]/.test(principal));
  }

  /** Whose key it is: the first name or, where there is none, pattern under which it may sign. */
  whose(blob: Uint8Array, namespace: string, at: Date): string | undefined {
    return this.principalOf(blob, namespace, at) ?? this.#matching(blob, namespace, at)[0]?.principals;
  }

  /** Why a key may not sign in `namespace` at that time, in words that follow the file's name. */
  whyNot(blob: Uint8Array, namespace: string, at: Date): string {
    const listed = this.#lines.filter((line) => line.key.blob.equals(blob));
    const [first] = listed;
    const meant = listed.filter((line) => !line.authority && covers(line, namespace));
    const [early] = meant.filter(({ validAfter }) => at.getTime() < validAfter);
    const [late] = meant.filter(({ validBefore }) => at.getTime() >= validBefore);
    if (late) return `trusts until ${iso(late.validBefore)} only (it is ${iso(at.getTime())})`;
    if (early) return `trusts from ${iso(early.validAfter)} only (it is ${iso(at.getTime())})`;
    if (first === undefined) return 'does not list';
    return first.authority
      ? 'lists as an authority for certificates only'
      : `lists for ${first.namespaces ?? 'nothing'} only`;
  }

  #matching(blob: Uint8Array, namespace: string, at: Date): Line[] {
    const time = at.getTime();
    return this.#lines.filter(
      (line) =>
        !line.authority &&
        line.key.blob.equals(blob) &&
        covers(line, namespace) &&
        time >= line.validAfter &&
        time < line.validBefore,
    );
  }
}

function covers({ namespaces }: Line, namespace: string): boolean {
  return namespaces === undefined || matches(namespaces, namespace);
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('.000Z', 'Z');
}

function parseLine(line: string): Line | undefined {
  const fields = line.match(/(?:[^\s"]|"[^"]*")+/g) ?? [];
  const plain = parsePublicKey(fields.slice(1, 3).join(' '));
  const key = plain ?? parsePublicKey(fields.slice(2, 4).join(' '));
  const principals = fields[0]?.replaceAll('"', '');
  const options = parseOptions(plain === undefined ? (fields[1] ?? '') : '');
  if (key === undefined || principals === undefined || options === undefined) return undefined;
  return { ...options, principals, key };
}

function parseOptions(text: string): Omit<Line, 'principals' | 'key'> | undefined {
  let [validAfter, validBefore] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  let [namespaces, authority]: [string | undefined, boolean] = [undefined, false];
  for (const option of text.match(/(?:[^,"]|"[^"]*")+/g) ?? []) {
    const [, name = '', value] = /^([^=]+)(?:="?([^"]*)"?)?$/.exec(option) ?? [];
    switch (name.toLowerCase()) {
      case 'cert-authority':
        authority = true;
        break;
      case 'namespaces':
        namespaces = value;
        break;
      case 'valid-after':
        validAfter = parseTime(value ?? '');
        break;
      case 'valid-before':
        validBefore = parseTime(value ?? '');
        break;
      default:
        return undefined;
    }
  }
  if (Number.isNaN(validAfter) || Number.isNaN(validBefore)) return undefined;
  return { namespaces, authority, validAfter, validBefore };
}

/** `YYYYMMDD[Z]` or `YYYYMMDDHHMM[SS][Z]`, local time without the Z; NaN for anything else. */
function parseTime(text: string): number {
  const [, year, month, day, hour = '00', minute = '00', second = '00', zone = ''] =
    /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(Z?)$/.exec(text) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`);
}

/** ssh_config(5) PATTERNS: a comma list with `*`, `?`, and `!` for what must not match. */
function matches(patterns: string, text: string): boolean {
  let matched = false;
  for (const pattern of patterns.split(',')) {
    const bare = pattern.replace(/^!/, '');
    const source = bare
      .replace(/[\\^$.+()[\]{}|]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    if (!new RegExp(`^${source}$`, 's').test(text)) continue;
    if (bare !== pattern) return false;
    matched = true;
  }
  return matched;
}
