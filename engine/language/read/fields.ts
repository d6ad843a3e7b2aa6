// Readers of keyword values: each takes what stands there, or says what is wanted and gives nothing.

import type { Dynamic, DynamicMap } from '../dynamic/dynamic.ts';
import type { Expression } from '../expression/expression.ts';
import { notAllowed, type ParamFault, wrongType } from '../parameters/sentences.ts';
import type { Position } from '../problem/position.ts';
import type { YamlEntry, YamlNode } from '../yaml/yaml.ts';
import { plainValue, type Reading } from './reading.ts';
import { readVariables } from './variables.ts';

/** The keywords of one play, task or include. Every reader answers `undefined` (or nothing) when the keyword is absent. */
export class Fields {
  readonly at: Position;
  readonly reading: Reading;
  readonly #entries: ReadonlyMap<string, YamlEntry>;

  constructor(entries: ReadonlyMap<string, YamlEntry>, at: Position, reading: Reading) {
    this.#entries = entries;
    this.at = at;
    this.reading = reading;
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  entry(name: string): YamlEntry | undefined {
    return this.#entries.get(name);
  }

  /** Text as it is written. A number is taken as its digits. */
  plainText(name: string): string | undefined {
    return this.#read(name, (node) => {
      if (node.kind === 'scalar' && node.tag === undefined && node.value !== null) {
        if (typeof node.value === 'string' && node.value.trim() !== '') return node.value;
        if (typeof node.value === 'number') return node.raw;
        if (typeof node.value === 'string') return this.#report({ ...outOfRange(name, 'string'), path: [] }, node.at);
      }
      return this.#wrong(name, 'string', node);
    });
  }

  /** Text or a template that makes it. */
  text(name: string): Dynamic | undefined {
    return this.#read(name, (node) => this.#computed(name, node, 'string', (value) => String(value).trim() !== ''));
  }

  oneOf<const Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    return this.#read(name, (node) => {
      const value = node.kind === 'scalar' ? node.value : undefined;
      const word = words.find((candidate) => candidate === value);
      return word ?? this.#report(notAllowed([name], `‹${name}›`, words, plainValue(node)), node.at);
    });
  }

  flag(name: string): boolean | undefined {
    return this.#read(name, (node) => {
      if (node.kind === 'scalar' && typeof node.value === 'boolean' && !node.quoted) return node.value;
      return this.#wrong(name, 'boolean', node);
    });
  }

  boolean(name: string): Dynamic | undefined {
    return this.#read(name, (node) => this.#computed(name, node, 'boolean', () => true));
  }

  /** A number of at least `least`; `whole` refuses fractions. */
  number(name: string, least: number, whole = false): Dynamic | undefined {
    const type = whole ? 'integer' : 'number';
    return this.#read(name, (node) =>
      this.#computed(name, node, type, (value) => Number(value) >= least && (!whole || Number.isInteger(value))),
    );
  }

  /** One condition or a list of them. */
  conditions(name: string): Expression[] {
    const entry = this.#entries.get(name);
    if (!entry) return [];
    const nodes = entry.value.kind === 'list' ? entry.value.items : [entry.value];
    return nodes.flatMap((node) => this.reading.condition(node, name) ?? []);
  }

  condition(name: string): Expression | undefined {
    return this.#read(name, (node) => this.reading.condition(node, name));
  }

  /** A list of words, or one text with commas. */
  words(name: string): string[] {
    return this.#list(name).flatMap((node) => {
      if (node.kind === 'scalar' && node.tag === undefined && node.value !== null) {
        const text = typeof node.value === 'string' ? node.value : node.raw;
        return text.split(',').flatMap((word) => word.trim() || []);
      }
      this.#wrong(name, 'string', node);
      return [];
    });
  }

  /** One text or a list of texts. */
  texts(name: string): Dynamic[] {
    return this.#list(name).flatMap((node) => this.#computed(name, node, 'string', (value) => value !== '') ?? []);
  }

  /** A map of new variables; empty when absent. */
  variables(name: string): DynamicMap {
    const entry = this.#entries.get(name);
    return entry ? readVariables(entry, this.reading) : { kind: 'map', entries: [], at: this.at };
  }

  #read<T>(name: string, read: (node: YamlNode) => T | undefined): T | undefined {
    const entry = this.#entries.get(name);
    return entry ? read(entry.value) : undefined;
  }

  #list(name: string): readonly YamlNode[] {
    const entry = this.#entries.get(name);
    if (!entry || (entry.value.kind === 'scalar' && entry.value.value === null)) return [];
    return entry.value.kind === 'list' ? entry.value.items : [entry.value];
  }

  #computed(name: string, node: YamlNode, type: string, takes: (value: unknown) => boolean): Dynamic | undefined {
    if (node.kind !== 'scalar') return this.#wrong(name, type, node);
    const dynamic = this.reading.dynamic(node);
    if (dynamic.kind !== 'literal') return dynamic;
    if (node.tag === '!secret') {
      this.reading.problems.push({
        code: 'secret-misplaced',
        summary: 'A secret in a place that would show it',
        detail: `‹${name}› is shown on the screen and in the record.`,
        at: node.at,
      });
      return undefined;
    }
    const { value } = node;
    const text = type === 'string' && typeof value === 'number' ? node.raw : value;
    const fits = typeof text === (type === 'integer' ? 'number' : type);
    if (!fits) return this.#wrong(name, type, node);
    if (takes(text)) return { ...dynamic, value: text };
    return this.#report({ ...outOfRange(name, type), path: [] }, node.at);
  }

  #wrong(name: string, type: string, node: YamlNode): undefined {
    return this.#report(wrongType([name], `‹${name}›`, [{ type }], plainValue(node)), node.at);
  }

  #report({ path: _, ...fault }: ParamFault, at: Position): undefined {
    this.reading.problems.push({ ...fault, at });
    return undefined;
  }
}

function outOfRange(name: string, type: string): Omit<ParamFault, 'path'> {
  const what = type === 'string' ? 'is empty' : type === 'integer' ? 'must be a whole number from 1' : 'is negative';
  return { code: 'bad-value', summary: 'A value that it cannot take', detail: `‹${name}› ${what}.` };
}
