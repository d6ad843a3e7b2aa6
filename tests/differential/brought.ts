// What was brought from a host to the project, on this machine (by vrun) and on the other one (by Ansible).
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Json } from '../../engine/event/event.ts';
import type { Seen } from './trial.ts';

/** The files below these directories of the project, by their path in it. */
export function broughtHere(project: string, directories: readonly string[]): Seen {
  return new Map(directories.flatMap((path) => [...below(project, join(project, path))]));
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
