// Every name in every template and expression, held against what can be there, before the first connection.
import type { ModuleCatalog } from './catalog.ts';
import { checkPaths, type Shape } from './check-paths.ts';
import { dynamicPaths } from './evaluate.ts';
import {
  ALWAYS_KNOWN,
  IN_RESCUE,
  localNames,
  madeByTasks,
  mapNames,
  merge,
  type NamedShapes,
  playNames,
} from './known-names.ts';
import { compileParams } from './param-schema.ts';
import type { NamePath, Path } from './path.ts';
import type { Position } from './position.ts';
import { distinctProblems, type Problem } from './problem.ts';
import type { Loop, Play, Runbook, Task, TaskNode } from './runbook.ts';
import type { Template } from './template.ts';
import type { Dynamic, DynamicMap } from './value.ts';

export interface NameContext {
  /** Names that the play's hosts get from the inventory and from `-e`; `any` when they can't be told. */
  readonly known: (play: Play) => Shape;
  /** The variables of the play's files. */
  readonly filed?: (play: Play) => readonly DynamicMap[];
  readonly catalog: ModuleCatalog;
  /** A template file that a task names, compiled; undefined when it isn't to be checked. */
  readonly templateFile?: (play: Play, name: string, at: Position) => Template | undefined;
}

/** The undefined variables of a runbook, each with the nearest names. */
export function checkNames(runbook: Runbook, context: NameContext): Problem[] {
  const problems: Problem[] = [];
  let earlier: NamedShapes = new Map();
  for (const play of runbook.plays) {
    const given = context.known(play);
    const made = merge(earlier, madeByTasks([...play.tasks, ...play.handlers]));
    earlier = made;
    if (given === 'any') continue;
    const filed = context.filed?.(play) ?? [];
    const base = merge(ALWAYS_KNOWN, given, playNames(play), ...filed.map(mapNames), made);
    problems.push(...checkPaths(pathsOf(filed), base), ...new PlayNames(play, context).check(base));
  }
  return distinctProblems(problems);
}

/** The template files that tasks name literally, for whoever compiles them. */
export function templateFiles(task: Task, catalog: ModuleCatalog): { readonly name: string; readonly at: Position }[] {
  const syntax = catalog.get(task.module);
  if (!syntax) return [];
  const properties = compileParams(syntax.params).schema.properties ?? {};
  return task.args.entries.flatMap(({ key, value }) =>
    properties[key]?.vrun === 'local-template' && value.kind === 'literal' && typeof value.value === 'string'
      ? [{ name: value.value, at: value.at }]
      : [],
  );
}

class PlayNames {
  readonly #play: Play;
  readonly #context: NameContext;

  constructor(play: Play, context: NameContext) {
    this.#play = play;
    this.#context = context;
  }

  check(base: NamedShapes): Problem[] {
    const { hosts, become, becomeUser, remoteUser, connection, defaults, vars, varsFiles, params } = this.#play;
    const inputs = params.map((param) => param.default);
    const own = [hosts, become, becomeUser, remoteUser, connection, defaults, vars, ...varsFiles, ...inputs];
    const nodes = [...this.#play.tasks, ...this.#play.handlers];
    return [...checkPaths(pathsOf(own), base), ...nodes.flatMap((node) => this.#node(node, base))];
  }

  /** `outer`: what the `when`s around the node ask for by `has(…)`; it may be missing. */
  #node(node: TaskNode, around: NamedShapes, outer: readonly Path[] = []): Problem[] {
    const names = merge(around, localNames(node));
    const guards = [...outer, ...node.when.flatMap((condition) => condition.guards)];
    const looped = node.kind === 'block' ? undefined : node.loop;
    const loop = checkPaths(pathsOf([looped?.items]), around, guards);
    const paths = [...pathsOf([node.vars, ...loopValues(looped)]), ...node.when.flatMap(({ paths }) => paths)];
    switch (node.kind) {
      case 'task':
        return [...loop, ...checkPaths([...paths, ...taskPaths(node), ...this.#filePaths(node)], names, guards)];
      case 'include':
        return [...loop, ...checkPaths(paths, names, guards), ...this.#nodes(node.tasks, names, guards)];
      case 'block':
        return [
          ...checkPaths([...pathsOf([node.name]), ...paths], names, guards),
          ...this.#nodes([...node.tasks, ...node.always], names, guards),
          ...this.#nodes(node.rescue, merge(names, IN_RESCUE), guards),
        ];
    }
  }

  #nodes(nodes: readonly TaskNode[], names: NamedShapes, guards: readonly Path[]): Problem[] {
    return nodes.flatMap((node) => this.#node(node, names, guards));
  }

  #filePaths(task: Task): NamePath[] {
    const { catalog, templateFile } = this.#context;
    if (!templateFile) return [];
    return templateFiles(task, catalog).flatMap(({ name, at }) => templateFile(this.#play, name, at)?.paths ?? []);
  }
}

function taskPaths(task: Task): NamePath[] {
  const { name, args, notify, become, becomeUser, retries, delay, ignoreErrors, noLog, throttle, provides } = task;
  const { environment, delegation, timeout } = task;
  const { until, changedWhen, failedWhen } = task;
  const values = [
    name,
    args,
    ...notify,
    become,
    becomeUser,
    retries,
    delay,
    ignoreErrors,
    noLog,
    throttle,
    ...provides,
    ...environment,
    delegation?.to,
    delegation?.become,
    delegation?.becomeUser,
    timeout,
  ];
  const conditions = [...(until ? [until] : []), ...changedWhen, ...failedWhen];
  return [...pathsOf(values), ...conditions.flatMap(({ paths }) => paths)];
}

function loopValues(loop: Loop | undefined): (Dynamic | undefined)[] {
  return [loop?.label, loop?.pause];
}

function pathsOf(values: readonly (Dynamic | undefined)[]): NamePath[] {
  return values.flatMap((value) => (value ? dynamicPaths(value) : []));
}
