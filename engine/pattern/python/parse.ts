// Python's regular expressions, parsed as `re` of Python 3.11 parses them (https://docs.python.org/3.11/library/re.html).
import { DEEPEST } from '../../base/limits.ts';
import { type Counts, countsOf, readCounts } from './counts.ts';
import { categoryOf, escapedChar, readSet } from './escapes.ts';
import type { PatternFault } from './fault.ts';
import { type Flags, readFlags } from './flags.ts';
import { type Alphabet, type Fold, type LookNode, type PatternNode, type RepeatNode, widthOf } from './node.ts';
import { Source } from './source.ts';

export interface ParsedPattern {
  readonly nodes: readonly PatternNode[];
  /** How many there are. */
  readonly groups: number;
  readonly names: ReadonlyMap<string, number>;
  readonly flags: Flags;
}

const IDENTIFIER = /^[\p{XID_Start}_]\p{XID_Continue}*$/u;

/** @throws PatternFault for what Python refuses, for `\N{…}`, and for POSIX classes, which Python takes for something else */
export function parsePattern(written: string, flags: Flags, bytes: boolean): ParsedPattern {
  const parser = new Parser(new Source(written, bytes), flags, bytes);
  return parser.whole();
}

class Parser {
  readonly #source: Source;
  readonly #bytes: boolean;
  #flags: Flags;
  #groups = 0;
  readonly #names = new Map<string, number>();
  /** Of groups that are closed. */
  readonly #widths = new Map<number, readonly [number, number]>();
  /** Conditions about groups that may come later. */
  readonly #asked: { readonly group: number; readonly fault: PatternFault }[] = [];
  /** How many groups there were where the outermost look-behind began. */
  #behind: number | undefined;
  #depth = 0;

  constructor(source: Source, flags: Flags, bytes: boolean) {
    this.#source = source;
    this.#flags = flags;
    this.#bytes = bytes;
  }

  whole(): ParsedPattern {
    const nodes = this.#branches(true);
    if (this.#source.next !== undefined) {
      const start = this.#source.at;
      this.#source.take();
      throw this.#source.fault('this parenthesis closes none', start);
    }
    const missing = this.#asked.find(({ group }) => group > this.#groups);
    if (missing) throw missing.fault;
    return { nodes, groups: this.#groups, names: this.#names, flags: this.#flags };
  }

  get #alphabet(): Alphabet {
    return this.#flags.ascii || this.#bytes ? 'ascii' : 'unicode';
  }

