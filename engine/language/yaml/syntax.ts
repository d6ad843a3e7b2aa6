// What can be wrong with YAML before it means anything, said in our words and without showing what must stay hidden.
import { type CST, type Document, isCollection, isScalar, type ParsedNode, visit, type YAMLError } from 'yaml';
import { isConfidential } from '../problem/confidential.ts';
import type { Position, SourceText } from '../problem/position.ts';
import type { Problem } from '../problem/problem.ts';

/** Tags whose content may be shown: ours for expressions, and YAML's own. */
export const PLAIN_TAGS = /^(!expr|!unsafe|!|tag:yaml\.org,2002:(str|int|float|bool|null|map|seq))$/;

const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

/** YAML allows no control characters but tab and line breaks. */
export function forbiddenCharacter(source: SourceText): Problem | undefined {
  const offset = source.text.search(FORBIDDEN);
  if (offset < 0) return undefined;
  const code = source.text.charCodeAt(offset).toString(16).padStart(2, '0');
  return {
    code: 'yaml-syntax',
    summary: `A YAML file cannot hold the control character 0x${code}`,
    hint: `Inside double quotes it can be written as "\\x${code}".`,
    at: source.at(offset),
  };
}

/** How deep the tokens nest, and how many values they are; counted without recursion, since what it protects recurses. */
export function shapeOfTokens(tokens: readonly CST.Token[]): { readonly depth: number; readonly values: number } {
  let deepest = 0;
  let values = 0;
  const stack = tokens.map((token): [CST.Token, number] => [token, 0]);
  for (let next = stack.pop(); next; next = stack.pop()) {
    const [token, depth] = next;
    deepest = Math.max(deepest, depth);
    if (token.type === 'document' && token.value) stack.push([token.value, depth]);
    if (!('items' in token)) continue;
    for (const item of token.items) {
      if (item.key) stack.push([item.key, depth + 1]);
      if (item.value) stack.push([item.value, depth + 1]);
      values += 1;
    }
  }
  return { depth: deepest, values };
}

/** Where a quoted scalar starts that is never closed: the parser complains only at the end of the file. */
export function unclosedQuote(tokens: readonly CST.Token[]): number | undefined {
  const stack: CST.Token[] = [...tokens];
  for (let token = stack.pop(); token; token = stack.pop()) {
    if (token.type === 'double-quoted-scalar' || token.type === 'single-quoted-scalar') {
      if (token.source.length < 2 || !token.source.endsWith(token.source.charAt(0))) return token.offset;
    }
    if (token.type === 'document' && token.value) stack.push(token.value);
    if (!('items' in token)) continue;
    for (const { key, value } of token.items) stack.push(...(key ? [key] : []), ...(value ? [value] : []));
  }
  return undefined;
}

/**
 * The text with everything under an unknown tag, or under `!secret`, replaced by dots of the same length: a mistyped
 * `!secret` must not put its value on a screen. With syntax errors whatever follows any such tag on its line goes too.
 */
export function maskTagged(text: string, documents: readonly Document.Parsed<ParsedNode, true>[]): string {
  let shown = text;
  const hide = (start: number, end: number) => {
    shown = shown.slice(0, start) + shown.slice(start, end).replace(/[^\s]/g, '•') + shown.slice(end);
  };
  for (const document of documents) {
    visit(document, (_key, node) => {
      if ((!isScalar(node) && !isCollection(node)) || node.tag === undefined || !node.range) return;
      if (!PLAIN_TAGS.test(node.tag)) hide(node.range[0], node.range[1]);
    });
  }
  if (documents.some(({ errors }) => errors.length > 0)) {
    for (const { index, 0: all, 1: tag } of text.matchAll(/(?<=^|[\s[{,])(!(?!expr\b)[^\s!]+[ \t]+)\S.*/gm)) {
      hide(index + (tag?.length ?? 0), index + all.length);
    }
  }
  return shown;
}

/** The parser's errors as Problems. An unquoted `{{ x }}` breaks in many ways and is said once. */
export function syntaxProblems(
  errors: readonly YAMLError[],
  shown: SourceText,
  tokens: readonly CST.Token[],
): Problem[] {
  const quote = errors.some(({ message }) => message.startsWith('Missing closing')) ? unclosedQuote(tokens) : undefined;
  if (quote !== undefined) {
    const at = shown.at(quote);
    return [{ code: 'yaml-syntax', summary: 'This quote is never closed', hint: 'Close it on the same line.', at }];
  }
  const problems: Problem[] = [];
  const lines = new Set<number>();
  for (const error of errors) {
    const at = shown.at(Math.min(error.pos[0], shown.text.length), error.pos[1]);
    const template = unquotedTemplate(at);
    // one broken line gives several errors, and only the first one helps
    if (lines.has(at.line)) continue;
    lines.add(at.line);
    problems.push(template ? unquotedTemplateProblem(template) : (tabProblem(at) ?? { ...say(error, at), at }));
  }
  return problems;
}

/** `key: {{ x }}` is a map in YAML; nobody means that. */
export function unquotedTemplateProblem(at: Position): Problem {
  const value = at.text
    .slice(at.column - 1)
    .trimEnd()
    .replaceAll('"', "'");
  return {
    code: 'yaml-unquoted-template',
    summary: 'A template must be quoted',
    detail: 'Without quotes YAML reads ‹{{› as the start of a map.',
    hint: isConfidential(at) ? 'Write it in quotes.' : `Write it in quotes:\n    "${value}"`,
    at,
  };
}

function unquotedTemplate(at: Position): Position | undefined {
  const match = /(?:^|[:,[{-])\s+(\{\{[^"']{0,1000}?\}\})/.exec(at.text) ?? /^\s*(\{\{.*?\}\})/.exec(at.text);
  if (!match?.[1]) return undefined;
  const column = match.index + match[0].length - match[1].length + 1;
  return { ...at, column, length: match[1].length };
}

const TAB = {
  code: 'yaml-tab',
  summary: 'A tab cannot indent YAML',
  detail: 'How wide a tab is depends on the editor, so YAML has only spaces there.',
  hint: 'Use spaces, two for each level.',
} as const;

/** Whatever the parser makes of a broken line that starts with a tab: the tab is what broke it. */
function tabProblem(at: Position): Problem | undefined {
  const tab = /^ *(?=\t)/.exec(at.text);
  return tab ? { ...TAB, at: { ...at, column: tab[0].length + 1, length: 1 } } : undefined;
}

function say(error: YAMLError, at: Position): Pick<Problem, 'code' | 'summary' | 'detail' | 'hint'> {
  const code = 'yaml-syntax';
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return TAB;
    case 'BLOCK_AS_IMPLICIT_KEY':
      return {
        code,
        summary: 'A second ‹:› in one line',
        detail: 'Text that holds a colon followed by a space must be quoted.',
        hint: 'Put the value in quotes.',
      };
    case 'BAD_SCALAR_START':
      return {
        code,
        summary: `Text cannot start with ‹${at.text.slice(at.column - 1, at.column)}› here`,
        hint: 'Put the value in quotes.',
      };
    case 'MISSING_CHAR':
    case 'UNEXPECTED_TOKEN':
    case 'BAD_INDENT':
      return {
        code,
        summary: `This is not YAML: ${lower(error.message)}`,
        hint: 'Check the indentation, the quotes and the brackets of this line and the one before it.',
      };
    case 'RESOURCE_EXHAUSTION':
      return { code, summary: 'This is nested too deeply' };
    default:
      return { code, summary: `This is not YAML: ${lower(error.message)}` };
  }
}

const lower = (message: string) => message.charAt(0).toLowerCase() + message.slice(1);
