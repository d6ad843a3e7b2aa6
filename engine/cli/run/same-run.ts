// Whether what was read is what the run was begun with: else going on with it would make another run of it.
import type { DeadRun } from '../../audit/dead-run.ts';
import { openSubjects, type RunOpening } from '../../audit/record.ts';
import type { GivenOptions, GivenVariable } from '../../event/given.ts';
import { fail } from '../../language/problem/problem.ts';

const MOST_NAMED = 20;

/** @throws ProblemError `audit` that names the variables of -e which aren't as the run was given them */
export function requireSameVariables({ run, open }: DeadRun, { extraVars = [] }: GivenOptions): void {
  const was = new Map((open.extraVars ?? []).map((variable) => [variable.name, textOf(variable)]));
  const is = new Map(extraVars.map((variable) => [variable.name, textOf(variable)]));
  const others = [...new Set([...was.keys(), ...is.keys()])].filter((name) => was.get(name) !== is.get(name));
  if (others.length === 0) return;
  fail({
    code: 'audit',
    summary: 'The variables are not those of the run',
    detail: `What -e gives isn't what ‹${run}› was begun with: ${named(others)}.`,
    hint: `Give the same again with -e, files in the same order. For other values begin a new run.`,
  });
}

function textOf({ value, json, file }: GivenVariable): string {
  return JSON.stringify([value, json, file]);
}

/** @throws ProblemError `audit` that names the files which aren't as the run has read them */
export function requireSameFiles({ run, subject }: DeadRun, opening: RunOpening): void {
  const was = digests(subject.map(({ name, digest }) => ({ name, sha256: digest.sha256 })));
  const read = openSubjects(opening).map(({ name, digest }) => ({ name, sha256: digest.sha256 }));
  const is = digests([...read, ...(opening.files ?? [])]);
  const others = [...new Set([...was.keys(), ...is.keys()])].filter((name) => was.get(name) !== is.get(name)).sort();
  if (others.length === 0) return;
  const files = others.filter((name) => /^(?:file|tree|output):/.test(name)).map((name) => name.replace(/^\w+:/, ''));
  fail({
    code: 'audit',
    summary: 'Files have changed since the run began',
    detail: `Not as ‹${run}› has read them, here or elsewhere, more or fewer:\n${listed(files.length > 0 ? files : others)}`,
    hint: 'Put them back as they were, or begin a new run: what is as it should be stays so.',
  });
}

/** By name; a file that was another one when it was read again stands there with both. */
function digests(files: readonly { readonly name: string; readonly sha256: string }[]): ReadonlyMap<string, string> {
  const found = new Map<string, string[]>();
  for (const { name, sha256 } of files) found.set(name, [...(found.get(name) ?? []), sha256].sort());
  return new Map([...found].map(([name, all]) => [name, [...new Set(all)].join()]));
}

function named(names: readonly string[]): string {
  return names
    .slice(0, MOST_NAMED)
    .map((name) => `‹${name}›`)
    .join(', ');
}

function listed(files: readonly string[]): string {
  const more = files.length - MOST_NAMED;
  return [...files.slice(0, MOST_NAMED), ...(more > 0 ? [`and ${more} more`] : [])]
    .map((file) => `  ${file}`)
    .join('\n');
}
