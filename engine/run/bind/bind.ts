// From a task as written to a task on one host: names looked up, templates rendered, parameters validated.

import type { Dynamic } from '../../language/dynamic/dynamic.ts';
import { evaluate, isStatic } from '../../language/dynamic/evaluate.ts';
import { expressionOutcomes } from '../../language/dynamic/outcomes.ts';
import { compileParams, memberSchema } from '../../language/parameters/schema.ts';
import { positionsIn, validateParams } from '../../language/parameters/validate.ts';
import { fail, ProblemError } from '../../language/problem/problem.ts';
import { unknownHandler } from '../../language/read/notify.ts';
import type { Play, Task } from '../../language/runbook/runbook.ts';
import { findUnknown, isLater } from '../../language/value/find-unknown.ts';
import { Float } from '../../language/value/float.ts';
import { writeJson } from '../../language/value/json.ts';
import { type Scope, Unknown, type Value } from '../../language/value/value.ts';
import { isResource, type Module, type Resource } from '../../module/index.ts';
import type { Registry } from '../../module/registry.ts';
import type { Sources } from '../controller/sources.ts';
import type { ActsAs } from '../list/acting-as.ts';
import type { BoundItem, BoundTask, Instance } from '../list/bound.ts';
import { allHold } from '../list/conditions.ts';
import { itemsOf } from '../list/expand.ts';
import { exportsOf } from './environment.ts';
import { materialize, mentionsMaterial } from './materialize.ts';
import { type PlaceContext, placeOf } from './place-of.ts';
import { booleanOf, known, mebibytesOf, numberOf, secondsOf } from './settings.ts';

/** What binding needs to know of the run. */
export interface BindContext extends PlaceContext {
  readonly registry: Registry;
  readonly sources: Sources;
  readonly check: boolean;
  /** How many hosts the play is for. */
  readonly hosts: number;
  /** What tasks of the play want that say the same on every host. */
  readonly wants: Map<Task, unknown>;
  /** Results of tasks that haven't run yet: variable → the task's name. Empty when the task's turn has come. */
  readonly pending: ReadonlyMap<string, string>;
  /** `ahead`: what needs another host's variables is an Unknown, since the hosts haven't met yet. */
  readonly others: 'ahead' | 'met';
}

/**
 * Binds a task. With `pending` names the answer may be an Unknown (`later`): then it can't be read ahead.
 * @throws ProblemError for an undefined variable, a bad value, a missing file.
 */
export function bindTask(instance: Instance, context: BindContext): BoundTask | Unknown {
  const { task } = instance;
  const module = context.registry.module(task.module);
  const scopeWith = (locals?: ReadonlyMap<string, Value>) =>
    context.variables.scope({
      play: context.play,
      vars: instance.vars,
      layers: instance.layers,
      pending: context.pending,
      others: context.others,
      ...(locals ? { locals } : {}),
    });
  const scope = scopeWith();
  // What is skipped needs no items: the loop may well name what isn't there.
  const loop = instance.gate?.value === false ? undefined : task.loop;
  const items = loop ? itemsOf(loop, scope) : undefined;
  const unread = findUnknown(items);
  if (unread?.until === 'later') return unread;
  const bound: BoundItem[] = [];
  for (const [index, value] of (Array.isArray(items) ? items : [undefined]).entries()) {
    const locals =
      loop &&
      new Map<string, Value>([
        [loop.variable, value ?? null],
        [loop.index, index],
      ]);
    const blocked = instance.unknown ?? (items instanceof Unknown ? items.reason : undefined);
    const item = bindItem(
      { instance, module, scope: locals ? scopeWith(locals) : scope, locals, index, value, blocked },
      context,
    );
    if (item instanceof Unknown) return item;
    bound.push(item);
  }
  const provisional = bound.some(({ condition }) => isLater(condition)) || isLater(nameValue(task, scope));
  return { ...settings(task, scope, context), instance, items: bound, looped: loop !== undefined, provisional };
}

interface ItemSource {
  readonly instance: Instance;
  readonly module: Module;
  readonly scope: Scope;
  readonly locals: ReadonlyMap<string, Value> | undefined;
  readonly index: number;
  readonly value: Value | undefined;
  /** Why the item can't be known before an apply. */
  readonly blocked: string | undefined;
}

function bindItem(source: ItemSource, context: BindContext): BoundItem | Unknown {
  const { instance, module, scope, locals, index, value, blocked } = source;
  const { task } = instance;
  const item = {
    key: `${instance.key}/${index}`,
    module,
    locals,
    item: value === undefined ? undefined : { value, label: label(task, scope, value) },
  };
  const idle = (condition: false | Unknown): BoundItem | Unknown =>
    condition instanceof Unknown && condition.until === 'later'
      ? condition
      : { ...item, ready: false, condition, place: likelyPlace(task, condition, scope, context) };
  if (blocked !== undefined) return idle(new Unknown('apply', blocked));
  const condition = conditionOf(instance, scope);
  // What is skipped needs no parameters: they may well name what isn't there.
  if (condition === false || (condition instanceof Unknown && condition.until === 'apply')) return idle(condition);
  const want = wantOf(task, module, scope, context);
  if (want instanceof Unknown) return idle(want);
  const exports = exportsOf(task.environment, scope);
  if (exports instanceof Unknown) return idle(exports);
  const timeout = secondsOf(task.timeout, scope);
  const outputLimit = mebibytesOf(task.outputLimit, scope);
  const place = placeOf(task, module.where(want), scope, context);
  if (place instanceof Unknown) return idle(place);
  return { ...item, ready: true, want, condition, exports, timeout, outputLimit, place };
}

