// Things of a host that a dry run can't tell about, since a task may have changed them by then, each with the reason. All that
// is unknown, a command that acts, and a rescue that may come cast doubt in this one way: by what they are about.
import type { Thing } from '../../module/index.ts';

/** Any thing of a kind. */
const ANY = '*';

export class Doubts {
  readonly #named = new Map<string, Map<string, string>>();
  readonly #paths = new Map<string, string>();
  /** Directories with something doubtful in them. */
  readonly #above = new Map<string, string>();
  /** Words by which a command may mean what is doubtful. */
  readonly #meant = new Map<string, string>();

  get any(): boolean {
    return this.#named.size > 0 || this.#paths.size > 0;
  }

  cast(things: readonly Thing[], reason: string): void {
    for (const thing of things) {
      const [kind, name] = parts(thing);
      if (kind === 'path' && name !== ANY) this.#castPath(name.replace(/\/$/, ''), reason);
      else put(this.#ofKind(kind), name, reason);
      for (const word of wordsOf(kind, name)) put(this.#meant, word, reason);
    }
  }

  /** Why one of the things may be otherwise by then; undefined where none is in doubt. */
  of(things: readonly Thing[]): string | undefined {
    if (!this.any) return undefined;
    for (const thing of things) {
      const reason = this.#reasonOf(...parts(thing));
      if (reason !== undefined) return reason;
    }
    return undefined;
  }

  /** Why a directory among the things may be there by then, though nothing is now: something is doubtful below it. */
  below(things: readonly Thing[]): string | undefined {
    return first(things.map((thing) => (thing.startsWith('path:') ? this.#above.get(thing.slice(5)) : undefined)));
  }

  #castPath(path: string, reason: string): void {
    put(this.#paths, path, reason);
    for (const directory of directoriesAbove(path)) put(this.#above, directory, reason);
  }

  #reasonOf(kind: string, name: string): string | undefined {
    const named = this.#named.get(kind);
    if (name === ANY)
      return first(named?.values() ?? []) ?? (kind === 'path' ? first(this.#paths.values()) : undefined);
    return (
      named?.get(name) ??
      named?.get(ANY) ??
      (kind === 'path' ? this.#reasonOfPath(name) : undefined) ??
      (kind === 'word' ? this.#meant.get(name) : this.#saidOf(kind, name))
    );
  }

  #reasonOfPath(name: string): string | undefined {
    const path = name.replace(/\/$/, '');
    const around = [path, ...directoriesAbove(path)].map((one) => this.#paths.get(one));
    return first(around) ?? (name.endsWith('/') ? this.#above.get(path) : undefined);
  }

  /** The reason when a command has a word in it that may mean the thing. */
  #saidOf(kind: string, name: string): string | undefined {
    const said = this.#named.get(kind === 'path' ? 'name' : 'word');
    return said && first(wordsOf(kind, name).map((word) => said.get(word)));
  }

  #ofKind(kind: string): Map<string, string> {
    const known = this.#named.get(kind);
    if (known) return known;
    const names = new Map<string, string>();
    this.#named.set(kind, names);
    return names;
  }
}

function first(reasons: Iterable<string | undefined>): string | undefined {
  for (const reason of reasons) if (reason !== undefined) return reason;
  return undefined;
}

/** The first reason stands. */
function put(reasons: Map<string, string>, name: string, reason: string): void {
  if (!reasons.has(name)) reasons.set(name, reason);
}

function parts(thing: Thing): [kind: string, name: string] {
  const colon = thing.indexOf(':');
  return [thing.slice(0, colon), thing.slice(colon + 1)];
}

/** The words by which a command means a thing: a file's name, a unit's with and without its ending. */
function wordsOf(kind: string, name: string): readonly string[] {
  if (name === ANY || kind === 'act' || kind === 'name') return [];
  if (kind === 'path') return [name.replace(/\/$/, '').replace(/^.*\//, '')];
  if (kind === 'unit') return [name, name.replace(/\.[a-z]+$/, '')];
  return [name];
}

function directoriesAbove(path: string): readonly string[] {
  const found: string[] = [];
  for (let end = path.lastIndexOf('/'); end >= 0; end = path.lastIndexOf('/', end - 1)) {
    found.push(path.slice(0, end));
    if (end === 0) break;
  }
  return found;
}
