// From the yaml package's nodes to ours: scalars get their meaning, aliases and merge keys are resolved, and what
// YAML would silently let pass becomes a Problem.

import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  type ParsedNode,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { MOST_NODES } from '../../base/limits.ts';
import { locateInScalar } from '../problem/locate.ts';
import type { Position, SourceText } from '../problem/position.ts';
import type { Problem } from '../problem/problem.ts';
import { asWritten, Float } from '../value/float.ts';
import type { YamlEntry, YamlMap, YamlNode } from './node.ts';
import { plainScalar, type YamlVersion } from './scalar.ts';
import { PLAIN_TAGS, unquotedTemplateProblem } from './syntax.ts';
import { unknownTag } from './tag.ts';

export interface BuildOptions {
  readonly version: YamlVersion;
  /** Problems are added here. */
  readonly problems: Problem[];
}

type Node = ParsedNode | null;

/** Builds one document. Positions are taken from `shown`, in which secrets are masked; offsets are the same. */
export class YamlBuilder {
  readonly #document: Document.Parsed<ParsedNode, true>;
  readonly #shown: SourceText;
  readonly #options: BuildOptions;
  readonly #anchors = new Map<string, ParsedNode>();
  readonly #open = new Set<ParsedNode>();
  #nodes = 0;
  #exhausted = false;

  constructor(document: Document.Parsed<ParsedNode, true>, shown: SourceText, options: BuildOptions) {
    this.#document = document;
    this.#shown = shown;
    this.#options = options;
  }

  /** The whole document. */
  root(): YamlNode {
    return this.#build(this.#document.contents, 0);
  }

