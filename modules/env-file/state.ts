// What the host says of a file of NAME=value lines: names and what is true of them, never a value.
import { lines, type Script } from '../../engine/base/script.ts';
import type { Output } from '../../engine/module/change.ts';
import { Missing } from '../../engine/module/resource.ts';
import { readSections } from '../../engine/module/sections.ts';
import { type FileState, fileNeeds } from '../../engine/resources/file/managed.ts';
import { probeFiles } from '../../engine/resources/file/probe.ts';
import { parseFiles } from '../../engine/resources/file/report.ts';
import type { FileQuery } from '../../engine/resources/file/state.ts';
import { envProbe } from './scripts.ts';
import { type EnvWant, onlyRemoves } from './want.ts';

const VALUE = ['same', 'differs', 'missing'] as const;
/** `export`: in a form that a shell reads and systemd doesn't. */
const MADE = ['set', 'export', 'missing', 'empty', 'placeholder'] as const;
/** `unmatched`: not as the pattern says; `lines`: it spans several; `broken`: grep doesn't understand the pattern. */
const REQUIRED = ['valid', 'unmatched', 'empty', 'missing', 'placeholder', 'lines', 'broken'] as const;

export interface EnvState {
  readonly file: FileState;
  readonly values: Readonly<Record<string, (typeof VALUE)[number]>>;
  readonly generate: Readonly<Record<string, (typeof MADE)[number]>>;
  readonly required: Readonly<Record<string, (typeof REQUIRED)[number]>>;
  /** Names that are there and shall go. */
  readonly remove: readonly string[];
  /** Why the file can't be read or edited line by line, if it can't. */
  readonly trouble: Trouble | undefined;
}

export interface Trouble {
  /** `open`: a quote or a backslash that is never closed; `return`: a carriage return within a line; `doubt`: read in two ways. */
  readonly kind: 'unreadable' | 'large' | 'binary' | 'open' | 'return' | 'doubt';
  readonly line?: number | undefined;
  readonly name?: string | undefined;
}

/** Reads the file's attributes, and of its lines what `want` asks about. Its standard input is `envInput`. */
export function probeEnv(want: EnvWant): Script {
  return lines(want.state === 'present' ? envProbe(want) : undefined, probeFiles([queryOf(want)]));
}

function queryOf({ path, owner, group, state }: EnvWant): FileQuery {
  return state === 'present' ? { path, owner, group, moved: true } : { path, moved: true };
}

/** Missing where the directory above, the owner or the group isn't there. @throws Error for what the probe doesn't print */
export function parseEnv(out: Output, want: EnvWant): EnvState | Missing<EnvState> {
  const query = queryOf(want);
  const report = parseFiles(out, [query]);
  const file = report.state(query);
  const rows = want.state === 'present' ? readSections(out.stdout).get('env') : ['.'];
  if (rows === undefined) throw new Error('the probe of the file printed nothing about it');
  const state = { file, ...readRows(rows) };
  const idle = file.entry === undefined && onlyRemoves(want);
  const needs = want.state === 'present' && !idle ? fileNeeds(report, query) : [];
  return needs.length === 0 ? state : new Missing({ needs, fresh: state });
}

function readRows(rows: readonly string[]): Omit<EnvState, 'file'> {
  const values: Record<string, (typeof VALUE)[number]> = {};
  const generate: Record<string, (typeof MADE)[number]> = {};
  const required: Record<string, (typeof REQUIRED)[number]> = {};
  const remove: string[] = [];
  let trouble: Trouble | undefined;
  let whole = false;
  for (const row of rows) {
    const [kind = '', name = '', word = '', more = ''] = row.split(' ');
    if (kind === 'v') values[name] = oneOf(VALUE, word, row);
    else if (kind === 'g') generate[name] = oneOf(MADE, word, row);
    else if (kind === 'r') required[name] = /^\d+$/.test(word) ? tested(word, more) : oneOf(REQUIRED, word, row);
    else if (kind === 'x' && (word === 'there' || word === 'gone')) remove.push(...(word === 'there' ? [name] : []));
    else if (kind === '?' && /^\d+$/.test(word)) trouble ??= { kind: 'doubt', name, line: Number(word) };
    else if (kind === '!') {
      trouble ??= {
        kind: oneOf(['unreadable', 'large', 'binary', 'open', 'return'], name, row),
        ...(word === '' ? {} : { line: Number(word) }),
      };
      whole ||= word === '';
    } else if (row === '.') whole = true;
    else throw new Error(`the probe of the file printed a line that is none of its own: ${row}`);
  }
  if (!whole) throw new Error('awk stopped before it had read the file');
  return { values, generate, required, remove, trouble };
}

/** From grep's status, and whether there was anything to test. */
function tested(status: string, more: string): (typeof REQUIRED)[number] {
  if (status === '0') return 'valid';
  if (status !== '1') return 'broken';
  return more === 'full' ? 'unmatched' : 'empty';
}

function oneOf<const T extends string>(words: readonly T[], word: string, row: string): T {
  const known = words.find((one) => one === word);
  if (known === undefined) throw new Error(`the probe of the file printed a line that is none of its own: ${row}`);
  return known;
}
