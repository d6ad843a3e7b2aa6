// Every name in every template and expression, held against what can be there, before the first connection.

import type { Dynamic, DynamicMap } from '../dynamic/dynamic.ts';
import { dynamicPaths } from '../dynamic/evaluate.ts';
import { compileParams } from '../parameters/schema.ts';
import type { Position } from '../problem/position.ts';
import { distinctProblems, type Problem } from '../problem/problem.ts';
import type { ModuleCatalog } from '../runbook/catalog.ts';
import type { Loop, Play, Runbook, Task, TaskNode } from '../runbook/runbook.ts';
import type { Template } from '../template/template.ts';
import type { NamePath, Path } from '../value/path.ts';
import {
  ALWAYS_KNOWN,
  IN_RESCUE,
  judgedNames,
  localNames,
  madeByTasks,
  mapNames,
  mergeShapes,
  type NamedShapes,
  over,
  playNames,
} from './known-names.ts';
import { checkNamePaths, type Shape } from './paths.ts';

export interface NameContext {
  /** Names that the play's hosts get from the inventory and from `-e`; `any` when they can't be told. */
  readonly known: (play: Play) => Shape;
  /** The variables of the play's files. */
  readonly filed?: (play: Play) => readonly DynamicMap[];
  readonly catalog: ModuleCatalog;
  /** Names that only tasks would make which this run leaves out, with these tasks. */
  readonly leftOut?: ReadonlyMap<string, Task>;
  /** A template file that a task names, compiled; undefined when it isn't to be checked. */
  readonly templateFile?: (play: Play, name: string, at: Position) => Template | undefined;
}

/** The undefined variables of a runbook, each with the nearest names. */
export function checkNames(runbook: Runbook, context: NameContext): Problem[] {
  const problems: Problem[] = [];
  let earlier: NamedShapes = new Map();
  for (const play of runbook.plays) {
    const given = context.known(play);
    const made = mergeShapes(earlier, madeByTasks([...play.tasks, ...play.handlers], context.catalog));
    earlier = made;
    if (given === 'any') continue;
    const filed = context.filed?.(play) ?? [];
    const base = mergeShapes(ALWAYS_KNOWN, given, playNames(play), ...filed.map(mapNames), made);
    problems.push(...checkNamePaths(pathsOf(filed), base), ...new PlayNames(play, context).check(base));
  }
  return distinctProblems(problems);
}

/** The template files that tasks name literally, for whoever compiles them. */
export function templateFiles(task: Task, catalog: ModuleCatalog): { readonly name: string; readonly at: Position }[] {
  return templateValues(task, catalog).flatMap((value) =>
    value.kind === 'literal' && typeof value.value === 'string' ? [{ name: value.value, at: value.at }] : [],
  );
}

/** True where only a host tells which template file the task is about. */
export function computesTemplate(task: Task, catalog: ModuleCatalog): boolean {
  return templateValues(task, catalog).some(({ kind }) => kind !== 'literal');
}

