// Jinja's blocks and comments in texts: nothing here would notice them, and they would reach the host as they stand.
import type { Locate } from '../problem/locate.ts';
import type { Problem } from '../problem/problem.ts';

/** Blocks that are closed, and comments; not a shell's `${#name}` and not Handlebars' `{{#if}}`. */
const BLOCK = /\{%[-+]?[ \t\r\n]*(\w+)[\s\S]{0,2000}?%\}|(?<![{$])\{#[\s\S]{0,2000}?#\}/g;

/** What Handlebars leaves out. */
const COMMENT = /\{\{~?!(?:--[\s\S]*?--~?\}\}|[\s\S]*?\}\})/g;

const INSTEAD: Readonly<Record<string, string>> = {
  if: 'Write ‹{{#if name}}…{{else}}…{{/if}}›; for a comparison compute the name with an expression:\n    name: !expr "port == 80"',
  for: 'Write ‹{{#each list}}{{ this }}{{/each}}›, or ‹{{#each list as |item|}}{{ item.name }}{{/each}}›.',
  set: 'Compute the value in a variable with an expression:\n    name: !expr "first + 1"',
  raw: 'Leave the block out, and mark the text as one that is no template:\n    text: !unsafe "…"',
  include: 'Write the text here: templates have no partials.',
};

/** Goes on at once: `elif`, `endif`. */
const INSIDE = /^(?:end\w*|else|elif)$/;

/** A Problem for each block and comment, that of `{% endif %}` and its like apart where what they end is told of. */
export function jinjaBlocks(source: string, locate: Locate): readonly Problem[] {
  if (!source.includes('{%') && !source.includes('{#')) return [];
  const text = source.replace(COMMENT, (comment) => ' '.repeat(comment.length));
  const found = [...text.matchAll(BLOCK)];
  const told = found.filter(({ 1: word }) => word === undefined || !INSIDE.test(word));
  return (told.length > 0 ? told : found).map(({ 0: block, 1: word, index }) => ({
    code: 'jinja',
    summary: word === undefined ? 'This is Jinja: a comment' : `This is Jinja: a block ‹${word}›`,
    detail:
      'It would reach the host as it stands. Texts are Handlebars here: ‹{{ name }}›, ‹{{#if name}}›, ‹{{#each list}}›.',
    hint: `${word === undefined ? 'Write ‹{{! … }}›.' : (INSTEAD[word] ?? 'Compute the value with an expression:\n    name: !expr "first + 1"')}\nIf it is meant as it stands: ‹!unsafe "…"› in YAML, and ‹copy› instead of ‹template› for a file.`,
    at: locate(index, index + block.length),
  }));
}
