// Reads an inventory: every source in the order of `-i`, then the variables beside them, then each host's winners.
import { isAbsolute, resolve } from 'node:path';
import type { FilesRead } from '../base/files-read.ts';
import type { Position } from '../language/problem/position.ts';
import type { Problem } from '../language/problem/problem.ts';
import type { SecretOpener } from '../language/yaml/age.ts';
import { type Merged, Precedence } from './merge.ts';
import { InventoryBuilder, type RawVariable } from './model/builder.ts';
import { isError, noHosts, warnOfReservedNames, warnOfSharedNames } from './model/checks.ts';
import type { Group, Host, Inventory, Variable } from './model/inventory.ts';
import { readValues, type VariableOf } from './model/values.ts';
import { FileReader } from './sources/file-reader.ts';
import { literalNode } from './sources/literal-node.ts';
import { SCRIPT_SECONDS, type ScriptRunner } from './sources/run-script.ts';
import { addSource } from './sources/sources.ts';
import { VarsFiles, type VarsRoot } from './sources/vars-files.ts';

export interface LoadContext {
  /** Absolute: where relative sources start. */
  readonly cwd: string;
  /** Problems are added here; warnings among them. */
  readonly problems: Problem[];
  readonly signal: AbortSignal;
  /** Where it is noted what was read. */
  readonly read?: FilesRead;
  /** What becomes of `!secret` values. */
  readonly secrets: SecretOpener;
  /** Directories of the runbooks: their `group_vars/` and `host_vars/` count too, as in Ansible. */
  readonly runbookDirectories?: readonly string[];
  /** What dynamic inventories get as their environment; this process's own when left out. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Who calls dynamic inventories; `runScript` where left out. */
  readonly runScript?: ScriptRunner | undefined;
  /** How long a dynamic inventory may take for one call. */
  readonly scriptSeconds?: number;
}

/**
 * Reads `sources` (files, directories, executables, comma lists). What is wrong is added to `context.problems`; the
 * inventory holds what could be read all the same. Without any source it is empty and knows `localhost` only.
 */
export async function loadInventory(sources: readonly string[], context: LoadContext): Promise<Inventory> {
  const { cwd, problems, signal } = context;
  const errorsBefore = problems.filter(isError).length;
  const builder = new InventoryBuilder(problems);
  const files = new FileReader(problems, context.read);
  const script = {
    seconds: context.scriptSeconds ?? SCRIPT_SECONDS,
    environment: context.environment,
    signal,
    run: context.runScript,
  };
  const roots: VarsRoot[] = [];
  for (const source of sources) {
    signal.throwIfAborted();
    const root = await addSource(source, { cwd, builder, files, script });
    if (root) roots.push(root);
  }
  builder.finish();
  if (sources.length > 0 && builder.hosts.size === 0 && problems.filter(isError).length === errorsBefore) {
    problems.push(noHosts(sources));
  }
  warnOfSharedNames(builder);

  const runbooks = (context.runbookDirectories ?? []).map((directory) => ({
    path: isAbsolute(directory) ? directory : resolve(cwd, directory),
    shown: directory,
  }));
  const precedence = new Precedence(builder, { inventory: roots, runbooks }, new VarsFiles(files));
  const direct = directGroups(builder);
  const merged = new Map<string, Merged>();
  for (const host of builder.hosts.values()) {
    const own = [...whereFrom(host.name, host.at, host.source), ...host.variables];
    merged.set(host.name, await precedence.of(host.name, direct.get(host.name) ?? [], own));
  }
  const local = await precedence.of(
    'localhost',
    [],
    [...whereFrom('localhost', undefined, undefined), localConnection()],
  );

  const raw = new Set<RawVariable>(local.values);
  for (const { values } of merged.values()) for (const value of values) raw.add(value);
  warnOfReservedNames(raw, problems);
  const variableOf = await readValues(raw, context.secrets, problems);
  const hosts = new Map([...merged].map(([name, one]) => [name, makeHost(name, one, variableOf)]));
  return {
    sources,
    digest: files.digest(),
    hosts,
    groups: new Map([...builder.groups.values()].map((group) => [group.name, frozen(group)])),
    localhost: makeHost('localhost', local, variableOf),
  };
}

function makeHost(name: string, { values, groups }: Merged, variableOf: VariableOf): Host {
  const variables = new Map<string, Variable>();
  for (const raw of values) {
    const variable = variableOf(raw);
    if (variable) variables.set(raw.name, variable);
  }
  let history: ReadonlyMap<string, readonly Variable[]> | undefined;
  return {
    name,
    groups,
    variables,
    // Made when asked for: of thousands of hosts one is explained.
    get history() {
      history ??= historyOf(values, variableOf);
      return history;
    },
  };
}

function historyOf(values: readonly RawVariable[], variableOf: VariableOf): ReadonlyMap<string, readonly Variable[]> {
  const history = new Map<string, Variable[]>();
  for (const raw of values) {
    const variable = variableOf(raw);
    if (!variable) continue;
    const earlier = history.get(raw.name);
    if (earlier) earlier.push(variable);
    else history.set(raw.name, [variable]);
  }
  return history;
}

function frozen(group: { name: string; children: Set<string>; hosts: Set<string>; priority: number }): Group {
  return { name: group.name, children: [...group.children], hosts: [...group.hosts], priority: group.priority };
}

function directGroups(builder: InventoryBuilder): ReadonlyMap<string, readonly string[]> {
  const direct = new Map<string, string[]>();
  for (const group of builder.groups.values()) {
    for (const host of group.hosts) {
      const known = direct.get(host);
      if (known) known.push(group.name);
      else direct.set(host, [group.name]);
    }
  }
  return direct;
}

const NOWHERE: Position = { file: 'vrun', line: 1, column: 1, length: 1, text: '' };

/** Ansible's `inventory_file` and `inventory_dir`: the source in which a host is first named. */
function whereFrom(
  host: string,
  at: Position | undefined,
  source: { readonly path: string; readonly directory: string } | undefined,
): readonly RawVariable[] {
  if (!source) return [];
  const place = at ?? NOWHERE;
  const set = (name: string, value: string): RawVariable => ({
    name,
    node: literalNode(value, place),
    from: `host ${host}`,
    at: place,
    directory: source.directory,
  });
  return [set('inventory_file', source.path), set('inventory_dir', source.directory)];
}

function localConnection(): RawVariable {
  const node = literalNode('local', NOWHERE);
  return { name: 'ansible_connection', node, from: 'this machine', at: NOWHERE, directory: '/' };
}
