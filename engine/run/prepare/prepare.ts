// Everything that can be known before the first connection: hosts chosen, names checked, inputs coerced, files found.
// All problems at once.

import { everyHost, findHost, type Inventory } from '../../inventory/model/inventory.ts';
import { selectHosts } from '../../inventory/pattern/select.ts';
import { checkNames, templateFiles } from '../../language/check/names.ts';
import { type Shape, shapeOf } from '../../language/check/paths.ts';
import type { Dynamic, DynamicMap } from '../../language/dynamic/dynamic.ts';
import { evaluate } from '../../language/dynamic/evaluate.ts';
import { layered } from '../../language/dynamic/variables.ts';
import { traitsOf } from '../../language/parameters/kinds.ts';
import { compileParams, isInline } from '../../language/parameters/schema.ts';
import { hidden } from '../../language/parameters/secret-input.ts';
import type { Position } from '../../language/problem/position.ts';
import { distinctProblems, type Problem, ProblemError } from '../../language/problem/problem.ts';
import type { Play, Runbook, Task } from '../../language/runbook/runbook.ts';
import { tasksOf } from '../../language/runbook/task-tree.ts';
import type { Template } from '../../language/template/template.ts';
import { Secret } from '../../language/value/secret.ts';
import { Unknown } from '../../language/value/value.ts';
import type { Registry } from '../../module/registry.ts';
import { commandWords } from '../../module/shell-words.ts';
import type { Sources } from '../controller/sources.ts';
import { hostVariables } from '../host/hosts.ts';
import { makes } from '../list/makes.ts';
import { type ExtraValue, readInputs } from '../plan/inputs.ts';
import { type Pace, paceOf } from '../plan/pace.ts';
import { PlayFiles, type PlayFilesContext, readPlayFiles } from '../plan/play-files.ts';
import { factsUsed } from '../session/facts.ts';
import { delegateProblems } from './check-delegates.ts';
import { checkSecrets } from './check-secrets.ts';
import { eachText } from './written.ts';

export interface Preparation {
  readonly runbooks: readonly Runbook[];
  /** The same with what tags and --start-at-task leave out of them, where they do. */
  readonly whole?: readonly Runbook[];
  /** Undefined for `vrun lint`: then only what needs no inventory is checked. */
  readonly inventory: Inventory | undefined;
  /** `-l`, from `readLimit`. */
  readonly limit: readonly string[] | undefined;
  readonly extra: ReadonlyMap<string, ExtraValue>;
  readonly registry: Registry;
  readonly sources: Sources;
  /** Secrets that were opened; those of files that are read now come to it meanwhile. */
  readonly opened: readonly Secret[];
}

export interface Prepared {
  readonly hosts: ReadonlyMap<Play, readonly string[]>;
  readonly extra: ReadonlyMap<string, Dynamic>;
  readonly files: PlayFiles;
  readonly paces: ReadonlyMap<Play, Pace>;
  readonly facts: ReadonlySet<string>;
  /** Every secret that was written anywhere, inputs that are declared secret among them: for redaction. */
  readonly secrets: readonly Secret[];
  readonly problems: readonly Problem[];
}

