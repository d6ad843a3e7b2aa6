// What was brought from a host to the project, on this machine (by vrun) and on the other one (by Ansible).
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Json } from '../../engine/event/event.ts';
import type { Seen } from './trial.ts';

/** The files at or below these paths of the project, by their path in it. */
export function broughtHere(project: string, directories: readonly string[]): Seen {
  return new Map(directories.flatMap((path) => [...at(project, join(project, path))]));
}

function* at(project: string, path: string): Generator<[string, Json]> {
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) yield [relative(project, path), readFileSync(path, 'utf8')];
  else yield* below(project, path);
}

function* below(project: string, directory: string): Generator<[string, Json]> {
  for (const entry of entriesOf(directory)) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) yield* below(project, path);
    else yield [relative(project, path), readFileSync(path, 'utf8')];
  }
}

function entriesOf(directory: string) {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return []; // nothing was brought
  }
}

/** The same of what the worker sees below the project. */
export function broughtThere(seen: Seen, project: string): Seen {
  return new Map(
    [...seen].flatMap(([path, entry]): [string, Json][] => {
      const isFile = typeof entry === 'object' && entry !== null && 'content' in entry;
      return isFile ? [[relative(project, path), entry.content ?? null]] : [];
    }),
  );
}
