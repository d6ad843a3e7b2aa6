// Handlebars' parse errors, said in our words and at their place.
import type { Locate } from '../problem/locate.ts';
import type { Problem } from '../problem/problem.ts';

/** The Problem of an error that Handlebars' parser threw at `source`. */
export function templateSyntaxProblem(source: string, error: unknown, locate: Locate): Problem {
  const message = error instanceof Error ? error.message : '';
  const start = place(source, message, error);
  const at = locate(start, start + 1);
  const jinja = filterIn(source);
  if (jinja && !/as\s+\|/.test(jinja.text)) {
    const pipe = jinja.index + jinja.text.indexOf('|');
    return {
      code: 'jinja',
      summary: 'Jinja filters are not part of the language',
      detail: 'Templates are Handlebars: ‹{{ name }}›, ‹{{#if}}›, ‹{{#each}}›, ‹{{ json name }}›.',
      hint: 'Instead of ‹default(…)› set the variable in the play’s ‹defaults›; compute values with an expression:\n    name: !expr "first + 1"',
      at: locate(pipe, pipe + 1),
    };
  }
  const mismatch = /^(.*) doesn't match (.*) - /.exec(message);
  if (mismatch) {
    return {
      code: 'template-syntax',
      summary: `The block ‹{{#${mismatch[1]}}}› is closed by ‹{{/${mismatch[2]}}}›`,
      hint: `Close it with ‹{{/${mismatch[1]}}}›.`,
      at: locate(start, start + (mismatch[1]?.length ?? 1)),
    };
  }
  const got = /got '(\w+)'/.exec(message)?.[1];
  if (got === 'EOF') {
    return {
      code: 'template-syntax',
      summary: 'The template ends inside a block',
      hint: 'Close every ‹{{#if}}›, ‹{{#unless}}›, ‹{{#each}}› and ‹{{#with}}›.',
      at: locate(Math.max(0, source.trimEnd().length - 1), source.length),
    };
  }
  if (got === 'CLOSE')
    return { code: 'template-syntax', summary: 'A name is missing here', hint: 'Write ‹{{ name }}›.', at };
  if (got === 'NUMBER') {
    return { code: 'template-syntax', summary: 'A list’s item is written in brackets', hint: 'Write ‹name.[0]›.', at };
  }
  const open = source.lastIndexOf('{{', start);
  if (open >= 0 && !source.includes('}}', open)) {
    return {
      code: 'template-syntax',
      summary: '‹{{› is not closed',
      hint: 'Write ‹{{ name }}›; a literal ‹{{› is written ‹\\{{›.',
      at: locate(open, open + 2),
    };
  }
  return {
    code: 'template-syntax',
    summary: got === 'OPEN_ENDBLOCK' ? 'No block is open that this could close' : 'This is not a template',
    detail: 'Templates are Handlebars: names like ‹{{ app.port }}› and ‹{{ list.[0] }}›, no operators, no calls.',
    hint: 'Compute values with an expression in a variable: ‹name: !expr "port + 1"›.',
    at,
  };
}

/** The first `{{ … | … }}`. */
function filterIn(source: string): { readonly text: string; readonly index: number } | undefined {
  for (const { 0: text, index } of source.matchAll(/\{\{(?:[^{}]|\{(?!\{))*\}\}/g)) {
    if (/(?<!as )\|(?!\|)/.test(text)) return { text, index };
  }
  return undefined;
}

/**
 * Where the parser stood. It says the line, and shows up to twenty characters on both sides of the place with the
 * line breaks left out: found again in the source, that is the offset.
 */
function place(source: string, message: string, error: unknown): number {
  const [head = '', context = '', arrow = ''] = message.split('\n');
  const line = Number(/on line (\d+)/.exec(head)?.[1] ?? (hasPlace(error) ? error.lineNumber : 1));
  const starts = [0, ...[...source.matchAll(/\r\n?|\n/g)].map((match) => match.index + match[0].length)];
  const lineStart = starts[line - 1] ?? 0;
  if (hasPlace(error)) return lineStart + error.column;
  const past = context.slice(0, arrow.indexOf('^')).replace(/^\.\.\./, '');
  const offsets =
    [...source].length === source.length ? [...source.matchAll(/[^\n]/g)].map((match) => match.index) : [];
  const flat = source.replaceAll('\n', '');
  const shown = context.slice(arrow.indexOf('^') - past.length).replace(/\.\.\.$/, '');
  for (let found = flat.indexOf(shown); found >= 0 && shown !== ''; found = flat.indexOf(shown, found + 1)) {
    const offset = offsets[found + past.length] ?? source.length;
    if (offset >= lineStart) return offset;
  }
  return lineStart;
}

function hasPlace(error: unknown): error is { readonly lineNumber: number; readonly column: number } {
  return (
    typeof error === 'object' &&
    error !== null &&
    'column' in error &&
    typeof error.column === 'number' &&
    'lineNumber' in error
  );
}
