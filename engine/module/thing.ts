// What tasks are about, by name: so that a dry run knows which of them may get in the way of a later one.
import { posix } from 'node:path';
import { Unknown } from '../language/value/value.ts';

/**
 * A thing on a host: `user:anna`, `unit:nginx.service`, `path:/etc/motd`. `path:/srv/app/` is the directory with all
 * that is in it, and `user:*` any user. `word:anna` is whatever a command calls so,
 * and `name:x` any path that ends in x.
 */
export type Thing = `${string}:${string}`;

/** A task's parameters as far as they are known: an Unknown in the place of each that isn't, or inside it. */
export type Given = Readonly<Record<string, unknown>>;

/** The things of a kind that a parameter names: one, or each of a list; any where that isn't known. */
export function things(kind: string, names: unknown): readonly Thing[] {
  if (names === undefined || names === null) return [];
  if (names instanceof Unknown) return [`${kind}:*`];
  if (Array.isArray(names)) return names.flatMap((name) => things(kind, name));
  return typeof names === 'string' || typeof names === 'number' ? [`${kind}:${names}`] : [];
}

/** A name made of parameters: Unknown while one of them is. */
export function named(texts: TemplateStringsArray, ...values: readonly unknown[]): string | Unknown {
  const unknown = values.find((value) => typeof value !== 'string' && typeof value !== 'number');
  if (unknown !== undefined) return unknown instanceof Unknown ? unknown : new Unknown('apply', 'a name');
  return String.raw({ raw: texts }, ...values);
}

/** The path that a parameter names; relative ones start at `from`. */
export function pathThing(path: unknown, from: unknown = '/'): readonly Thing[] {
  if (path === undefined || path === null) return [];
  if (typeof path !== 'string') return ['path:*'];
  if (path.startsWith('/')) return [`path:${withoutSlash(posix.normalize(path))}`];
  return typeof from === 'string' ? [`path:${withoutSlash(posix.normalize(`${from}/${path}`))}`] : ['path:*'];
}

/** The same with all that is below it. */
export function treeThing(path: unknown, from?: unknown): readonly Thing[] {
  return pathThing(path, from).map((thing): Thing => (thing === 'path:*' ? thing : `${thing}/`));
}

function withoutSlash(path: string): string {
  return path === '/' ? '' : path.replace(/\/$/, '');
}

/** Programs that change nothing but what their arguments name. */
const PLAIN =
  /^(\[|basename|cat|chgrp|chmod|chown|cp|cut|cd|date|dirname|echo|exec|false|grep|head|id|install|ln|ls|mkdir|mv|printf|readlink|rm|rmdir|sed|set|sleep|sort|stat|tail|tee|test|touch|tr|true|truncate|umask|uniq|wc)$/;

/**
 * What a command line may be about, by the words in it: paths, with all that is below them, and names. Options count by
 * their values, and programs by their names where they are more than simple. `act:any`: a program is run that may change what nobody names.
 */
export function wordThings(text: string, chdir?: unknown): readonly Thing[] {
  const found = new Set<Thing>();
  const code = text.replaceAll(/^\s*#.*$/gm, '');
  // After a `cd` files are named from there: only their last names are known.
  const moves = /(^|[\s;&|(])(cd|pushd)\s/.test(code);
  for (const command of code.split(/[;|&()`\n]+/)) {
    const [program = 'true', ...words] = command.split(/[\s"'<>{}=,]+/).filter((word) => word !== '');
    const name = program.replace(/^.*\//, '');
    if (!PLAIN.test(name)) found.add('act:any').add(`word:${name}`);
    for (const word of words) {
      // What comes behind a pattern's or a variable's sign isn't known: the directory before it is.
      const known = /[*?[$~]/.test(word) ? word.replace(/[^/]*[*?[$~].*$/s, '') : word;
      if (!/[A-Za-z]/.test(known) || known.startsWith('-')) continue;
      if (known.includes('/') || chdir !== undefined) for (const thing of treeThing(known, chdir)) found.add(thing);
      if (!known.includes('/')) found.add(`word:${known}`);
      if (moves && !known.startsWith('/')) found.add(`name:${known.replace(/^.*\//, '')}`);
    }
  }
  return [...found];
}