function templateValues({ module, args }: Task, catalog: ModuleCatalog): readonly Dynamic[] {
  const syntax = catalog.get(module);
  const properties = (syntax && compileParams(syntax.params).schema.properties) ?? {};
  return args.entries.flatMap(({ key, value }) => (properties[key]?.vrun === 'local-template' ? [value] : []));
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
    const { tasks, handlers } = this.#play;
    return [
      ...checkNamePaths(pathsOf(own), base),
      ...this.#nodes(tasks, base),
      ...this.#nodes(handlers, this.#maybe(base)),
    ];
  }

  /** The names for what may never be come to: then it doesn't matter whether a task that is left out would make them. */
  #maybe(names: NamedShapes): NamedShapes {
    const { leftOut = new Map() } = this.#context;
    return leftOut.size === 0 ? names : over(new Map([...leftOut.keys()].map((name) => [name, 'any'])), names);
  }

  #check(paths: readonly NamePath[], names: NamedShapes, guards: readonly Path[] = []): Problem[] {
    return paths.flatMap((path) => {
      const found = checkNamePaths([path], names, guards);
      const root = path.path[0] === 'vars' ? path.path[1] : path.path[0];
      const maker = root === undefined || names.has(root) ? undefined : this.#context.leftOut?.get(root);
      return found.length > 0 && root !== undefined && maker ? [madeByNobody(root, maker, path.at)] : found;
    });
  }

  /** `outer`: what the `when`s around the node ask for by `has(…)`; it may be missing. */
  #node(node: TaskNode, around: NamedShapes, outer: readonly Path[] = []): Problem[] {
    const local = over(around, localNames(node));
    const guards = [...outer, ...node.when.flatMap((condition) => condition.guards)];
    const looped = node.kind === 'block' ? undefined : node.loop;
    const conditions = this.#check(
      node.when.flatMap(({ paths }) => paths),
      local,
      guards,
    );
    const [before, names] = node.when.length > 0 ? [this.#maybe(around), this.#maybe(local)] : [around, local];
    const found = [...this.#check(pathsOf([looped?.items]), before, guards), ...conditions];
    const paths = pathsOf([node.vars, ...loopValues(looped)]);
    switch (node.kind) {
      case 'task':
        return [
          ...found,
          ...this.#check([...paths, ...taskPaths(node), ...this.#filePaths(node)], names, guards),
          ...this.#verdicts(node, over(names, judgedNames(node, this.#context.catalog)), guards),
        ];
      case 'include':
        return [...found, ...this.#check(paths, names, guards), ...this.#nodes(node.tasks, names, guards)];
      case 'block':
        return [
          ...found,
          ...this.#check([...pathsOf([node.name]), ...paths], names, guards),
          ...this.#nodes([...node.tasks, ...node.always], names, guards),
          ...this.#nodes(node.rescue, over(this.#maybe(names), IN_RESCUE), guards),
        ];
    }
  }

  /** What judges a task, each list with guards of its own. */
  #verdicts({ until, changedWhen, failedWhen }: Task, names: NamedShapes, guards: readonly Path[]): Problem[] {
    return [until ? [until] : [], changedWhen, failedWhen].flatMap((conditions) =>
      this.#check(
        conditions.flatMap(({ paths }) => paths),
        names,
        [...guards, ...conditions.flatMap((condition) => condition.guards)],
      ),
    );
  }

  #nodes(nodes: readonly TaskNode[], names: NamedShapes, guards: readonly Path[] = []): Problem[] {
    return nodes.flatMap((node) => this.#node(node, names, guards));
  }

  #filePaths(task: Task): NamePath[] {
    const { catalog, templateFile } = this.#context;
    if (!templateFile) return [];
    return templateFiles(task, catalog).flatMap(({ name, at }) => templateFile(this.#play, name, at)?.paths ?? []);
  }
}

function madeByNobody(name: string, { title, at: made }: Task, at: Position): Problem {
  return {
    code: 'undefined-variable',
    summary: `Undefined variable ‹${name}›`,
    detail: `‹${title}› would set it (line ${made.line} of ${made.file}), and this run leaves that task out.`,
    hint: `Choose that task, too; or let this one ask whether it was: ‹when: has(vars.${name})›.`,
    at,
  };
}

function taskPaths(task: Task): NamePath[] {
  const { name, args, notify, become, becomeUser, retries, delay, ignoreErrors, noLog, throttle, provides } = task;
  const { environment, delegation, timeout, outputLimit } = task;
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
    outputLimit,
  ];
  return pathsOf(values);
}

function loopValues(loop: Loop | undefined): (Dynamic | undefined)[] {
  return [loop?.label, loop?.pause];
}

function pathsOf(values: readonly (Dynamic | undefined)[]): NamePath[] {
  return values.flatMap((value) => (value ? dynamicPaths(value) : []));
}
