// Lines that may hold a secret in clear text are never shown, and nothing of them is quoted: not even where they are broken.
import type { Position } from './position.ts';
import type { Problem } from './problem.ts';

// Each form looks but so far ahead: a line may be as long as a file, and every place in it is asked about.

/** The end of a name under which people keep secrets, before its `:` or `=`. */
const SECRET_NAME =
  /(?:pass(?:w(?:or)?d|phrase|code)?|(?<![a-z])pwd?|secret|token|credentials?|authorization|cookie|(?:api|private|access|auth|signing|encryption)[_-]?key)s?["']?\s*[:=]\s*/gi;

/** A password on a command line, as one for ssh is given. */
const ARGUMENT = /\bsshpass\s+-p/;

/** A line of such a name and one word, which lacks its sign. */
const NAME_AND_WORD = /^\s*[\w.-]*(?:pass(?:w(?:or)?d|phrase)?|secret|token|[_-]key)["']?\s+\S+\s*$/i;

/** What all of the above have in them: spares most files the look at every line. */
const HINT = /pass|pw|secret|token|credential|authorization|cookie|key|:\/\/\S{0,1000}@/i;

/** What may stand after such a name without being the secret: nothing, a template, an expression, armored age, a collection's start. */
const HARMLESS =
  /^(?:$|#|["']?\{\{[^}]{0,500}\}\}|!expr\b|!secret\s*(?:[|>][-+]?\s*)?$|true\b|false\b|null\b|~|[[{]\s*$)/;

/** `user:password@` or `token@` of a URL, unless a template gives it. */
const PASSWORD_IN_URL =
  /\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s/?#@:"']{0,500}:(?!\{\{)[^\s"']{1,500}@|\bhttps?:\/\/(?!\{\{)[^\s/?#@:"']{1,500}@/i;

/** What an input that is declared secret says of itself besides, in one line: its default, or a word mistyped for it. */
const SECRET_INPUT =
  /^(?=.*\bsecret["']?\s*:\s*true\b).*\b(?!(?:type|secret|required|enum|description)\b)[\w-]{1,60}["']?\s*:\s*[^\s{]/;

/** The line that was looked at last: many problems may stand in one long line. */
let last: { readonly line: string; readonly sets: boolean } = { line: '', sets: false };

/** True when the line looks as if it set a secret in clear text. */
export function setsSecret(line: string): boolean {
  if (line !== last.line) last = { line, sets: looksLikeSetting(line) };
  return last.sets;
}

function looksLikeSetting(line: string): boolean {
  if ([PASSWORD_IN_URL, SECRET_INPUT, NAME_AND_WORD, ARGUMENT].some((form) => form.test(line))) return true;
  const whole = line.trimEnd();
  for (const { 0: name, index } of line.matchAll(SECRET_NAME)) {
    // update_password is a word for when, not a password.
    if (/update_?$/i.test(line.slice(Math.max(0, index - 7), index))) continue;
    if (!HARMLESS.test(whole.slice(index + name.length))) return true;
  }
  return false;
}

/** True when nothing of the line may be shown. */
export function isConfidential(at: Position): boolean {
  return at.confidential === true || setsSecret(at.text);
}

/** True when one of the lines sets a secret, or one that is kept with age stands there and may have been mistyped. */
export function holdsSecret(text: string): boolean {
  if (/!secret\b/.test(text)) return true;
  return HINT.test(text) && text.split('\n').some(setsSecret);
}

/**
 * The problem as it may be shown and recorded: without the line in which it stands when that is confidential, and without
 * what was quoted of it, names before a `:` or `=` apart.
 */
export function veiled(problem: Problem): Problem {
  const { at, detail, hint, ...rest } = problem;
  if (!at || !isConfidential(at)) return problem;
  const veil = (text: string) =>
    text.replace(/‹([^‹›]+)›/g, (quote, inside: string) => (isValueOf(at.text, inside) ? '‹…›' : quote));
  const { file, line, column, length } = at;
  return {
    ...rest,
    summary: veil(rest.summary),
    ...(detail === undefined ? {} : { detail: veil(detail) }),
    ...(hint === undefined ? {} : { hint: veil(hint) }),
    at: { file, line, column, length, text: '' },
  };
}

/** Tags, signs and what stands before a `:` or `=` are no values. */
function isValueOf(line: string, quoted: string): boolean {
  const bare = quoted.replace(/^[&*]/, '');
  const at = line.indexOf(bare);
  if (at < 0 || bare.startsWith('!') || !/\w/.test(bare)) return false;
  return !/^["']?\s*[:=]/.test(line.slice(at + bare.length));
}
