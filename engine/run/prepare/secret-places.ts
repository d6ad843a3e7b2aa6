// Secrets in places that would show them, told before the first connection wherever the values are known by then: every
// task is looked at with what its host's inventory, the play, its files and `-e` say, and with nothing of a host's answers.

import { isList, isMap } from '../../base/plain-data.ts';
import type { Dynamic, DynamicMap } from '../../language/dynamic/dynamic.ts';
import { evaluate } from '../../language/dynamic/evaluate.ts';
import { compileParams, memberSchema } from '../../language/parameters/schema.ts';
import { misplacedSecrets, positionsIn } from '../../language/parameters/validate.ts';
import { type Problem, ProblemError } from '../../language/problem/problem.ts';
import { misplaced } from '../../language/read/environment.ts';
import type { Play, Task, TaskNode } from '../../language/runbook/runbook.ts';
import { follow } from '../../language/value/path.ts';
import { Secret } from '../../language/value/secret.ts';
import { type Scope, Unknown, type Value } from '../../language/value/value.ts';
import type { Registry } from '../../module/registry.ts';
import type { HostVariables } from '../host/variables.ts';
import type { Layer } from '../list/bound.ts';
import { allHold } from '../list/conditions.ts';
import { makes } from '../list/makes.ts';

export interface SecretPlaces {
  readonly play: Play;
  readonly registry: Registry;
  /** Whether a value may hold a secret at all. */
  readonly mayHold: (value: Dynamic) => boolean;
}

/** What is around a node. */
interface Around {
  readonly vars: readonly DynamicMap[];
  readonly layers: readonly Layer[];
  readonly locals?: ReadonlyMap<string, Value>;
}

/** Of a loop so many items are looked at. */
const MOST_ITEMS = 1000;

/**
 * The misplaced secrets of a play on one host. `conditions`: they are known of the host, so that what never comes to it
 * is passed over; not so of a play that is looked at without an inventory.
 */
export function secretPlaces(host: HostVariables, conditions: boolean, places: SecretPlaces): readonly Problem[] {
  const { play } = places;
  const walk = new Walk(host, conditions, places);
  walk.nodes(play.tasks, { vars: [], layers: [] });
  walk.nodes(play.handlers, { vars: [], layers: [] });
  return walk.problems;
}

class Walk {
  readonly problems: Problem[] = [];
  readonly #host: HostVariables;
  readonly #conditions: boolean;
  readonly #places: SecretPlaces;
  readonly #pending = new Map<string, string>();

  constructor(host: HostVariables, conditions: boolean, places: SecretPlaces) {
    this.#host = host;
    this.#conditions = conditions;
    this.#places = places;
  }

  nodes(nodes: readonly TaskNode[], around: Around): void {
    for (const node of nodes) this.#node(node, around);
  }