/** Checks a run as a whole. With an error among the problems nothing may be connected to. */
export async function prepare(preparation: Preparation): Promise<Prepared> {
  const { runbooks, inventory } = preparation;
  const problems: Problem[] = [];
  const hosts = new Map<Play, readonly string[]>();
  const plays = runbooks.flatMap((runbook) => runbook.plays);
  if (inventory) for (const play of plays) hosts.set(play, hostsOfPlay(play, inventory, preparation, problems));
  const chosen = new Set([...hosts.values()].flat());
  const everywhere = (name: string) =>
    inventory === undefined || [...chosen].every((host) => findHost(inventory, host)?.variables.has(name));
  const inputs = readInputs(runbooks, preparation.extra, ({ name }) => everywhere(name));
  problems.push(...inputs.problems);
  const files = new PlayFiles(runbooks, preparation.sources);
  const partly = await readPlayFiles(runbooks, files, {
    ...filesContext(preparation, files, { extra: inputs.extra, chosen }),
    problems,
    hosts: inventory && hosts,
  });
  const texts: string[] = [];
  const leftOut = namesLeftOut(preparation);
  for (const runbook of runbooks) {
    const templateFile = (_: Play, name: string, at: Position) => readTemplate(preparation.sources, name, at, problems);
    const known = (play: Play) => (partly.has(play) ? 'any' : knownNames(preparation, hosts.get(play)));
    const filed = (play: Play) => files.all(play);
    problems.push(...checkNames(runbook, { known, filed, leftOut, catalog: preparation.registry, templateFile }));
  }
  for (const play of plays) {
    for (const task of tasksOf(play)) {
      problems.push(...missingFiles(task, preparation));
      for (const { name, at } of templateFiles(task, preparation.registry)) {
        const template = readTemplate(preparation.sources, name, at, problems);
        if (template) texts.push(template.source);
      }
      if (inventory) problems.push(...delegateProblems(task, inventory));
    }
    const own = [play.vars, ...files.all(play)];
    if (inventory) problems.push(...shadowed(own, inventory, hosts.get(play) ?? []));
  }
  const variables = inventory ? everyHost(inventory).map((host) => host.variables) : [];
  eachText([runbooks, variables, plays.map((play) => files.all(play)), inputs.extra], (text) => {
    if (text.includes('facts')) texts.push(text);
  });
  const secrets = [
    ...preparation.opened,
    ...plays.flatMap((play) => secretInputs(play, files.all(play), { inventory, extra: inputs.extra })),
  ];
  if (secrets.length > 0 || plays.some(({ params }) => params.some(({ secret }) => secret))) {
    const { registry } = preparation;
    problems.push(...checkSecrets(plays, { inventory, hosts, extra: inputs.extra, files, registry }));
  }
  const paces = new Map<Play, Pace>();
  if (inventory) for (const play of plays) paces.set(play, paceOf(play, inputs.extra, problems));
  return {
    hosts,
    paces,
    extra: inputs.extra,
    files,
    facts: factsUsed(texts),
    secrets,
    problems: distinctProblems(problems),
  };
}

/** The hosts of a play in its order. `hosts` may be a template of `-e` and of the play's own variables. */
function hostsOfPlay(
  play: Play,
  inventory: Inventory,
  { limit, extra }: Preparation,
  problems: Problem[],
): readonly string[] {
  const values = new Map([...extra].map(([name, { value }]) => [name, value]));
  const own = new Map([...play.defaults.entries, ...play.vars.entries].map(({ key, value }) => [key, value]));
  const layers = [own, values].map((map) => ({ get: (name: string) => map.get(name), names: () => map.keys() }));
  try {
    const pattern = evaluate(play.hosts, layered(layers));
    const patterns = Array.isArray(pattern) ? pattern.map(String) : String(pattern);
    const selection = selectHosts(inventory, patterns, { limit, at: play.hosts.at });
    problems.push(...selection.problems);
    return ordered(selection.hosts, play.order);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    problems.push(...error.problems);
    return [];
  }
}

function ordered(hosts: readonly string[], order: Play['order']): readonly string[] {
  switch (order) {
    case 'inventory':
      return hosts;
    case 'reverse_inventory':
      return hosts.toReversed();
    case 'sorted':
      return hosts.toSorted();
    case 'reverse_sorted':
      return hosts.toSorted().reverse();
    case 'shuffle':
      return hosts
        .map((host) => ({ host, at: Math.random() }))
        .sort((one, other) => one.at - other.at)
        .map(({ host }) => host);
  }
}

/** What the paths of files of variables may use. */
function filesContext(
  { runbooks, inventory, sources }: Preparation,
  files: PlayFiles,
  { extra, chosen }: { readonly extra: ReadonlyMap<string, Dynamic>; readonly chosen: Iterable<string> },
): Pick<PlayFilesContext, 'sources' | 'scope' | 'missing'> {
  const run = new Unknown('later', 'the run itself');
  const variables =
    inventory && hostVariables(inventory, [...inventory.hosts.keys(), ...chosen], { extra, run: { id: run }, files });
  const params = runbooks.flatMap((runbook) => runbook.plays.flatMap((play) => play.params));
  return {
    sources,
    scope: (play, host) => {
      const own = variables?.get(host);
      if (!own) throw new Error(`no variables of ${host}`);
      return own.scope({ play, others: 'ahead' });
    },
    missing: new Set(
      params.filter(({ name, default: fallback }) => !fallback && !extra.has(name)).map(({ name }) => name),
    ),
  };
}

