// What a regular expression finds in a text, or in a part of it, replaced. The decisions of Ansible's replace.

import type { Failure } from '../../engine/module/failure.ts';
import { compilePattern, type Effort, newEffort, Subject } from '../../engine/pattern/python/pattern.ts';
import { compileReplacement, replaceAll } from '../../engine/pattern/python/replacement.ts';
import type { TextEdit } from '../../engine/resources/text/lines.ts';
import { badPattern } from '../../engine/resources/text/regular-expression.ts';

export interface ReplaceWant {
  /** `^` and `$` are those of lines. */
  readonly regexp: string;
  /** With `\1` and `\g<name>`. */
  readonly replace: string;
  /** Regular expressions, in which a dot is a line break too: only what stands behind it, or before it. */
  readonly after: string | undefined;
  readonly before: string | undefined;
}

const MOST_ROUNDS = 100;

/**
 * Every match replaced, until nothing is found that another run would replace: an edit made twice is the edit made once.
 * Where a bound isn't found nothing is to be done.
 * @throws TooSlow
 */
export function replaceInText(text: string, want: ReplaceWant): TextEdit | Failure {
  const effort = newEffort();
  let now = text;
  let replaced = 0;
  try {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const { after, count } = once(now, want, effort);
      if (after === now) return { text: now, words: words(replaced), count: replaced };
      now = after;
      replaced += count;
      if (now.length > 2 * text.length + MUCH) break;
    }
  } catch (error) {
    return badPattern(error);
  }
  return UNSETTLED;
}

/** Characters that a text may grow by, besides its own length again. */
const MUCH = 262_144;

function once(text: string, want: ReplaceWant, effort: Effort): { readonly after: string; readonly count: number } {
  const found = partOf(text, want, effort);
  if (!found) return { after: text, count: 0 };
  const [from, to] = found;
  const pattern = compilePattern(want.regexp, { multiline: true });
  const whole = new Subject(text);
  const part = whole.slice(from, to);
  const done = replaceAll(pattern, compileReplacement(want.replace, pattern), new Subject(part), effort);
  const after = whole.slice(0, from) + done.text + whole.slice(to, whole.codes.length);
  return { after, count: done.count };
}

/** Where the part begins and ends that is looked at; undefined where a bound isn't found. */
function partOf(text: string, want: ReplaceWant, effort: Effort): readonly [number, number] | undefined {
  const subject = new Subject(text);
  const source = partPattern(want);
  if (source === undefined) return [0, subject.codes.length];
  const pattern = compilePattern(source, { dotAll: true });
  return pattern.search(subject, effort)?.span(pattern.names.get(PART) ?? 0);
}

const PART = 'subsection';

/** The expression that finds the part; undefined for the whole text. */
export function partPattern({ after, before }: Pick<ReplaceWant, 'after' | 'before'>): string | undefined {
  if (after === undefined && before === undefined) return undefined;
  const both = after !== undefined && before !== undefined;
  return `${after ?? ''}(?P<${PART}>.*${both ? '?' : ''})${before ?? ''}`;
}

function words(count: number): string {
  return count === 1 ? '1 match replaced' : `${count} matches replaced`;
}

const UNSETTLED: Failure = {
  summary: 'every run would replace something',
  detail: 'What regexp finds is found again in what takes its place.',
  hint: 'Let regexp find only what still has to be replaced, for example with a look-behind: (?<!…).',
};
