// Redaction: the one place where an event loses its secrets, before anybody sees it. By value, in every usual encoding.
import { mapMembers } from '../base/plain-data.ts';
import { veiled } from '../language/problem/confidential.ts';
import type { Secret } from '../language/value/secret.ts';
import { findCut } from './cut.ts';
import { encodings } from './encodings.ts';
import type { Event, FailureData } from './event.ts';
import { type Match, Search } from './search.ts';

/** Values shorter than this are hidden only where they stand as a word of their own. */
const SHORTEST = 6;

/** What the engine itself chose (and the inventory's public names): hiding it would break every reader of events. */
const KEPT = new Set(['type', 'run', 'check', 'host', 'hosts', 'status', 'op', 'mark', 'module', 'code']);

/**
 * Hides every secret that was added, in texts and events. Matches of different secrets may overlap: all of it is hidden.
 * A text must be redacted whole, before it is cut or split: half a secret isn't recognised.
 */
export class Redactor {
  readonly #known = new Set<string>();
  readonly #plain = new Map<string, string>();
  readonly #solid = new Map<string, string>();
  readonly #words = new Map<string, string>();
  #built: { all: Search; solid: Search; words: RegExp | undefined } | undefined;

  /**
   * Adds a secret. Its mask is what `String(secret)` gives. Adding it again costs nothing.
   * @returns `word` for a value of fewer than six characters, which is hidden only where it stands as a word of its own
   *   (the user should be told), `nothing` for an empty one, else `everywhere`.
   */
  add(secret: Secret): 'everywhere' | 'word' | 'nothing' {
    const value = secret.reveal();
    const bare = value.trim();
    if (bare === '') return 'nothing';
    const short = bare.length < SHORTEST;
    if (!this.#known.has(value)) {
      this.#known.add(value);
      this.#built = undefined;
      if (short) this.#addWord(bare, String(secret));
      else this.#addForms(value, String(secret));
    }
    return short ? 'word' : 'everywhere';
  }

