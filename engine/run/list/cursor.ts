// A play's tasks as one host meets them: from one to the next, into blocks, and out of them when a task has failed.

import { ProblemError } from '../../language/problem/problem.ts';
import type { TaskNode } from '../../language/runbook/runbook.ts';
import { isLater } from '../../language/value/find-unknown.ts';
import type { BlockRun, Exit } from './block.ts';
import { rescues } from './block.ts';
import type { Instance } from './bound.ts';
import {
  checklistLinesOf,
  type ListEntry,
  listEntries,
  loopItems,
  possibleRescue,
  rescueEntries,
  type ScopeOf,
  unfold,
} from './expand.ts';

/** One host's way through one list, unfolded as far as needed. Not safe for concurrent use. */
export class TaskCursor {
  readonly #entries: ListEntry[];
  #index = 0;
  #left: Exit | undefined;
  /** Once set the host is on its way out, whatever is rescued on it. */
  #stopped: Exit | undefined;
  /** Lines of the checklist of which tasks were passed over on the way to a rescue, to an `always` or out. */
  readonly missed = new Set<string>();

  /** `list` sets the keys of this list's tasks apart from those of every other list of the host. */
  constructor(nodes: readonly TaskNode[], list: string) {
    this.#entries = listEntries(nodes, list);
  }

  /** The task in hand; undefined behind the last one. Call `reach` first. */
  get current(): Instance | undefined {
    const entry = this.#entries[this.#index];
    return entry?.kind === 'task' ? entry.instance : undefined;
  }

  /** Why the list was left before its end. */
  get left(): Exit | undefined {
    return this.#left;
  }

  /**
   * Goes on to the next task, through includes and into blocks. The place of an include or a block that can't be
   * evaluated with what this host may look at, where it has to meet the others; then `settle` it.
   */
  reach(scopeOf: ScopeOf): readonly number[] | undefined {
    for (;;) {
      const entry = this.#entries[this.#index];
      if (entry === undefined || entry.kind === 'task') return undefined;
      if (this.#waits(entry, scopeOf)) return entry.context.order;
      this.#pass(entry, scopeOf);
    }
  }

  /** Goes past the include or the beginning of a block in hand with the values that there are by now. */
  settle(scopeOf: ScopeOf): void {
    const entry = this.#entries[this.#index];
    if (entry) this.#pass(entry, scopeOf);
  }

  #waits(entry: ListEntry, scopeOf: ScopeOf): boolean {
    if (entry.kind === 'include') return this.#isLater(entry, scopeOf) === true;
    if (entry.kind !== 'enter') return false;
    entry.run.gate.foresee(scopeOf(entry.context));
    return !entry.run.gate.broken && isLater(entry.run.gate.value);
  }

