// A parsed pattern as a program: instructions in a row, for a machine that goes back where it can't go on.
import { type CharTest, inCategory, lower, testOf } from './characters.ts';
import type { Fold, OneNode, PatternNode, Place, RepeatNode } from './node.ts';
import type { ParsedPattern } from './parse.ts';

/** The characters of a text, by their codes. */
export type Codes = Uint8Array | Uint16Array | Uint32Array;

/** `to` and the like are places in the program. Numbers that change while it runs are kept in slots. */
export type Instruction =
  | { readonly op: 'one'; readonly test: CharTest }
  /** One character, as often as can be. */
  | { readonly op: 'many'; readonly test: CharTest; readonly all: boolean; readonly min: number; readonly max: number }
  | { readonly op: 'at'; readonly holds: (codes: Codes, at: number) => boolean }
  | { readonly op: 'jump'; to: number }
  /** Goes on with the next, and with `to` when that fails. */
  | { readonly op: 'try'; to: number }
  | { readonly op: 'mark'; readonly slot: number }
  | { readonly op: 'begin-loop'; readonly slot: number; to: number }
  /**
   * One round is done (or none yet): `slot` counts them, the one after it holds where the last began. What follows is the
   * `round` that begins another.
   */
  | {
      readonly op: 'loop';
      readonly slot: number;
      readonly min: number;
      readonly max: number;
      readonly lazy: boolean;
    }
  | { readonly op: 'round'; readonly slot: number; readonly min: number; readonly body: number }
  | { readonly op: 'back'; readonly slot: number; readonly same: (one: number, other: number) => boolean }
  | { readonly op: 'condition'; readonly slot: number; to: number }
  /** Notes how many ways back there are, and where it is. */
  | { readonly op: 'enter'; readonly slot: number }
  /** Forgets the ways back since; `stay`: and is where it was then. */
  | { readonly op: 'leave'; readonly slot: number; readonly stay: boolean }
  /** As `enter`; goes on at `to` unless what follows comes to `deny`. */
  | { readonly op: 'unless'; readonly slot: number; to: number }
  | { readonly op: 'deny'; readonly slot: number }
  | { readonly op: 'step-back'; readonly width: number }
  | { readonly op: 'done' };

/** Instructions of which the place to go to is known later. */
type Going<Op extends Instruction['op']> = Extract<Instruction, { readonly op: Op }>;

export interface Program {
  readonly code: readonly Instruction[];
  /** Of groups, two each, and of loops and looks. */
  readonly slots: number;
}

export function compileProgram({ nodes, groups }: ParsedPattern): Program {
  const writer = new Writer(groups);
  writer.sequence(nodes);
  writer.code.push({ op: 'done' });
  return { code: writer.code, slots: writer.slots };
}

class Writer {
  readonly code: Instruction[] = [];
  slots: number;

  constructor(groups: number) {
    this.slots = 2 * (groups + 1);
  }

  sequence(nodes: readonly PatternNode[]): void {
    for (const node of nodes) this.#node(node);
  }

