// Inventories that come from Ansible hold Jinja: what to write instead.
import type { Problem } from '../../language/problem/problem.ts';

/** Jinja's ways to compute, each with what stands for it here. The first that fits is told. */
const INSTEAD: readonly (readonly [RegExp, string, string])[] = [
  [
    /\|\s*(?:default|d)\b/,
    'a filter',
    'Set the variable for the group ‹all› (or in the play’s ‹defaults›): any other value wins over it.',
  ],
  [/\|\s*to_(?:nice_)?json\b/, 'a filter', 'Write ‹{{ json name }}›.'],
  [/\|/, 'a filter', 'Compute the value with an expression:\n    name: !expr "first + 1"'],
  [/\b(?:lookup|query|q)\s*\(/, 'a lookup', 'Give the value with -e, in a variables file, or by a dynamic inventory.'],
  [
    /\bis\s+(?:not\s+)?(?:defined|undefined|none)\b/,
    'a test',
    'Write an expression:\n    name: !expr "has(vars.other)"',
  ],
  [/\bif\b.+\belse\b/, 'a condition', 'Write an expression:\n    name: !expr "condition ? this : that"'],
  [/\[\s*['"]/, 'an item in brackets', 'Write it with a dot: ‹{{ hostvars.web1.name }}›, ‹{{ map.[odd-name] }}›.'],
  [/\[\s*-?\d+\s*\]/, 'an item in brackets', 'Write it with a dot: ‹{{ list.[0] }}›.'],
  [/\[/, 'an item in brackets', 'Write an expression:\n    name: !expr "hostvars[other].name"'],
  [/\w\s*\(/, 'a call', 'Write an expression:\n    name: !expr "size(list)"'],
  [
    /[\w'"\s][-+*/~%][\w'"\s]|==|!=|<|>|\b(?:and|or|not|in)\b/,
    'a calculation',
    'Write an expression:\n    name: !expr "first + second"',
  ],
];

/**
 * A template's problem told as one of Jinja, where its line holds Jinja: ‹{{ x | default(…) }}› and the like. Any
 * other problem comes back as it is.
 */
export function toldAsJinja(problem: Problem): Problem {
  if ((problem.code !== 'template-syntax' && problem.code !== 'jinja') || !problem.at) return problem;
  for (const [, inside = ''] of problem.at.text.matchAll(/\{\{(?![#/^>!&{])(.{0,500}?)\}\}/g)) {
    const found = INSTEAD.find(([form]) => form.test(inside));
    if (!found) continue;
    const [, what, hint] = found;
    return {
      code: 'jinja',
      summary: `This is Jinja: ${what}`,
      detail: 'Values are Handlebars here: ‹{{ name }}›, ‹{{#if name}}›, ‹{{#each list}}›, ‹{{ json name }}›.',
      hint,
      at: problem.at,
    };
  }
  return problem;
}
