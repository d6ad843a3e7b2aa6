// A secret of which only a part is left, since the text was cut: at the end of a very long one, before an ellipsis, and
// where only the last lines of an output are shown.
import type { Match } from './search.ts';

/** Texts from this length on are taken to be cut off at their end. In UTF-16 code units: outputs are kept up to 1 MiB. */
const LONG = 250_000;
/** A part of a secret shorter than this tells nothing, and occurs by chance. */
const SHORTEST_PART = 6;
/** For a part in the middle of an encoded secret, which is sought by its first characters. */
const HEAD = 12;
/** A host may print ever so many ellipses; what we cut ourselves has one. */
const MOST_CUTS = 64;

const LINES_BEFORE = /… \(\d+ lines before\)\n/g;

/** Forms of secrets with their labels: `plain` stand in a text as they are, `solid` may be broken by white space. */
export interface CutForms {
  readonly plain: ReadonlyMap<string, string>;
  readonly solid: ReadonlyMap<string, string>;
}

/** The beginnings of secrets before a cut, and the ends of encoded ones after it. */
export function findCut(text: string, forms: CutForms): Match[] {
  if (text.length < LONG && !text.includes('…')) return [];
  const matches: Match[] = [];
  // How far a part of a secret can reach from the cut, broken into short lines.
  const reach = 2 * Math.max(0, ...[...forms.plain.keys(), ...forms.solid.keys()].map(({ length }) => length));
  const ends = [...text.matchAll(/…/g)].slice(-MOST_CUTS).map(({ index }) => index);
  if (text.length >= LONG) ends.push(text.length);
  for (const end of ends) {
    const before = new Squeezed(text, Math.max(0, end - reach), end);
    for (const [form, label] of forms.plain) {
      const size = beginningAt(form, text.slice(Math.max(0, end - form.length), end).trimEnd());
      if (size > 0) matches.push({ start: text.slice(0, end).trimEnd().length - size, end, label });
    }
    for (const [form, label] of forms.solid) {
      const size = beginningAt(form, before.text.slice(-form.length));
      if (size > 0) matches.push({ start: before.place(before.text.length - size), end, label });
    }
  }
  for (const { 0: mark, index } of [...text.matchAll(LINES_BEFORE)].slice(0, MOST_CUTS)) {
    const after = new Squeezed(text, index + mark.length, Math.min(text.length, index + mark.length + reach));
    for (const [form, label] of forms.solid) {
      const size = endingAt(form, after.text);
      if (size > 0) matches.push({ start: after.place(0), end: after.place(size - 1) + 1, label });
    }
  }
  return matches;
}

/** The length of the longest beginning of `form` with which `text` ends; 0 for a short one. */
function beginningAt(form: string, text: string): number {
  for (let size = Math.min(form.length - 1, text.length); size >= SHORTEST_PART; size -= 1) {
    if (text.endsWith(form.slice(0, size))) return size;
  }
  return 0;
}

/** The length of the end of `form` with which `text` begins; 0 for a short one. */
function endingAt(form: string, text: string): number {
  const head = text.slice(0, HEAD);
  if (head.length < HEAD) return 0;
  for (let at = form.indexOf(head, 1); at > 0; at = form.indexOf(head, at + 1)) {
    if (text.startsWith(form.slice(at))) return form.length - at;
  }
  return 0;
}

/** A stretch of a text without its white space, and where each character of it stands. */
class Squeezed {
  readonly text: string;
  readonly #places: readonly number[];

  constructor(text: string, start: number, end: number) {
    const places: number[] = [];
    let squeezed = '';
    for (let at = start; at < end; at += 1) {
      const char = text.charAt(at);
      if (char.trim() === '') continue;
      squeezed += char;
      places.push(at);
    }
    this.text = squeezed;
    this.#places = places;
  }

  place(at: number): number {
    return this.#places[at] ?? 0;
  }
}