  #node(node: PatternNode): void {
    const { code } = this;
    switch (node.kind) {
      case 'char':
      case 'set':
      case 'any':
        code.push({ op: 'one', test: testOf(node) });
        return;
      case 'at': {
        const word = (at: number) => inCategory(at, 'word', node.alphabet);
        code.push({ op: 'at', holds: (codes, at) => holds(node.place, codes, at, word) });
        return;
      }
      case 'group':
        if (node.group !== undefined) code.push({ op: 'mark', slot: 2 * node.group });
        this.sequence(node.body);
        if (node.group !== undefined) code.push({ op: 'mark', slot: 2 * node.group + 1 });
        return;
      case 'atomic':
        this.#atomic(() => this.sequence(node.body), false);
        return;
      case 'branch':
        this.#branch(node.of);
        return;
      case 'repeat':
        this.#repeat(node);
        return;
      case 'back':
        code.push({ op: 'back', slot: 2 * node.group, same: sameUnder(node.fold) });
        return;
      case 'look':
        this.#look(node);
        return;
      case 'condition': {
        const ask = this.#push<Going<'condition'>>({ op: 'condition', slot: 2 * node.group, to: 0 });
        this.sequence(node.yes);
        const jump = this.#push<Going<'jump'>>({ op: 'jump', to: 0 });
        ask.to = code.length;
        this.sequence(node.no);
        jump.to = code.length;
        return;
      }
    }
  }

  #push<I extends Instruction>(instruction: I): I {
    this.code.push(instruction);
    return instruction;
  }

  #slots(count: number): number {
    const first = this.slots;
    this.slots += count;
    return first;
  }

  #atomic(body: () => void, stay: boolean): void {
    const slot = this.#slots(2);
    this.code.push({ op: 'enter', slot });
    body();
    this.code.push({ op: 'leave', slot, stay });
  }

  #branch(branches: readonly (readonly PatternNode[])[]): void {
    const ends: { to: number }[] = [];
    for (const [index, nodes] of branches.entries()) {
      if (index === branches.length - 1) this.sequence(nodes);
      else {
        const attempt = this.#push<Going<'try'>>({ op: 'try', to: 0 });
        this.sequence(nodes);
        ends.push(this.#push<Going<'jump'>>({ op: 'jump', to: 0 }));
        attempt.to = this.code.length;
      }
    }
    for (const end of ends) end.to = this.code.length;
  }

  #repeat({ min, max, how, body }: RepeatNode): void {
    const one = onlyOne(body);
    if (one && how !== 'lazy') {
      const all = one.kind === 'any' && one.breaks;
      const many: Instruction = { op: 'many', test: testOf(one), all, min, max };
      if (how === 'greedy') this.code.push(many);
      else this.#atomic(() => void this.code.push(many), false);
      return;
    }
    // Each round of a possessive repetition keeps what it took, and all of them together do.
    if (how !== 'possessive') this.#loop(() => this.sequence(body), { min, max, lazy: how === 'lazy' });
    else {
      const round = () => this.#atomic(() => this.sequence(body), false);
      this.#atomic(() => this.#loop(round, { min, max, lazy: false }), false);
    }
  }

  #loop(round: () => void, { min, max, lazy }: { min: number; max: number; lazy: boolean }): void {
    const slot = this.#slots(2);
    const begin = this.#push<Going<'begin-loop'>>({ op: 'begin-loop', slot, to: 0 });
    const body = this.code.length;
    round();
    begin.to = this.code.length;
    this.code.push({ op: 'loop', slot, min, max, lazy }, { op: 'round', slot, min, body });
  }

  #look({ negate, behind, body }: Extract<PatternNode, { kind: 'look' }>): void {
    const inside = () => {
      if (behind !== undefined && behind > 0) this.code.push({ op: 'step-back', width: behind });
      this.sequence(body);
    };
    if (!negate) {
      this.#atomic(inside, true);
      return;
    }
    const slot = this.#slots(2);
    const unless = this.#push<Going<'unless'>>({ op: 'unless', slot, to: 0 });
    inside();
    this.code.push({ op: 'deny', slot });
    unless.to = this.code.length;
  }
}

/** The one node of a repetition's body, if it stands for one character. */
function onlyOne(body: readonly PatternNode[]): OneNode | undefined {
  const [node] = body;
  if (body.length !== 1 || !node) return undefined;
  if (node.kind === 'group' && node.group === undefined) return onlyOne(node.body);
  return node.kind === 'char' || node.kind === 'set' || node.kind === 'any' ? node : undefined;
}

function sameUnder(fold: Fold): (one: number, other: number) => boolean {
  if (fold === 'no') return (one, other) => one === other;
  return (one, other) => one === other || lower(one, fold) === lower(other, fold);
}

const BREAK = 10;

function holds(place: Place, codes: Codes, at: number, word: CharTest): boolean {
  const { length } = codes;
  switch (place) {
    case 'start':
      return at === 0;
    case 'line-start':
      return at === 0 || codes[at - 1] === BREAK;
    case 'end':
      return at === length;
    case 'line-end':
      return at === length || codes[at] === BREAK;
    case 'last-end':
      return at === length || (at === length - 1 && codes[at] === BREAK);
    case 'boundary':
    case 'inside': {
      // Nothing at all has no boundary and no inside in Python.
      if (length === 0) return false;
      const [before, after] = [codes[at - 1], codes[at]];
      const differ = (before !== undefined && word(before)) !== (after !== undefined && word(after));
      return differ === (place === 'boundary');
    }
  }
}
