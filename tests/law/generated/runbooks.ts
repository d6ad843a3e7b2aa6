// Generated runbooks: tasks with conditions that are known or not, registers, loops, includes, blocks with rescue and
// always, delegation, handlers, one after the other in any order.
import fc from 'fast-check';
import type { ProjectFiles } from './engine.ts';
import { FILES } from './tasks.ts';

/** What tells whether something is done: known at once, only by a command that acts, or by one that only reads. */
type Condition = undefined | { readonly by: 'literal' | 'act' | 'read' | 'path' | 'fact'; readonly holds: boolean };

interface Extras {
  readonly when: Condition;
  readonly loop: boolean;
  readonly elsewhere: boolean;
  readonly ignore: boolean;
  readonly notify: boolean;
  readonly checkMode: boolean;
  readonly changedWhen: boolean;
}

type Node =
  | { readonly kind: 'task'; readonly task: string; readonly extras: Extras }
  | { readonly kind: 'fail'; readonly when: Condition }
  | { readonly kind: 'assert'; readonly path: string }
  | { readonly kind: 'set'; readonly when: Condition }
  | { readonly kind: 'flush' }
  | { readonly kind: 'end'; readonly when: Condition }
  | { readonly kind: 'include'; readonly nodes: readonly Node[]; readonly when: Condition; readonly loop: boolean }
  | {
      readonly kind: 'block';
      readonly when: Condition;
      readonly body: readonly Node[];
      readonly rescue: readonly Node[];
      readonly always: readonly Node[];
    };

/** A runbook as it was generated: printed when the law is broken. */
export interface Generated {
  readonly nodes: readonly Node[];
  readonly handler: string;
}

const condition: fc.Arbitrary<Condition> = fc.oneof(
  { weight: 5, arbitrary: fc.constant(undefined) },
  {
    weight: 4,
    arbitrary: fc.record({
      by: fc.constantFrom('literal', 'act', 'act', 'act', 'read', 'path', 'fact') as fc.Arbitrary<'literal'>,
      holds: fc.boolean(),
    }),
  },
);

const rarely = fc.integer({ min: 0, max: 9 }).map((number) => number === 9);

const extras: fc.Arbitrary<Extras> = fc.record({
  when: condition,
  loop: rarely,
  elsewhere: rarely,
  ignore: fc.boolean(),
  notify: rarely,
  checkMode: rarely,
  changedWhen: rarely,
});

function nodesOf(tasks: readonly string[]): fc.Arbitrary<readonly Node[]> {
  const task = fc.record({ kind: fc.constant('task' as const), task: fc.constantFrom(...tasks), extras });
  const leaf = fc.oneof(
    { weight: 16, arbitrary: task },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('fail' as const), when: condition }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('set' as const), when: condition }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('assert' as const),
        path: fc.constantFrom('/srv/law/f', '/srv/law/d/x', '/srv/law/g'),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ kind: 'flush' as const }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('end' as const), when: condition }) },
  );
  const few = (node: fc.Arbitrary<Node>, maxLength: number) => fc.array(node, { minLength: 1, maxLength });
  const blockOf = (node: fc.Arbitrary<Node>): fc.Arbitrary<Node> =>
    fc.record({
      kind: fc.constant('block' as const),
      when: condition,
      body: few(node, 3),
      rescue: fc.array(leaf, { maxLength: 2 }),
      always: fc.oneof(fc.constant([]), few(leaf, 1)),
    });
  const block = blockOf(fc.oneof({ weight: 8, arbitrary: leaf }, { weight: 1, arbitrary: blockOf(leaf) }));
  const include: fc.Arbitrary<Node> = fc.record({
    kind: fc.constant('include' as const),
    nodes: few(leaf, 2),
    when: condition,
    loop: fc.boolean(),
  });
  return fc.array(
    fc.oneof({ weight: 8, arbitrary: leaf }, { weight: 2, arbitrary: block }, { weight: 1, arbitrary: include }),
    { minLength: 2, maxLength: 8 },
  );
}

/** Mostly tasks about the same few things. */
export function generated(groups: Readonly<Record<string, readonly string[]>>): fc.Arbitrary<Generated> {
  return fc
    .oneof(...Object.values(groups).map((tasks) => ({ weight: 3, arbitrary: fc.constant(tasks) })), {
      weight: 2,
      arbitrary: fc.constant(Object.values(groups).flat()),
    })
    .chain((tasks) => fc.record({ nodes: nodesOf(tasks), handler: fc.constantFrom(...tasks) }));
}