  #node(node: TaskNode, around: Around): void {
    const within = { ...around, vars: node.kind === 'include' ? around.vars : [...around.vars, node.vars] };
    if (node.kind === 'task') {
      if (isSuspect(node, this.#places)) for (const one of this.#rounds(node, within)) this.#task(node, one);
      for (const name of makes(node)) this.#pending.set(name, node.title);
      return;
    }
    if (node.kind === 'block') {
      if (!this.#never(node, within)) this.nodes([...node.tasks, ...node.rescue, ...node.always], within);
      return;
    }
    for (const { locals, ...round } of this.#rounds(node, within)) {
      const layers = [...round.layers, ...(locals ? [locals] : []), node.vars];
      const inside = { ...round, layers };
      if (!this.#never(node, inside)) this.nodes(node.tasks, inside);
    }
  }

  /** Once for each item of a loop; once with an unknown item where the items aren't known. */
  #rounds({ loop }: Exclude<TaskNode, { kind: 'block' }>, around: Around): readonly Around[] {
    if (!loop) return [around];
    const value = this.#places.mayHold(loop.items) ? known(loop.items, this.#scope(around)) : undefined;
    const unknown = new Unknown('later', 'an item of a loop');
    const items = value !== undefined && isList(value) ? value.slice(0, MOST_ITEMS) : [unknown];
    return items.map((item, index) => {
      const locals = new Map<string, Value>([
        [loop.variable, item],
        [loop.index, index],
      ]);
      return { ...around, locals };
    });
  }

  #never({ when }: TaskNode, around: Around): boolean {
    if (!this.#conditions || when.length === 0) return false;
    try {
      return allHold(when, this.#scope(around)) === false;
    } catch (error) {
      if (error instanceof ProblemError) return false; // told when the host comes to it
      throw error;
    }
  }

  #task(task: Task, around: Around): void {
    if (this.#never(task, around)) return;
    const { registry, mayHold } = this.#places;
    const scope = this.#scope(around);
    const syntax = registry.get(task.module);
    const values: Record<string, Value> = {};
    for (const { key, value } of task.args.entries) {
      const found = mayHold(value) && !isExpressions(task, key, this.#places) ? made(value, scope) : undefined;
      if (found !== undefined) values[key] = found;
    }
    if (syntax) this.problems.push(...misplacedSecrets(syntax, values, positionsIn(task.args, task.at)));
    for (const dynamic of task.environment) {
      const found = mayHold(dynamic) ? made(dynamic, scope) : undefined;
      if (found === undefined || !isMap(found)) continue;
      for (const [name, value] of Object.entries(found)) {
        const at = dynamic.kind === 'map' ? dynamic.entries.find(({ key }) => key === name)?.value.at : undefined;
        if (value instanceof Secret) this.problems.push({ ...misplaced(name), at: at ?? dynamic.at });
      }
    }
    for (const [keyword, value] of keywordsOf(task)) {
      if (mayHold(value) && known(value, scope) instanceof Secret)
        this.problems.push({ ...inKeyword(keyword), at: value.at });
    }
  }

  #scope({ vars, layers, locals }: Around): Scope {
    const more = locals ? { locals } : {};
    return this.#host.scope({ play: this.#places.play, vars, layers, pending: this.#pending, ...more });
  }
}

/** Whether anything of the task that must hold no secret may hold one. */
function isSuspect(task: Task, places: SecretPlaces): boolean {
  const values = [...task.environment, ...keywordsOf(task).map(([, value]) => value)];
  return values.some(places.mayHold) || task.args.entries.some(({ value }) => places.mayHold(value));
}

/** Conditions give booleans, whatever they look at. */
function isExpressions(task: Task, key: string, { registry }: SecretPlaces): boolean {
  const syntax = registry.get(task.module);
  const kind = syntax && memberSchema(compileParams(syntax.params).schema, key)?.vrun;
  return kind === 'expressions';
}

/** Keywords that a host, a list of processes or the record gets to see. */
function keywordsOf(task: Task): readonly (readonly [string, Dynamic])[] {
  const { becomeUser, delegation, notify, provides, timeout, outputLimit, retries, delay, throttle } = task;
  const all: readonly (readonly [string, Dynamic | undefined])[] = [
    ['become_user', becomeUser],
    ['become_user', delegation?.becomeUser],
    ['delegate_to', delegation?.to],
    ...notify.map((value) => ['notify', value] as const),
    ...provides.map((value) => ['provides', value] as const),
    ...Object.entries({ timeout, output_limit: outputLimit, retries, delay, throttle }),
  ];
  return all.flatMap(([name, value]) => (value ? [[name, value] as const] : []));
}

function inKeyword(keyword: string) {
  return {
    code: 'secret-misplaced',
    summary: 'A secret in a place that would show it',
    detail: `‹${keyword}› is seen on the host or in the record, so it can't hold a secret.`,
    hint: 'A secret travels only in the content of a file or on standard input.',
  } as const;
}

/** As `known`, without the secrets that are written there: they were told when the runbook was read. */
function made(dynamic: Dynamic, scope: Scope): Value | undefined {
  return known(dynamic, scope, (secret) => (secret instanceof Secret ? null : secret));
}

/** What is known of a value by now, each part for itself; undefined where nothing is. */
function known(dynamic: Dynamic, scope: Scope, literal = (value: Value): Value => value): Value | undefined {
  if (dynamic.kind === 'literal') return literal(dynamic.value);
  if (dynamic.kind === 'list') return dynamic.items.map((item) => known(item, scope, literal) ?? null);
  if (dynamic.kind === 'map') {
    return Object.fromEntries(dynamic.entries.map(({ key, value }) => [key, known(value, scope, literal) ?? null]));
  }
  const value = attempt(() => evaluate(dynamic, scope));
  if (dynamic.kind !== 'template' || (value !== undefined && !(value instanceof Unknown))) return value;
  // A text of which a part is a secret is one, whatever the other parts will be.
  return dynamic.template.paths
    .map((path) => attempt(() => follow(scope, path)))
    .find((part): part is Secret => part instanceof Secret);
}

function attempt(work: () => Value): Value | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof ProblemError) return undefined; // told when it is needed
    throw error;
  }
}
