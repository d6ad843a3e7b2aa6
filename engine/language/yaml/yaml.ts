// YAML text → nodes with positions. Whatever is wrong becomes a Problem; nothing is thrown, guessed or published.

import { Composer, type CST, type Document, type ParsedNode, Parser } from 'yaml';
import { DEEPEST, MOST_NODES } from '../../base/limits.ts';
import type { SourceText } from '../problem/position.ts';
import type { Problem } from '../problem/problem.ts';
import { type BuildOptions, YamlBuilder } from './build.ts';
import type { YamlNode } from './node.ts';
import { forbiddenCharacter, maskTagged, shapeOfTokens, syntaxProblems } from './syntax.ts';

export type { YamlEntry, YamlList, YamlMap, YamlNode, YamlScalar } from './node.ts';

/**
 * Reads one YAML document. `1.2` is the core schema; `1.1` reads as PyYAML's safe loader does. Problems are added to
 * `options.problems`. Undefined when the text is empty (comments at most) or so broken that nothing can be made of it;
 * otherwise what could be read, even beside problems. Values tagged with an unknown tag never appear in a position.
 */
export function readYaml(source: SourceText, options: BuildOptions): YamlNode | undefined {
  const problems: Problem[] = [];
  // a byte order mark is no column of the first line
  const text = source.text.startsWith('\ufeff') ? source.with(source.text.slice(1)) : source;
  const node = read(text, { ...options, problems });
  const offset = ({ at }: Problem) => (at ? at.line * 1e6 + at.column : 0);
  options.problems.push(...problems.sort((a, b) => offset(a) - offset(b)));
  return node;
}

function read(source: SourceText, options: BuildOptions): YamlNode | undefined {
  const { problems } = options;
  const bad = forbiddenCharacter(source);
  if (bad) {
    problems.push(bad);
    return undefined;
  }
  const tokens = [...new Parser().parse(source.text)];
  const { depth, values } = shapeOfTokens(tokens);
  if (values > MOST_NODES) {
    problems.push({
      code: 'yaml-syntax',
      summary: `This file has more than ${MOST_NODES} values`,
      hint: 'Make several files of it.',
      at: source.at(0),
    });
    return undefined;
  }
  if (depth > DEEPEST) {
    problems.push({
      code: 'yaml-syntax',
      summary: `This is nested more than ${DEEPEST} levels deep`,
      hint: 'A runbook or an inventory needs a handful of levels.',
      at: source.at(0),
    });
    return undefined;
  }
  // failsafe: every scalar arrives as text, and we alone decide what it means
  const composer = new Composer({
    schema: 'failsafe',
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
    merge: false,
  });
  const documents: Document.Parsed<ParsedNode, true>[] = [...composer.compose(tokens, true, source.text.length)];
  return fromDocuments(documents, source.with(maskTagged(source.text, documents)), tokens, options);
}

function fromDocuments(
  documents: readonly Document.Parsed<ParsedNode, true>[],
  shown: SourceText,
  tokens: readonly CST.Token[],
  options: BuildOptions,
): YamlNode | undefined {
  const first = documents[0];
  if (!first) return undefined;
  options.problems.push(...syntaxProblems(first.errors, shown, tokens));
  const second = documents[1];
  if (second) {
    options.problems.push({
      code: 'yaml-syntax',
      summary: 'A file holds one YAML document',
      detail: 'A second one starts here, after ‹---›.',
      hint: 'Remove the ‹---› line, or put what follows into a file of its own.',
      at: shown.at(second.range[0], second.range[0] + 3),
    });
  }
  if (isEmpty(first)) return undefined;
  return new YamlBuilder(first, shown, options).root();
}

/** No content at all: an explicit `null` or `~` is content. */
function isEmpty(document: Document.Parsed<ParsedNode, true>): boolean {
  const contents: ParsedNode | null = document.contents;
  return (
    contents === null ||
    ('source' in contents && contents.source === '' && contents.tag === undefined && !quoted(contents))
  );
}

const quoted = (node: ParsedNode) => 'type' in node && node.type !== 'PLAIN';