/** The files of a project in which the runbook is `site.yml`. `other` is whom tasks are delegated to. */
export function projectOf(
  { nodes, handler }: Generated,
  other: string,
): ProjectFiles & { readonly 'site.yml': string } {
  const writer = new Writer(other);
  const tasks = writer.list(nodes);
  const site = `- name: Law
  hosts: all:!${other}
  vars: { answer: 42 }
  tasks:
    - { name: acts true, shell: "echo yes", register: acts_true }
    - { name: acts false, shell: "echo no", register: acts_false }
    - { name: reads, command: { argv: [echo, "yes"] }, read_only: true, register: reads }
    - { name: looks, stat: { path: /srv/law/f }, register: looks }
    - { name: fact, set-fact: { fact: 1 } }
${indent(tasks, 4)}
  handlers:
    - name: handler
${indent(handler.replaceAll('\n  ', '\n'), 6)}
`;
  return { ...FILES, ...writer.files, 'site.yml': site };
}

/** Writes nodes as YAML; each task has a name of its own. */
class Writer {
  readonly files: Record<string, string> = {};
  readonly #other: string;
  #count = 0;

  constructor(other: string) {
    this.#other = other;
  }

  list(nodes: readonly Node[]): string {
    return nodes.map((node) => this.#node(node)).join('\n');
  }

  #node(node: Node): string {
    this.#count += 1;
    const name = `n${this.#count}`;
    switch (node.kind) {
      case 'task':
        return this.#task(name, node.task, node.extras);
      case 'fail':
        return entry(name, [`fail: { msg: on purpose }`, ...whenOf(node.when)]);
      case 'set':
        return entry(name, [`set-fact: { fact: 2 }`, ...whenOf(node.when)]);
      case 'end':
        return entry(name, [`meta: end_host`, ...whenOf(node.when ?? { by: 'act', holds: false })]);
      case 'flush':
        return entry(name, [`meta: flush_handlers`]);
      case 'assert':
        return entry(name, [`command: { argv: [test, -e, ${node.path}] }`, 'read_only: true']);
      case 'include': {
        const file = `tasks/${name}.yml`;
        this.files[file] = `${this.list(node.nodes)}\n`;
        const loop = node.loop ? ['loop: [a, b]'] : [];
        return entry(name, [`include_tasks: ../${file}`.replace('../', ''), ...whenOf(node.when), ...loop]);
      }
      case 'block':
        return entry(name, [
          ...whenOf(node.when),
          `block:\n${indent(this.list(node.body), 2)}`,
          ...(node.rescue.length > 0 ? [`rescue:\n${indent(this.list(node.rescue), 2)}`] : []),
          ...(node.always.length > 0 ? [`always:\n${indent(this.list(node.always), 2)}`] : []),
        ]);
    }
  }

  #task(name: string, task: string, extras: Extras): string {
    const looped = extras.loop && /\/srv\/law\/[fg]\b/.test(task) && !task.includes('read_only');
    const text = looped
      ? task.replaceAll(/\/srv\/law\/[fg]\b/g, '/srv/law/{{ item }}').replaceAll(/(\/srv\/law\/\{\{ item \}\})/g, '$1')
      : task;
    const quoted = looped ? text.replaceAll(/(: |\[|, )(\/srv\/law\/\{\{ item \}\})/g, '$1"$2"') : text;
    const local = /^(fetch|stat|set-fact)/.test(task);
    return entry(name, [
      quoted,
      ...whenOf(extras.when),
      ...(looped ? ['loop: [f, g]'] : []),
      ...(extras.elsewhere && !local ? [`delegate_to: ${this.#other}`] : []),
      ...(extras.ignore ? ['ignore_errors: true'] : []),
      ...(extras.notify ? ['notify: handler'] : []),
      ...(extras.checkMode ? ['check_mode: true'] : []),
      ...(extras.changedWhen && /^(command|shell)/.test(task) && !task.includes('when')
        ? [`register: r_${name}`, `changed_when: "r_${name}.rc == 0"`]
        : []),
    ]);
  }
}

const CONDITIONS: Readonly<Record<NonNullable<Condition>['by'], readonly [yes: string, no: string]>> = {
  literal: ['answer == 42', 'answer == 41'],
  act: ["acts_true.stdout == 'yes'", "acts_false.stdout == 'yes'"],
  read: ["reads.stdout == 'yes'", "reads.stdout == 'no'"],
  path: ['looks.stat.exists', '!looks.stat.exists'],
  fact: ['fact == 1', 'fact == 2'],
};

function whenOf(when: Condition): readonly string[] {
  return when ? [`when: "${CONDITIONS[when.by][when.holds ? 0 : 1]}"`] : [];
}

function entry(name: string, lines: readonly string[]): string {
  return `- name: ${name}\n${indent(lines.join('\n').replaceAll('\n  ', '\n'), 2)}`;
}

function indent(text: string, by: number): string {
  return text.replaceAll(/^(?=.)/gm, ' '.repeat(by));
}