/** Where an item would act of which not all is known: the host itself, where its delegate isn't known either. */
function likelyPlace(task: Task, condition: false | Unknown, scope: Scope, context: BindContext): ActsAs {
  const host: ActsAs = { on: 'host', user: undefined };
  if (condition === false) return host;
  try {
    const place = placeOf(task, 'host', scope, context);
    return place instanceof Unknown ? host : place;
  } catch (error) {
    if (error instanceof ProblemError) return host;
    throw error;
  }
}

function conditionOf({ gate, when }: Instance, scope: Scope): boolean | Unknown {
  const around = gate?.value ?? true;
  return around === false ? false : allHold(when, scope, around === true ? undefined : around);
}

/** A task whose parameters are the same in every scope is bound for all hosts of the play at once. */
function wantOf(task: Task, module: Module, scope: Scope, context: BindContext): unknown {
  const { wants } = context;
  if (wants.has(task)) return wants.get(task);
  const want = bindWant(task, module, scope, context);
  if (isStatic(task.args) && !mentionsMaterial(compileParams(module.params).schema)) wants.set(task, want);
  return want;
}

function bindWant(task: Task, module: Module, scope: Scope, context: BindContext): unknown {
  const { schema } = compileParams(module.params);
  const values: Record<string, unknown> = {};
  let apply: Unknown | undefined;
  for (const { key, value } of task.args.entries) {
    // A list of conditions keeps each one's text beside its outcome, and is known even where one of them isn't.
    const asked = memberSchema(schema, key)?.vrun === 'expressions';
    const evaluated = asked ? expressionOutcomes(value, scope) : evaluate(value, scope);
    const unknown = findUnknown(evaluated);
    if (unknown?.until === 'later') return unknown;
    apply ??= unknown;
    values[key] = evaluated;
  }
  if (apply) return apply;
  const at = positionsIn(task.args, task.at);
  const syntax = context.registry.get(module.name);
  if (!syntax) throw new Error(`no syntax of ${module.name}`);
  const { params, problems } = validateParams(syntax, values, at);
  if (problems.length > 0) throw new ProblemError(problems);
  const material = materialize(schema, params, { scope, sources: context.sources, runbook: task.at.file, at });
  return material instanceof Unknown
    ? material
    : module.prepare(material, { readOnly: task.readOnly, hosts: task.runOnce ? 1 : context.hosts });
}

function settings(
  task: Task,
  scope: Scope,
  context: BindContext,
): Omit<BoundTask, 'instance' | 'items' | 'looped' | 'provisional'> {
  return {
    name: nameOf(task, scope),
    notify: task.notify.flatMap((name) => notified(task, name, scope, context.play)),
    provides: task.provides.map((provided) => resourceOf(provided, scope)),
    retries: numberOf(task.retries, scope) ?? (task.until ? 3 : 0),
    delay: numberOf(task.delay, scope) ?? 5,
    pause: numberOf(task.loop?.pause, scope) ?? 0,
    throttle: numberOf(task.throttle, scope),
    ignoreErrors: booleanOf(task.ignoreErrors, scope) ?? false,
    noLog: booleanOf(task.noLog, scope) ?? false,
    check: task.checkMode ?? context.check,
  };
}

/** The handlers that a name stands for. What is literal was found good when the runbook was read. */
function notified({ title }: Task, name: Dynamic, scope: Scope, { handlers }: Play): readonly string[] {
  if (name.kind === 'literal') return [String(name.value)];
  const value = known(name, scope);
  const names = (Array.isArray(value) ? value : [value]).map(String);
  const there = new Set(handlers.map((handler) => handler.title));
  for (const one of names) if (!there.has(one)) fail(unknownHandler(title, one, there, name.at));
  return names;
}

function resourceOf(provided: Dynamic, scope: Scope): Resource {
  const text = String(known(provided, scope));
  if (isResource(text)) return text;
  return fail({
    code: 'bad-value',
    summary: '‹provides› takes resources',
    detail: `‹${text}› is none: write kind:name, with path, user, group, package, unit or command as the kind.`,
    at: provided.at,
  });
}

/** The name rendered, or as it is written where it can't be. */
export function nameOf(task: Task, scope: Scope): string {
  const value = nameValue(task, scope);
  return value instanceof Unknown ? task.title : String(value);
}

function nameValue(task: Task, scope: Scope): Value {
  try {
    return evaluate(task.name, scope);
  } catch (error) {
    if (error instanceof ProblemError) return task.title;
    throw error;
  }
}

function label(task: Task, scope: Scope, value: Value): string {
  const shown = task.loop?.label ? evaluate(task.loop.label, scope) : value;
  if (shown instanceof Unknown) return '(known after apply)';
  return typeof shown === 'object' && shown !== null && !('reveal' in shown) && !(shown instanceof Float)
    ? writeJson(shown)
    : String(shown);
}