  #addWord(value: string, mask: string): void {
    this.#words.set(value, mask);
    // The encodings of one or two characters are words like any other.
    if (value.length < 3) return;
    this.#words.set(Buffer.from(value).toString('base64url'), mask);
    this.#words.set(Buffer.from(value).toString('base64').replace(/=+$/, ''), mask);
    this.#words.set(Buffer.from(value).toString('hex'), mask);
  }

  #addForms(value: string, mask: string): void {
    const { plain, solid } = encodings(value);
    for (const form of plain) if (!this.#plain.has(form)) this.#plain.set(form, mask);
    for (const form of solid) if (!this.#solid.has(form)) this.#solid.set(form, mask);
  }

  /** The text with every secret replaced by its mask. */
  text(text: string): string {
    const matches = this.#find(text);
    if (matches.length === 0) return text;
    return replace(text, matches);
  }

  /** The event with every string, key, number of a result and `{ b64 }` redacted, and lone surrogates replaced by U+FFFD. */
  event<E extends Event>(event: E): E {
    return this.#walk(event, false) as E; // the walk keeps the shape: it only replaces texts
  }

  #find(text: string): Match[] {
    if (this.#plain.size + this.#solid.size + this.#words.size === 0) return [];
    this.#built ??= this.#build();
    const { all, solid, words } = this.#built;
    const matches = all.find(text);
    if (this.#solid.size > 0 && /[\n\r]|\\[nr/]|","/.test(text)) matches.push(...findUnwrapped(text, solid));
    matches.push(...findCut(text, { plain: this.#plain, solid: this.#solid }));
    if (words !== undefined) {
      for (const { 0: word, index } of text.matchAll(words)) {
        matches.push({ start: index, end: index + word.length, label: this.#words.get(word) ?? '' });
      }
    }
    return matches;
  }

  #build(): { all: Search; solid: Search; words: RegExp | undefined } {
    const patterns = (map: Map<string, string>): { text: string; label: string }[] =>
      [...map].map(([text, label]) => ({ text, label }));
    const solid = patterns(this.#solid);
    const words = [...this.#words.keys()]
      .sort((a, b) => b.length - a.length)
      .map((word) => word.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
    return {
      all: new Search([...patterns(this.#plain), ...solid]),
      solid: new Search(solid),
      words:
        words.length === 0
          ? undefined
          : new RegExp(`(?<![\\p{L}\\p{N}_])(?:${words.join('|')})(?![\\p{L}\\p{N}_])`, 'gu'),
    };
  }

  #walk(value: unknown, free: boolean): unknown {
    if (typeof value === 'string') return this.text(value.toWellFormed());
    if (typeof value === 'number') {
      const text = String(value);
      const hidden = free ? this.text(text) : text;
      return hidden === text ? value : hidden;
    }
    if (Array.isArray(value)) return this.#list(value, free);
    if (typeof value !== 'object' || value === null) return value;
    const map: Readonly<Record<string, unknown>> = { ...value };
    const { b64 } = map;
    if (typeof b64 === 'string' && Object.keys(map).length === 1) return { b64: this.#bytes(b64) };
    return free ? this.#freeMap(map) : mapMembers(map, (item, name) => this.#field(name, item));
  }

  #field(name: string, item: unknown): unknown {
    if (KEPT.has(name)) return item;
    return isFailure(name, item) ? this.#walk(veiled(item), false) : this.#walk(item, name === 'result');
  }

  /** What a module or a user's command returned is free in its keys too; the rest of an event has fixed ones. */
  #freeMap(map: Readonly<Record<string, unknown>>): unknown {
    const walked = mapMembers(map, (item) => this.#walk(item, true));
    const hidden = (name: string) => this.text(name.toWellFormed());
    if (Object.keys(walked).every((name) => hidden(name) === name)) return walked;
    return Object.fromEntries(Object.entries(walked).map(([name, item]) => [hidden(name), item]));
  }

  /** Lines of one output are redacted as one text too: an encoder may have broken a secret into several of them. */
  #list(list: readonly unknown[], free: boolean): unknown {
    const each = list.map((item) => this.#walk(item, free));
    if (list.length < 2 || !each.every((item) => typeof item === 'string')) return each;
    const whole = this.text(list.join('\n').toWellFormed());
    return whole === each.join('\n') ? each : whole.split('\n');
  }

  /** Secrets in base64: their bytes are looked for as Latin-1 text, in which every byte is one character. */
  #bytes(b64: string): string {
    const text = Buffer.from(b64, 'base64').toString('latin1');
    const matches = this.#find(text);
    if (matches.length === 0) return b64;
    const masks = matches.map((match) => ({ ...match, label: Buffer.from(match.label).toString('latin1') }));
    return Buffer.from(replace(text, masks), 'latin1').toString('base64');
  }
}

function isFailure(name: string, value: unknown): value is FailureData {
  return name === 'failure' && typeof value === 'object' && value !== null && 'summary' in value;
}

/** Letters of base64 and hexadecimal, or an escape in their midst, of JSON that may stand in JSON. */
const SOLID = /\\+[^\\]|[A-Za-z0-9+/=_-]+/gs;

/** Solid forms in a text as if nothing else stood in it: line breaks, those of JSON, what makes lines a list. With their places. */
function findUnwrapped(text: string, solid: Search): Match[] {
  const joined: string[] = [];
  const starts: { joined: number; text: number }[] = [];
  let length = 0;
  for (const { 0: found, index } of text.matchAll(SOLID)) {
    // Of all escapes only that of the slash stands for such a letter.
    const run = found.startsWith('\\') ? found.replace(/\\+[^/]?/, '') : found;
    if (run === '') continue;
    joined.push(run);
    starts.push({ joined: length, text: index + found.length - run.length });
    length += run.length;
  }
  const place = (at: number): number => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle]?.joined ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return (starts[low]?.text ?? 0) + at - (starts[low]?.joined ?? 0);
  };
  return solid
    .find(joined.join(''))
    .map(({ start, end, label }) => ({ start: place(start), end: place(end - 1) + 1, label }));
}

/** Replaces each stretch covered by matches by the label of its first (longest at that place) match. */
function replace(text: string, matches: readonly Match[]): string {
  const sorted = [...matches].sort((a, b) => a.start - b.start || b.end - a.end);
  let result = '';
  let done = 0;
  let open: { start: number; end: number; label: string } | undefined;
  for (const match of sorted) {
    if (open !== undefined && match.start < open.end) {
      open.end = Math.max(open.end, match.end);
      continue;
    }
    if (open !== undefined) {
      result += text.slice(done, open.start) + open.label;
      done = open.end;
    }
    open = { ...match };
  }
  if (open !== undefined) {
    result += text.slice(done, open.start) + open.label;
    done = open.end;
  }
  return result + text.slice(done);
}

/** True when a text holds the mask of a secret or of secret content: sending it to a host would be an engine bug. */
export function containsMask(text: string): boolean {
  return text.includes('‹secret:') || text.includes('‹secret content›');
}

/** Bytes as an event holds them: the text if they are UTF-8, else `{ b64 }`. */
export function bytesToJson(bytes: Uint8Array): string | { b64: string } {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { b64: Buffer.from(bytes).toString('base64') };
  }
}