  /** `broken`: the items of the include's loop can't be evaluated. */
  #isLater(entry: Extract<ListEntry, { kind: 'include' }>, scopeOf: ScopeOf): boolean | 'broken' {
    try {
      return isLater(loopItems(entry.include, entry.context, scopeOf));
    } catch (error) {
      if (error instanceof ProblemError) return 'broken';
      throw error;
    }
  }

  #pass(entry: ListEntry, scopeOf: ScopeOf): void {
    switch (entry.kind) {
      case 'task':
        return;
      case 'include':
        this.#unfold(this.#index, entry, scopeOf);
        return;
      case 'enter':
        entry.run.gate.decide(scopeOf(entry.context));
        this.#index += 1;
        return;
      case 'leave':
        if (entry.part === 'body' && this.#mayRescue(entry)) return;
        this.#index += 1;
        if (entry.part === 'body') entry.run.phase = 'always';
        else {
          const left = entry.run.left ?? this.#stopped;
          if (left) this.#unwind(entry.run.around, left);
        }
    }
  }

  /** In a dry run, behind a block's tasks of which one may fail: the rescue may come, and some of them not. */
  #mayRescue({ run, context }: Extract<ListEntry, { kind: 'leave' }>): boolean {
    if (!run.doubt || run.phase !== 'body') return false;
    const { reason, undone } = run.doubt;
    run.phase = 'rescue';
    for (const doubt of undone) doubt(reason);
    this.#entries.splice(this.#index, 0, ...possibleRescue(run, context, reason));
    return true;
  }

  /** The block whose rescue would come if the task in hand failed. */
  get #rescuer(): BlockRun | undefined {
    return this.current?.blocks.findLast(rescues);
  }

  /** In a dry run: nobody can tell whether the task in hand fails. */
  mayFail(reason: string): void {
    const run = this.#rescuer;
    if (run) run.doubt ??= { reason, undone: [] };
  }

  /** In a dry run, where a task before may have failed: what to doubt then of the task in hand, which would not come. */
  get unlessFailed(): ((reason: string) => void)[] | undefined {
    return this.current?.blocks.find(({ doubt, phase }) => doubt && phase === 'body')?.doubt?.undone;
  }

  #unfold(index: number, { include, context }: Extract<ListEntry, { kind: 'include' }>, scopeOf: ScopeOf): void {
    this.#entries.splice(index, 1, ...unfold(include, context, scopeOf));
  }

  /** The task in hand and those after it, if none fails, as far as can be told. Includes on the way are unfolded. */
  *ahead(scopeOf: ScopeOf): Generator<Instance> {
    for (let index = this.#index; ; index += 1) {
      for (
        let entry = this.#entries[index];
        entry?.kind === 'include' && this.#isLater(entry, scopeOf) === false;
        entry = this.#entries[index]
      ) {
        this.#unfold(index, entry, scopeOf);
      }
      const entry = this.#entries[index];
      if (entry === undefined || entry.kind === 'include') return;
      if (entry.kind === 'task') yield entry.instance;
      else if (entry.kind === 'enter') entry.run.gate.foresee(scopeOf(entry.context));
    }
  }

  /** Goes on from the task in hand, which has succeeded, or was skipped. */
  advance(): void {
    this.#index += 1;
  }

  /**
   * Leaves the task in hand: for the rescue or the `always` of a block around it, in that order from the innermost
   * outwards. False when there is nothing left to do.
   */
  leave(left: Exit): boolean {
    const instance = this.current;
    if (left.kind === 'failed' || left.ran) this.#index += 1;
    return this.#unwind(instance?.blocks ?? [], left);
  }

  #unwind(blocks: readonly BlockRun[], left: Exit): boolean {
    if (left.kind === 'stopped') this.#stopped = left;
    // Putting things right, once begun, is done to its end.
    if (left.kind === 'stopped' && blocks.some(({ phase }) => phase !== 'body')) return true;
    for (const run of blocks.toReversed()) {
      if (left.kind === 'failed' && rescues(run)) {
        const end = this.#endOf(run, 'body');
        const { context } = end.entry;
        run.phase = 'rescue';
        this.#passOver(end.index);
        this.#entries.splice(this.#index, 0, ...rescueEntries(run, context, left.failed));
        return true;
      }
      if (run.phase !== 'always' && run.block.always.length > 0 && !run.gate.broken) {
        run.phase = 'always';
        run.left = left;
        this.#passOver(this.#endOf(run, 'body').index + 1);
        return true;
      }
      this.#passOver(this.#endOf(run, 'always').index + 1);
    }
    this.#left = left;
    this.#entries.length = this.#index;
    return false;
  }

  /** Takes out what stands before the entry at `end`. */
  #passOver(end: number): void {
    for (const entry of this.#entries.splice(this.#index, end - this.#index)) {
      for (const line of checklistLinesOf(entry)) this.missed.add(line);
    }
  }

  #endOf(run: BlockRun, part: 'body' | 'always') {
    for (let index = this.#index; index < this.#entries.length; index += 1) {
      const entry = this.#entries[index];
      if (entry?.kind === 'leave' && entry.run === run && entry.part === part) return { index, entry };
    }
    throw new Error('a block has no end');
  }

  /** True when a failure of the task in hand would be rescued. */
  get rescued(): boolean {
    return this.#rescuer !== undefined;
  }

  /** True when a task behind the one in hand stands under this line of the checklist. */
  continues(checklist: string): boolean {
    return this.#entries.slice(this.#index + 1).some((entry) => checklistLinesOf(entry).includes(checklist));
  }
}