  #branches(first = false): readonly PatternNode[] {
    if (++this.#depth > DEEPEST)
      throw this.#source.fault(`more than ${DEEPEST} levels of parentheses`, this.#source.at - 1);
    const all = [this.#sequence(first)];
    while (this.#source.match('|')) all.push(this.#sequence(false));
    this.#depth -= 1;
    return all.length === 1 && all[0] ? all[0] : [{ kind: 'branch', of: all }];
  }

  /** `first`: nothing stands before it, so that flags for the whole pattern may. */
  #sequence(first: boolean): readonly PatternNode[] {
    const source = this.#source;
    const nodes: PatternNode[] = [];
    for (;;) {
      const start = source.at;
      const token = source.next;
      if (token === undefined || token === '|' || token === ')') return nodes;
      source.take();
      if (this.#flags.verbose && this.#skipped(token)) continue;
      if (token.startsWith('\\')) nodes.push(this.#escape(token, start));
      else if (token === '[') nodes.push(this.#set());
      else if ('*+?'.includes(token)) this.#repeat(nodes, countsOf(token), start);
      else if (token === '{') {
        const range = readCounts(source, start);
        if (range) this.#repeat(nodes, range, start);
        else nodes.push(this.#char(0x7b));
      } else if (token === '.') nodes.push({ kind: 'any', breaks: this.#flags.dotAll });
      else if (token === '^') nodes.push(this.#at(this.#flags.multiline ? 'line-start' : 'start'));
      else if (token === '$') nodes.push(this.#at(this.#flags.multiline ? 'line-end' : 'last-end'));
      else if (token === '(') {
        const node = this.#parenthesis(start, first && nodes.length === 0);
        if (node) nodes.push(node);
      } else nodes.push(this.#char(token.codePointAt(0) ?? 0));
    }
  }

  /** White space and comments of a verbose pattern. */
  #skipped(token: string): boolean {
    if (/^[ \t\n\r\v\f]$/.test(token)) return true;
    if (token !== '#') return false;
    while (this.#source.next !== undefined && this.#source.take() !== '\n');
    return true;
  }

  #char(code: number): PatternNode {
    return { kind: 'char', code, fold: this.#fold() };
  }

  #fold(): Fold {
    return this.#flags.ignoreCase ? this.#alphabet : 'no';
  }

  #at(place: Extract<PatternNode, { kind: 'at' }>['place']): PatternNode {
    return { kind: 'at', place, alphabet: this.#alphabet };
  }

  #set(): PatternNode {
    const { items, negate } = readSet(this.#source, this.#bytes);
    return { kind: 'set', items, negate, fold: this.#fold(), alphabet: this.#alphabet };
  }

  #escape(token: string, start: number): PatternNode {
    const source = this.#source;
    const letter = token.slice(1);
    const category = categoryOf(letter);
    if (category) {
      return { kind: 'set', items: [category], negate: false, fold: 'no', alphabet: this.#alphabet };
    }
    if (letter === 'A') return this.#at('start');
    if (letter === 'Z') return this.#at('end');
    if (letter === 'b') return this.#at('boundary');
    if (letter === 'B') return this.#at('inside');
    if (letter === '0') return this.#char(Number.parseInt(`0${source.takeWhile(2, /^[0-7]$/)}`, 8));
    if (!/^[1-9]$/.test(letter)) return this.#char(escapedChar(source, token, start, this.#bytes));
    let digits = letter + source.takeWhile(1, /^[0-9]$/);
    if (/^[0-7]{2}$/.test(digits) && source.next !== undefined && /^[0-7]$/.test(source.next)) {
      digits += source.take();
      const code = Number.parseInt(digits, 8);
      if (code > 0o377) throw source.fault('octal escapes go to ‹\\377›', start);
      return this.#char(code);
    }
    return this.#reference(Number(digits), start);
  }

  #reference(group: number, start: number): PatternNode {
    if (group > this.#groups) throw this.#source.fault(`there is no group ${group} before this`, start);
    if (!this.#widths.has(group)) throw this.#source.fault('this refers to the group that it stands in', start);
    this.#checkBehind(group, start);
    return { kind: 'back', group, fold: this.#fold() };
  }

  /** In a look-behind only groups from before it can be asked for. */
  #checkBehind(group: number, start: number): void {
    if (this.#behind === undefined) return;
    if (group <= this.#groups && !this.#widths.has(group)) {
      throw this.#source.fault('this refers to the group that it stands in', start);
    }
    if (group > this.#behind) throw this.#source.fault('this refers to a group of the same look-behind', start);
  }

  #repeat(nodes: PatternNode[], { min, max }: Counts, start: number): void {
    const source = this.#source;
    const node = nodes.at(-1);
    if (!node || node.kind === 'at') throw source.fault('there is nothing to repeat', start);
    if (node.kind === 'repeat') throw source.fault('this repeats what is repeated already', start);
    const how: RepeatNode['how'] = source.match('?') ? 'lazy' : source.match('+') ? 'possessive' : 'greedy';
    nodes[nodes.length - 1] = { kind: 'repeat', min, max, how, body: [node] };
  }

  /** What an opening parenthesis begins; undefined for comments and for flags of the whole. */
  #parenthesis(start: number, first: boolean): PatternNode | undefined {
    const source = this.#source;
    if (!source.match('?')) return this.#group(start, undefined);
    const kind = source.take();
    switch (kind) {
      case 'P':
        return this.#named(start);
      case ':':
        return { kind: 'group', group: undefined, body: this.#inside(start) };
      case '>':
        return { kind: 'atomic', body: this.#inside(start) };
      case '#':
        while (source.next !== undefined && source.next !== ')') source.take();
        if (!source.match(')')) throw source.fault('this comment has no end', start);
        return undefined;
      case '=':
      case '!':
        return { kind: 'look', negate: kind === '!', behind: undefined, body: this.#inside(start) };
      case '<':
        return this.#lookBehind(start);
      case '(':
        return this.#condition(start);
      default:
        if (kind === undefined || !/^[aiLmsux-]$/.test(kind)) {
          throw source.fault(`Python knows no group ‹(?${kind ?? ''}›`, start);
        }
        return this.#flagged(kind, start, first);
    }
  }

  #flagged(letter: string, start: number, first: boolean): PatternNode | undefined {
    const outside = this.#flags;
    const read = readFlags(this.#source, { first: letter, start, flags: outside, bytes: this.#bytes });
    if (read.global) {
      if (!first) throw this.#source.fault('flags for the whole pattern stand at its start', start);
      this.#flags = read.flags;
      return undefined;
    }
    this.#flags = read.flags;
    const body = this.#inside(start);
    this.#flags = outside;
    return { kind: 'group', group: undefined, body };
  }

  /** `(?P<name>…)`, `(?P=name)`. */
  #named(start: number): PatternNode {
    const source = this.#source;
    const kind = source.take();
    if (kind !== '<' && kind !== '=') throw source.fault(`Python knows no group ‹(?P${kind ?? ''}›`, start);
    const at = source.at;
    const name = source.takeUntil(kind === '<' ? '>' : ')', 'the group’s name');
    if (!IDENTIFIER.test(name)) throw source.fault('a group’s name is letters, digits and underscores', at);
    const known = this.#names.get(name);
    if (kind === '<') {
      if (known !== undefined) throw source.fault(`there is a group ‹${name}› already`, at);
      return this.#group(start, name);
    }
    if (known === undefined) throw source.fault(`there is no group ‹${name}› before this`, at);
    return this.#reference(known, at);
  }

  #group(start: number, name: string | undefined): PatternNode {
    const group = ++this.#groups;
    if (name !== undefined) this.#names.set(name, group);
    const body = this.#inside(start);
    this.#widths.set(group, widthOf(body, this.#widths));
    return { kind: 'group', group, body };
  }

  /** What stands up to the closing parenthesis, which is taken. Flags that are set for it alone end with it. */
  #inside(start: number): readonly PatternNode[] {
    const body = this.#branches();
    if (!this.#source.match(')')) throw this.#source.fault('this parenthesis is never closed', start);
    return body;
  }

  #lookBehind(start: number): LookNode {
    const source = this.#source;
    const kind = source.take();
    if (kind !== '=' && kind !== '!') {
      throw source.fault('Python knows no such group: a named one is ‹(?P<name>…)›', start);
    }
    const outside = this.#behind;
    this.#behind ??= this.#groups;
    const body = this.#inside(start);
    this.#behind = outside;
    const [low, high] = widthOf(body, this.#widths);
    if (low !== high) throw source.fault('what a look-behind looks for has one width', start);
    return { kind: 'look', negate: kind === '!', behind: low, body };
  }

  /** `(?(1)yes|no)`, `(?(name)yes|no)`. */
  #condition(start: number): PatternNode {
    const source = this.#source;
    const at = source.at;
    const name = source.takeUntil(')', 'the group’s name');
    const group = IDENTIFIER.test(name) ? this.#names.get(name) : /^[0-9]+$/.test(name) ? Number(name) : undefined;
    if (group === undefined || group === 0) throw source.fault(`there is no group ‹${name}›`, at);
    this.#asked.push({ group, fault: source.fault(`there is no group ${group}`, at) });
    this.#checkBehind(group, at);
    const yes = this.#sequence(false);
    const no = source.match('|') ? this.#sequence(false) : [];
    if (source.next === '|') throw source.fault('a condition has two branches at most', start);
    if (!source.match(')')) throw source.fault('this parenthesis is never closed', start);
    return { kind: 'condition', group, yes, no };
  }
}
