// What comes to a play from the controller's disk: the directory of its runbook, and its files of variables.

import type { Dynamic, DynamicMap } from '../../language/dynamic/dynamic.ts';
import { evaluate } from '../../language/dynamic/evaluate.ts';
import { fail, type Problem, ProblemError } from '../../language/problem/problem.ts';
import type { Play, Runbook } from '../../language/runbook/runbook.ts';
import { findUnknown } from '../../language/value/find-unknown.ts';
import type { Scope } from '../../language/value/value.ts';
import type { Sources } from '../controller/sources.ts';

/** `playbook_dir` and the variables of `vars_files`, for each play and host. */
export class PlayFiles {
  readonly #directories = new Map<Play, string>();
  readonly #first: string | undefined;
  readonly #variables = new Map<Play, Map<string, DynamicMap[]>>();

  constructor(runbooks: readonly Runbook[], sources: Sources) {
    for (const { file, plays } of runbooks) {
      for (const play of plays) this.#directories.set(play, sources.directoryOf(file));
    }
    this.#first = [...this.#directories.values()][0];
  }

  /** The absolute directory of the play's runbook; without a play that of the first runbook. */
  directory(play: Play | undefined): string | undefined {
    return (play && this.#directories.get(play)) ?? this.#first;
  }

  /** The files' variables on one host, weakest first. */
  of(play: Play, host: string): readonly DynamicMap[] {
    return this.#variables.get(play)?.get(host) ?? [];
  }

  /** The variables of every file that was read for the play, each once. */
  all(play: Play): readonly DynamicMap[] {
    return [...new Set([...(this.#variables.get(play)?.values() ?? [])].flat())];
  }

  add(play: Play, host: string, variables: DynamicMap): void {
    const hosts = this.#variables.get(play) ?? new Map<string, DynamicMap[]>();
    this.#variables.set(play, hosts.set(host, [...(hosts.get(host) ?? []), variables]));
  }
}

/** Stands for every host where there is no inventory. */
const ANY_HOST = '';

export interface PlayFilesContext {
  readonly sources: Sources;
  readonly problems: Problem[];
  /** The hosts of each play; undefined without an inventory: then only paths that are no templates are read. */
  readonly hosts: ReadonlyMap<Play, readonly string[]> | undefined;
  /** The variables of a host that are known before the first connection. */
  readonly scope: (play: Play, host: string) => Scope;
  /** Inputs that are to be given when the runbook is run, and haven't been. */
  readonly missing: ReadonlySet<string>;
}

/**
 * Reads the files of variables of all plays into `files`. Returns the plays of which not every file could be told: of
 * these nobody knows all the names.
 */
export async function readPlayFiles(
  runbooks: readonly Runbook[],
  files: PlayFiles,
  context: PlayFilesContext,
): Promise<ReadonlySet<Play>> {
  const partly = new Set<Play>();
  for (const runbook of runbooks) {
    for (const play of runbook.plays) {
      for (const host of context.hosts ? (context.hosts.get(play) ?? []) : [ANY_HOST]) {
        for (const path of play.varsFiles) {
          const variables = await readOne(path, { play, host, runbook }, context);
          if (variables) files.add(play, host, variables);
          else partly.add(play);
        }
      }
    }
  }
  return partly;
}

async function readOne(
  path: Dynamic,
  { play, host, runbook }: { readonly play: Play; readonly host: string; readonly runbook: Runbook },
  context: PlayFilesContext,
): Promise<DynamicMap | undefined> {
  const { sources, problems } = context;
  try {
    if (path.kind !== 'literal' && !context.hosts) return undefined;
    const name = nameOf(path, host, () => context.scope(play, host));
    const found = sources.find('vars', name, path.at.file, path.at);
    return await runbook.files.variables(found, sources.shown(found), path.at, problems);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const waits = context.missing.size > 0 && error.problems.every(({ code }) => code === 'undefined-variable');
    if (!waits) problems.push(...error.problems);
    return undefined;
  }
}

/** `scope` is asked only where the path isn't literal: without an inventory there is none. */
function nameOf(path: Dynamic, host: string, scope: () => Scope): string {
  const value = path.kind === 'literal' ? path.value : evaluate(path, scope());
  if (typeof value === 'string' && value !== '') return value;
  const unknown = findUnknown(value);
  return fail({
    code: 'bad-value',
    summary: 'Not the path of a file',
    detail: unknown
      ? `Files of variables are read before the first connection, and this depends on ${unknown.reason}.`
      : `On ‹${host}› it is ${value === '' ? 'empty' : 'no text'}.`,
    hint: 'A path may use the inventory, ‹-e›, the play’s inputs and variables, ‹playbook_dir› and ‹inventory_dir›.',
    at: path.at,
  });
}