  #problem(problem: Problem): void {
    this.#options.problems.push(problem);
  }

  /** `offset`: where a missing value would stand. */
  #build(node: Node, offset: number): YamlNode {
    this.#nodes++;
    if (node === null || this.#exhausted) return this.#nothing(this.#shown.at(offset));
    if (this.#nodes > MOST_NODES) {
      this.#exhausted = true;
      this.#problem({
        code: 'yaml-syntax',
        summary: `This file unfolds to more than ${MOST_NODES} values`,
        detail: 'Aliases (‹*name›) that hold aliases multiply.',
        at: this.#at(node),
      });
    }
    if (isAlias(node)) return this.#alias(node);
    if (node.anchor) this.#anchors.set(node.anchor, node);
    const tag = node.tag;
    if (tag !== undefined && tag !== '!secret' && !PLAIN_TAGS.test(tag)) {
      this.#problem(unknownTag(tag, this.#tagAt(node), this.#options.version));
      return this.#nothing(this.#tagAt(node));
    }
    if (isScalar(node)) return this.#scalar(node);
    if (tag === '!secret' || tag === '!expr') {
      this.#problem({
        code: 'yaml-tag',
        summary: `‹${tag}› stands before text only`,
        hint: tag === '!expr' ? 'Put the expression in quotes.' : 'Tag each secret value by itself.',
        at: this.#tagAt(node),
      });
      return this.#nothing(this.#tagAt(node));
    }
    this.#open.add(node);
    const built = isMap(node) ? this.#map(node) : this.#list(node);
    this.#open.delete(node);
    return built;
  }

  #list(node: YAMLSeq.Parsed): YamlNode {
    const items = node.items.map((item) => this.#build(item, node.range[1]));
    return { kind: 'list', items, at: this.#at(node) };
  }

  #scalar(node: Scalar.Parsed): YamlNode {
    const { version } = this.#options;
    const [start, end] = node.range;
    const source = String(node.value ?? '');
    const quoted = node.type !== 'PLAIN';
    const tag = node.tag === '!secret' || node.tag === '!expr' ? node.tag : undefined;
    const at = tag === '!secret' ? this.#tagAt(node) : this.#at(node);
    const locate = locateInScalar(source, this.#shown, start, end);
    const scalar = { kind: 'scalar', quoted, tag, at, locate } as const;
    if (tag === '!secret') return { ...scalar, locate: () => at, raw: '', value: source };
    const raw = quoted ? source : this.#shown.text.slice(start, end);
    const type = node.tag?.replace('tag:yaml.org,2002:', '');
    if (type === '!unsafe') return { ...scalar, raw, value: source, unsafe: true };
    if ((quoted && !['int', 'float', 'bool', 'null'].includes(type ?? '')) || tag || type === 'str' || type === '!') {
      return { ...scalar, raw, value: source };
    }
    const plain = plainScalar(source, version);
    if (plain.trouble && version === '1.2') {
      this.#problem({
        code: 'bad-value',
        summary:
          plain.trouble === 'inexact' ? 'This number is too large to be kept exactly' : 'This is not a finite number',
        detail: 'Numbers are doubles, as in JSON: whole numbers are exact up to 9007199254740991.',
        hint: `If it is an identifier and not an amount, quote it: "${source}"`,
        at,
      });
    }
    const float = typeof plain.value === 'number' && /[.eE]/.test(source) ? asWritten(plain.value, source) : undefined;
    return { ...scalar, raw, value: plain.value, ...(float instanceof Float && !/^0x/.test(source) && { float }) };
  }

  #map(node: YAMLMap.Parsed): YamlNode {
    const at = this.#at(node);
    if (node.flow && this.#shown.text.startsWith('{{', node.range[0])) {
      // with syntax errors the parser's own pass has said so already
      if (
        !this.#options.problems.some(
          ({ code, at: seen }) => code === 'yaml-unquoted-template' && seen?.line === at.line,
        )
      ) {
        this.#problem(unquotedTemplateProblem(this.#shown.at(node.range[0], node.range[1])));
      }
      return this.#nothing(at);
    }
    const entries = new Map<string, YamlEntry>();
    const merged: YamlMap[] = [];
    for (const { key, value } of node.items) {
      const offset = value?.range?.[0] ?? key?.range?.[1] ?? node.range[0];
      if (isScalar(key) && key.value === '<<' && key.type === 'PLAIN') {
        merged.push(...this.#merged(this.#build(value as Node, offset)));
        continue;
      }
      const name = this.#key(key as Node, node.range[0]);
      if (name === undefined) continue;
      const first = entries.get(name.key);
      const entry = { ...name, value: this.#build(value as Node, Math.max(0, offset - 1)) };
      if (first) {
        this.#problem({
          code: 'yaml-duplicate-key',
          summary: `The key ‹${name.key}› stands here twice`,
          detail: `It was first given at line ${first.keyAt.line}; YAML readers disagree about which one holds.`,
          hint: 'Remove one of them.',
          at: name.keyAt,
        });
      } else entries.set(name.key, entry);
    }
    const own = new Set(entries.keys());
    // earlier merges win over later ones, the map's own keys over all (yaml.org/type/merge.html)
    for (const map of merged) {
      for (const entry of map.entries)
        if (!own.has(entry.key) && !entries.has(entry.key)) entries.set(entry.key, entry);
    }
    return { kind: 'map', entries: [...entries.values()], at };
  }

  #merged(node: YamlNode): YamlMap[] {
    if (node.kind === 'map') return [node];
    if (node.kind === 'list' && node.items.every((item) => item.kind === 'map'))
      return node.items.filter((item) => item.kind === 'map');
    this.#problem({
      code: 'yaml-syntax',
      summary: '‹<<› merges maps only',
      hint: 'Write ‹<<: *name›, where ‹name› is the anchor of a map.',
      at: node.at,
    });
    return [];
  }

  #key(node: Node, offset: number): { key: string; keyAt: Position } | undefined {
    const target = isAlias(node) ? this.#anchors.get(node.source) : node;
    if (node && !isAlias(node) && node.anchor) this.#anchors.set(node.anchor, node);
    const keyAt = node?.range ? this.#at(node) : this.#shown.at(offset);
    if (isScalar(target) && (target.tag === undefined || PLAIN_TAGS.test(target.tag))) {
      const key = String(target.value ?? '');
      if (target.type !== 'PLAIN' || !/^(~|null|Null|NULL|)$/.test(key)) return { key, keyAt };
    }
    const template = this.#shown.text.startsWith('{{', node?.range?.[0] ?? offset);
    this.#problem(
      template
        ? unquotedTemplateProblem(keyAt)
        : {
            code: 'yaml-syntax',
            summary: 'A key must be text',
            hint: 'Write the key as one word, or in quotes.',
            at: keyAt,
          },
    );
    return undefined;
  }

  #alias(node: Alias.Parsed): YamlNode {
    const target = this.#anchors.get(node.source);
    if (!target || this.#open.has(target)) {
      this.#problem({
        code: 'yaml-syntax',
        summary: target
          ? `The alias ‹*${node.source}› stands inside what it names`
          : `There is no anchor ‹&${node.source}›`,
        hint: target ? 'A value cannot hold itself.' : 'Text that starts with ‹*› must be quoted.',
        at: this.#at(node),
      });
      return this.#nothing(this.#at(node));
    }
    return this.#build(target, node.range[0]);
  }

  #nothing(at: Position): YamlNode {
    return { kind: 'scalar', value: null, raw: '', quoted: false, tag: undefined, at, locate: () => at };
  }

  #at(node: ParsedNode): Position {
    return this.#shown.at(node.range[0], Math.max(node.range[1], node.range[0] + 1));
  }

  /** The tag itself: the last `!…` before the value. */
  #tagAt(node: ParsedNode): Position {
    const before = this.#shown.text.slice(0, node.range[0]);
    const start = before.lastIndexOf('!', node.range[0]);
    if (start < 0) return this.#at(node);
    const from = before[start - 1] === '!' ? start - 1 : start;
    return this.#shown.at(from, from + (/^\S+/.exec(before.slice(from))?.[0].length ?? 1));
  }
}
