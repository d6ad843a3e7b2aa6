// Random trees of blocks: where a host goes in them, held against a small interpreter that says it recursively.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layered, valueLayer } from '../../../engine/language/dynamic/variables.ts';
import { readRunbook } from '../../../engine/language/read/runbook.ts';
import type { TaskNode } from '../../../engine/language/runbook/runbook.ts';
import { secretOpener } from '../../../engine/language/yaml/age.ts';
import { TaskCursor } from '../../../engine/run/list/cursor.ts';
import { fakeCatalog } from '../../language/fake-catalog.ts';

type Tree = { readonly fails: boolean } | Block;

interface Block {
  readonly open: boolean;
  readonly block: readonly Tree[];
  readonly rescue: readonly Tree[];
  readonly always: readonly Tree[];
}

const { trees } = fc.letrec<{ tree: Tree; block: Block; trees: Tree[] }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    { weight: 3, arbitrary: fc.record({ fails: fc.boolean() }) },
    { weight: 2, arbitrary: tie('block') },
  ),
  block: fc.record({
    open: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
    block: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
    rescue: fc.array(tie('tree'), { maxLength: 2 }),
    always: fc.array(tie('tree'), { maxLength: 2 }),
  }),
  trees: fc.array(tie('tree'), { minLength: 1, maxLength: 4 }),
}));

/** The tasks in reading order are called t0, t1 …; those that fail are noted. */
function written(nodes: readonly Tree[], names: { count: number; failing: Set<string> }): unknown[] {
  return nodes.map((node) => {
    if ('fails' in node) {
      const name = `t${names.count}`;
      names.count += 1;
      if (node.fails) names.failing.add(name);
      return { name, command: 'x' };
    }
    const [block, rescue, always] = [node.block, node.rescue, node.always].map((part) => written(part, names));
    return { when: node.open ? '1 == 1' : '1 == 2', block, rescue, always };
  });
}

async function read(nodes: readonly Tree[]): Promise<{ tasks: readonly TaskNode[]; failing: ReadonlySet<string> }> {
  const names = { count: 0, failing: new Set<string>() };
  const text = JSON.stringify([{ hosts: 'all', tasks: written(nodes, names) }]);
  const readFile = () => Promise.resolve(Buffer.from(text));
  const { runbook, problems } = await readRunbook('site.yml', {
    catalog: fakeCatalog,
    secrets: secretOpener([], () => undefined),
    readFile,
  });
  expect(problems).toEqual([]);
  return { tasks: runbook?.plays[0]?.tasks ?? [], failing: names.failing };
}

type End = 'ok' | 'failed' | 'stopped';

/** What a host does by the language's words. `stopAfter`: the task, by count, behind which others stop the play. */
function expected(nodes: readonly TaskNode[], failing: ReadonlySet<string>, stopAfter: number): readonly string[] {
  const way: string[] = [];
  let stopping = false;
  const go = (list: readonly TaskNode[], open: boolean, toItsEnd: boolean): End => {
    for (const node of list) {
      const end = node.kind === 'block' ? block(node, open, toItsEnd) : task(node, open);
      if (end !== 'ok') return end;
      if (stopping && !toItsEnd) return 'stopped';
    }
    return 'ok';
  };
  const task = (node: TaskNode, open: boolean): End => {
    const title = node.kind === 'task' ? node.title : '';
    way.push(open ? title : `${title} skipped`);
    if (open && failing.has(title)) return 'failed';
    if (way.length === stopAfter) stopping = true;
    return 'ok';
  };
  const block = (node: Extract<TaskNode, { kind: 'block' }>, around: boolean, toItsEnd: boolean): End => {
    const open = around && node.when[0]?.source === '1 == 1';
    let end = go(node.tasks, open, toItsEnd);
    if (end === 'failed' && node.rescue.length > 0) end = go(node.rescue, open, true);
    const last = go(node.always, open, true);
    return last === 'failed' ? last : end;
  };
  const end = go(nodes, true, false);
  return [...way, end];
}

function walked(nodes: readonly TaskNode[], failing: ReadonlySet<string>, stopAfter: number): readonly string[] {
  const scope = layered([valueLayer({})]);
  const entries = new TaskCursor(nodes, '1');
  const way: string[] = [];
  const keys = new Set<string>();
  for (;;) {
    expect(entries.reach(() => scope)).toBeUndefined();
    const instance = entries.current;
    if (!instance) return [...way, entries.left?.kind ?? 'ok'];
    const { title } = instance.task;
    expect(keys).not.toContain(instance.key);
    keys.add(instance.key);
    // What is looked at ahead must leave no trace.
    const [first] = entries.ahead(() => scope);
    expect(first).toBe(instance);
    const open = instance.gate?.value ?? true;
    way.push(open ? title : `${title} skipped`);
    if (open && failing.has(title)) {
      const rescued = entries.rescued;
      const problem = { code: 'check-failed', summary: title } as const;
      const task = { name: title, module: 'x', file: 'site.yml', line: 1 };
      const goesOn = entries.leave({ kind: 'failed', failed: { task, result: {}, problem } });
      if (rescued) expect(goesOn).toBe(true);
    } else if (way.length === stopAfter) entries.leave({ kind: 'stopped', ran: true });
    else entries.advance();
  }
}

test('a host goes through any tree of blocks as the language says', async () => {
  await fc.assert(
    fc.asyncProperty(trees, fc.integer({ min: 0, max: 12 }), async (nodes, stopAfter) => {
      const { tasks, failing } = await read(nodes);
      expect(walked(tasks, failing, stopAfter)).toEqual(expected(tasks, failing, stopAfter));
    }),
    { numRuns: 400 },
  );
});
