// sh`…`: the only way to build a command. Every ${} becomes exactly one word, whatever it holds.

import { quoted } from '../base/shell-quote.ts';

declare const brand: unique symbol;

/** POSIX sh text that was built by `sh`. Nothing else is ever sent to a host's shell. */
export interface Script {
  readonly text: string;
  readonly [brand]: true;
}

/** What may stand in a command. A list becomes several words, a Script is put in as code. A Secret is a type error. */
export type Word = string | number | boolean | Script | readonly (string | number)[];

/**
 * A POSIX sh script from a template literal. `sh` uses the raw text: write backslashes as the shell wants them;
 * only `\\${` and `` \\` `` lose theirs, since TypeScript needs it.
 * @throws TypeError for a NUL byte, a Secret or anything else that isn't a Word.
 */
export function sh(strings: TemplateStringsArray, ...words: readonly Word[]): Script {
  const raw = strings.raw.map((part) => part.replace(/\\(\$\{|`)/g, '$1'));
  return brandScript((raw[0] ?? '') + words.map((word, index) => render(word) + (raw[index + 1] ?? '')).join(''));
}

/** Scripts one after the other, each on lines of its own. */
export function lines(...scripts: readonly (Script | undefined)[]): Script {
  return brandScript(scripts.flatMap((script) => (script === undefined ? [] : [script.text])).join('\n'));
}

/** Shell text of a file of this project's, which nothing is put into. For what build-programs.js makes of such a file alone. */
export function scriptOfFile(text: string): Script {
  return brandScript(text);
}

/** One word of POSIX sh (XCU 2.2.2): unchanged when nothing in it is special, else in single quotes. */
export function quote(word: string): string {
  if (word.includes('\0')) throw new TypeError('a shell word cannot hold a NUL byte');
  return quoted(word);
}

function render(word: Word): string {
  if (typeof word === 'string') return quote(word);
  if (typeof word === 'number' || typeof word === 'boolean') return quote(String(word));
  if (Array.isArray(word)) return word.map((part) => quote(String(part))).join(' ');
  if (isScript(word)) return word.text;
  throw new TypeError(`${typeof word} cannot stand in a command`);
}

const scripts = new WeakSet<object>();

function brandScript(text: string): Script {
  const script = Object.freeze({ text }) as Script; // the brand is a type only; the WeakSet holds the truth
  scripts.add(script);
  return script;
}

/** True only for what `sh` and `lines` made. */
export function isScript(value: unknown): value is Script {
  return typeof value === 'object' && value !== null && scripts.has(value);
}
