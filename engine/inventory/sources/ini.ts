// INI inventories: `[group]`, `[group:vars]`, `[group:children]`, and hosts with variables on their line.

import { didYouMean } from '../../language/problem/did-you-mean.ts';
import { locateInLine } from '../../language/problem/locate.ts';
import type { Position, SourceText } from '../../language/problem/position.ts';
import type { YamlNode } from '../../language/yaml/node.ts';
import type { InventoryBuilder, InventorySource } from '../model/builder.ts';
import { readLiteral } from '../python/literal.ts';
import { splitShlex } from '../python/shlex.ts';
import { defineHosts } from './define-hosts.ts';
import { literalNode } from './literal-node.ts';

const SECTION = /^\[([^:\]\s]+)(?::(\p{L}[\p{L}\p{N}_]*))?\]\s*(?:#.*)?$/u;
const KINDS = ['hosts', 'vars', 'children'] as const;
type Kind = (typeof KINDS)[number];

/** A group that is spoken of before it is declared. */
interface Pending {
  readonly kind: 'vars' | 'children';
  readonly at: Position;
  readonly parents: { readonly name: string; readonly at: Position }[];
}

/** Adds what the file says. Source: Ansible's `ini` inventory plugin. */
export function addIni(builder: InventoryBuilder, source: InventorySource, text: SourceText): void {
  new IniReader(builder, source, text).read();
}

class IniReader {
  readonly #builder: InventoryBuilder;
  readonly #source: InventorySource;
  readonly #text: SourceText;
  readonly #pending = new Map<string, Pending>();
  #group = 'ungrouped';
  /** Undefined after a section that can't be read: its lines are skipped, since they were meant for it. */
  #kind: Kind | undefined = 'hosts';

  constructor(builder: InventoryBuilder, source: InventorySource, text: SourceText) {
    this.#builder = builder;
    this.#source = source;
    this.#text = text;
  }

  read(): void {
    for (const match of this.#text.text.matchAll(/[^\r\n]+/g)) {
      const line = match[0].trim();
      if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
      const offset = match.index + match[0].indexOf(line);
      if (line.startsWith('[') && this.#section(line, offset)) continue;
      if (this.#kind === 'hosts') this.#host(line, offset);
      else if (this.#kind === 'vars') this.#variable(line, offset);
      else if (this.#kind === 'children') this.#child(line, offset);
    }
    this.#reportPending();
  }

  /** False where a line that begins with `[` is none, but a host such as `[2001:db8::1]:22`. */
  #section(line: string, offset: number): boolean {
    const at = this.#at(offset, line.length);
    const match = SECTION.exec(line);
    const name = match?.[1];
    if (match === null || name === undefined) {
      if (!line.endsWith(']')) return false;
      this.#kind = undefined;
      this.#problem(
        at,
        'This is no section',
        'A section is ‹[group]›, ‹[group:vars]› or ‹[group:children]›, without spaces.',
      );
      return true;
    }
    const kind = KINDS.find((known) => known === (match[2] ?? 'hosts'));
    this.#kind = kind;
    this.#group = name;
    if (kind === undefined) {
      const hint = didYouMean(match[2] ?? '', KINDS) ?? 'There are ‹[group]›, ‹[group:vars]› and ‹[group:children]›.';
      this.#problem(at, `A group has no section ‹${match[2]}›`, hint);
      return true;
    }
    if (!this.#builder.groups.has(name)) {
      if (kind === 'vars' && !this.#pending.has(name)) this.#pending.set(name, { kind, at, parents: [] });
      this.#builder.group(name, at);
    }
    if (kind !== 'vars') this.#declare(name);
    return true;
  }

  /** A group that was spoken of before is now declared: it gets its parents. */
  #declare(name: string): void {
    const pending = this.#pending.get(name);
    if (!pending) return;
    this.#pending.delete(name);
    for (const parent of pending.parents) {
      this.#builder.addChild(parent.name, name, parent.at);
      if (this.#pending.get(parent.name)?.kind === 'children') this.#declare(parent.name);
    }
  }

  #host(line: string, offset: number): void {
    const { words, unclosed, cut } = splitShlex(line, { comments: true });
    if (unclosed !== undefined) {
      const what = line.charAt(unclosed) === '\\' ? 'Nothing follows the backslash' : 'This quote is never closed';
      this.#problem(this.#at(offset + unclosed, 1), what, 'Put the whole value in quotes: name="…"');
      return;
    }
    if (cut !== undefined) this.#warnOfComment(this.#at(offset + cut, line.length - cut));
    const [first, ...rest] = words;
    if (!first) return;
    const variables: { name: string; node: YamlNode }[] = [];
    for (const word of rest) {
      const at = this.#at(offset + word.start, word.end - word.start);
      const equals = word.text.indexOf('=');
      if (equals < 0) this.#problem(at, 'After a host come its variables', `Write ‹name=value›; found ‹${word.text}›.`);
      else variables.push({ name: word.text.slice(0, equals), node: iniValue(word.text.slice(equals + 1), at) });
    }
    const at = this.#at(offset + first.start, first.end - first.start);
    if (first.text.trim() === '---') {
      this.#problem(at, 'This looks like YAML', 'Name the file ‹.yml›: it is read as INI now.');
      return;
    }
    defineHosts(this.#builder, this.#source, { pattern: first.text, at, group: this.#group, variables });
  }

  #variable(line: string, offset: number): void {
    const equals = line.indexOf('=');
    const name = line.slice(0, Math.max(0, equals)).trim();
    if (equals < 0 || name === '') {
      const yaml = /^[\w-]+:(\s|$)/.test(line) ? ' This looks like YAML.' : '';
      this.#problem(this.#at(offset, line.length), 'A variable is missing its value', `Write ‹name=value›.${yaml}`);
      return;
    }
    const value = line.slice(equals + 1).trim();
    const at = this.#at(offset + line.length - value.length, value.length);
    const node = iniValue(value, at);
    const comment = / [#;] /.exec(value);
    if (comment && node.kind === 'scalar' && node.value === value) this.#warnOfValue(at, comment.index + 1);
    this.#builder.setGroupVariable(this.#builder.group(this.#group, at), {
      name,
      node,
      from: `group ${this.#group}`,
      at: this.#at(offset, name.length),
      directory: this.#source.directory,
    });
  }

  #child(line: string, offset: number): void {
    const at = this.#at(offset, line.length);
    const name = groupNamed(line);
    if (name === undefined) {
      this.#problem(at, 'Here stands the name of one group a line', `Found ‹${line}›.`);
      return;
    }
    if (this.#builder.groups.has(name)) {
      this.#builder.addChild(this.#group, name, at);
      return;
    }
    const pending = this.#pending.get(name);
    const parent = { name: this.#group, at };
    if (pending) pending.parents.push(parent);
    else this.#pending.set(name, { kind: 'children', at, parents: [parent] });
  }

  #reportPending(): void {
    const names = [...this.#builder.groups.keys()].filter((name) => !this.#pending.has(name));
    for (const [name, { kind, at }] of this.#pending) {
      this.#builder.problems.push({
        code: 'inventory-shape',
        summary: `There is no group ‹${name}›`,
        detail:
          kind === 'vars'
            ? 'Variables are set for it here, but nothing puts a host into it.'
            : 'It is named as a child here.',
        hint: didYouMean(name, names) ?? `Declare it with ‹[${name}]›.`,
        at,
      });
    }
  }

  #warnOfComment(at: Position): void {
    this.#builder.problems.push({
      code: 'inventory-shape',
      severity: 'warning',
      summary: 'The rest of this line is a comment',
      detail: 'A ‹#› begins a comment even in the middle of a word, as in Ansible.',
      hint: 'If it belongs to the value, put the value in quotes; else put a space before it.',
      at,
    });
  }

  #warnOfValue(value: Position, from: number): void {
    this.#builder.problems.push({
      code: 'inventory-shape',
      severity: 'warning',
      summary: 'This is part of the value',
      detail: 'Below ‹[group:vars]› the value reaches to the end of the line, as in Ansible.',
      hint: 'If it is meant as a comment, put it on a line of its own; else put the whole value in quotes.',
      at: { ...value, column: value.column + from, length: Math.max(1, value.length - from) },
    });
  }

  #at(offset: number, length: number): Position {
    return this.#text.at(offset, offset + length);
  }

  #problem(at: Position, summary: string, hint: string): void {
    this.#builder.problems.push({ code: 'inventory-shape', summary, hint, at });
  }
}

/** A value of an INI file: a Python literal where it reads as one, else its text. */
function iniValue(text: string, at: Position): YamlNode {
  const literal = readLiteral(text);
  if (literal !== undefined && typeof literal !== 'string') return literalNode(literal, at);
  const value = literal ?? text;
  return { kind: 'scalar', value, raw: text, quoted: true, tag: undefined, at, locate: locateInLine(value, at) };
}

/** The first word of a line that holds nothing else but a comment; a `#` in a word that is followed by more begins one. */
function groupNamed(line: string): string | undefined {
  const [, word = '', rest = ''] = /^([^:\]\s]+)(.*)$/s.exec(line) ?? [];
  if (/^\s*(?:#|$)/.test(rest)) return word === '' ? undefined : word;
  return word.slice(0, Math.max(0, word.lastIndexOf('#'))) || undefined;
}