/** Names that only tasks make which aren't in the run, with these tasks. */
function namesLeftOut({ runbooks, whole = [] }: Preparation): ReadonlyMap<string, Task> {
  const tasksIn = (books: readonly Runbook[]) => books.flatMap(({ plays }) => plays.flatMap(tasksOf));
  const chosen = new Set(tasksIn(runbooks));
  const others = tasksIn(whole).filter((task) => !chosen.has(task));
  return new Map(others.toReversed().flatMap((task) => makes(task).map((name) => [name, task] as const)));
}

/** What the inventory and `-e` give to the hosts of a play; without an inventory nobody can tell. */
function knownNames({ inventory, extra }: Preparation, hosts: readonly string[] | undefined): Shape {
  if (!inventory || !hosts || hosts.length === 0) return 'any';
  const names = new Map<string, Shape>([...extra].map(([name, { value }]) => [name, shapeOf(value)]));
  for (const host of hosts) {
    for (const [name, { value }] of findHost(inventory, host)?.variables ?? []) {
      if (!names.has(name)) names.set(name, shapeOf(value));
      else if (!extra.has(name)) names.set(name, 'any');
    }
  }
  return names;
}

function readTemplate(sources: Sources, name: string, at: Position, problems: Problem[]): Template | undefined {
  try {
    return sources.template(name, at.file, at).template;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

/** Files that a task names literally and that aren't there. Templates are read by the check of names. */
function missingFiles(task: Task, { registry, sources }: Preparation): readonly Problem[] {
  const syntax = registry.get(task.module);
  const properties = (syntax && compileParams(syntax.params).schema.properties) ?? {};
  const isTrue = (name: string | undefined) =>
    task.args.entries.some(({ key, value }) => key === name && value.kind === 'literal' && value.value === true);
  return task.args.entries.flatMap(({ key, value }) => {
    const shape = properties[key];
    if (
      shape?.vrun === undefined ||
      !traitsOf(shape.vrun).isSought ||
      isTrue(shape.vrunUnless) ||
      value.kind !== 'literal' ||
      typeof value.value !== 'string' ||
      isInline(shape, value.value)
    )
      return [];
    try {
      const [name = ''] = shape.vrun === 'local-command' ? commandWords(value.value) : [value.value];
      sources.find('files', name, value.at.file, value.at);
      return [];
    } catch (error) {
      if (error instanceof ProblemError) return error.problems;
      throw error;
    }
  });
}

/** What inputs that are declared secret are given in clear text. */
function secretInputs(
  { params, defaults, vars }: Play,
  filed: readonly DynamicMap[],
  { inventory, extra }: { readonly inventory: Inventory | undefined; readonly extra: ReadonlyMap<string, Dynamic> },
): readonly Secret[] {
  return params
    .filter(({ secret }) => secret)
    .flatMap((param) => {
      const own = [defaults, vars, ...filed].flatMap(({ entries }) => entries.filter(({ key }) => key === param.name));
      // Also of hosts that aren't in the play: it may read them, or act there.
      const theirs = (inventory ? everyHost(inventory) : []).map(({ variables }) => variables.get(param.name));
      const given = [...own.map(({ value }) => value), ...theirs.map((variable) => variable?.value)];
      const values = [...given, extra.get(param.name), param.default];
      return values.flatMap((dynamic) => {
        const value = dynamic && hidden(dynamic, param);
        return value?.kind === 'literal' && value.value instanceof Secret ? [value.value] : [];
      });
    });
}

/** A play variable that hides one of the inventory: it is stronger, which its author may not have meant. */
function shadowed(own: readonly DynamicMap[], inventory: Inventory, hosts: readonly string[]): readonly Problem[] {
  const entries = own.flatMap((map) => map.entries);
  return entries.flatMap(({ key, keyAt }): Problem[] => {
    const host = hosts.find((name) => findHost(inventory, name)?.variables.has(key));
    const origin = host === undefined ? undefined : findHost(inventory, host)?.variables.get(key)?.origin;
    if (!origin) return [];
    const detail = `The play's own variables are stronger than the inventory, which sets it too (${origin.from}, ${origin.at.file}:${origin.at.line}).`;
    const hint = 'Use ‹defaults› for a value that the inventory may override.';
    return [
      {
        code: 'shadowed-variable',
        severity: 'warning',
        summary: `‹${key}› hides a variable of the inventory`,
        detail,
        hint,
        at: keyAt,
      },
    ];
  });
}
