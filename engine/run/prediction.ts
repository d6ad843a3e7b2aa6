// What a dry run's pending changes would make, so that later tasks can be planned as if it were there.
import type { Change, Content, Missing, Resource } from '../module/index.ts';

/** How the pending changes of one host bear on what a task lacks. */
export type Prospect = 'made' | 'unknown' | 'missing';

/** What a task asks of the pending changes, and adds to them. */
export interface Foresight {
  readonly pending: boolean;
  add(changes: readonly Change[], declared: readonly Resource[]): void;
  made(resource: Resource): boolean;
  written(path: string): Content | undefined;
  prospect(missing: Missing<unknown>): Prospect;
}

/** The pending changes of one host in a dry run. In a run nothing is pending: what was to be done is done. */
export class Prediction implements Foresight {
  readonly #dryRun: boolean;
  readonly #made = new Set<Resource>();
  readonly #declared = new Set<Resource>();
  readonly #written = new Map<string, Content>();
  #pending = false;

  constructor(dryRun: boolean) {
    this.#dryRun = dryRun;
  }

  /** True once any change is pending: a check that fails from then on is `unknown`. */
  get pending(): boolean {
    return this.#pending;
  }

  /** Records pending changes: what they write, what their module says they provide, and what the task's `provides` adds. */
  add(changes: readonly Change[], declared: readonly Resource[]): void {
    if (!this.#dryRun) return;
    this.#pending = true;
    for (const { provides, steps } of changes) {
      for (const resource of provides ?? []) this.#made.add(resource);
      for (const step of steps) if ('write' in step) this.#written.set(step.write.path, step.write.content);
    }
    for (const resource of declared) this.#declared.add(resource);
  }

  /** Whether a pending change says that it would make the very thing. */
  made(resource: Resource): boolean {
    return this.#made.has(resource);
  }

  /** What a pending change would write to the path: the last one of several. */
  written(path: string): Content | undefined {
    return this.#written.get(path);
  }

  /**
   * `made`: all that is missing would be there, in the state that its maker says. `unknown`: it would be there, but
   * a unit or path that only a task's `provides` promises comes in a state nobody can tell; or the source that may have
   * it comes only then. `missing`: it wouldn't.
   */
  prospect(missing: Missing<unknown>): Prospect {
    const each = missing.needs.map((need) => this.#prospectOf(need));
    const { source } = missing;
    if (each.includes('missing')) {
      return source !== undefined && this.#prospectOf(source) !== 'missing' ? 'unknown' : 'missing';
    }
    return each.includes('unknown') ? 'unknown' : 'made';
  }

  #prospectOf(need: Resource): Prospect {
    if (covers(this.#made, need)) return 'made';
    if (isInside(this.#made, need)) return 'unknown';
    if (!covers(this.#declared, need)) return 'missing';
    return need.startsWith('unit:') || need.startsWith('path:') ? 'unknown' : 'made';
  }
}

/** For a delegated task: what would be there is the delegate's, and whether anything is pending concerns both hosts. */
export class DelegatedPrediction implements Foresight {
  readonly #delegate: Prediction;
  readonly #own: Prediction;

  constructor(delegate: Prediction, own: Prediction) {
    this.#delegate = delegate;
    this.#own = own;
  }

  get pending(): boolean {
    return this.#delegate.pending || this.#own.pending;
  }

  add(changes: readonly Change[], declared: readonly Resource[]): void {
    this.#delegate.add(changes, declared);
    this.#own.add([], []);
  }

  written(path: string): Content | undefined {
    return this.#delegate.written(path);
  }

  made(resource: Resource): boolean {
    return this.#delegate.made(resource);
  }

  prospect(missing: Missing<unknown>): Prospect {
    return this.#delegate.prospect(missing);
  }
}

/** A path is there when it, or something below it, would be made. */
function covers(resources: ReadonlySet<Resource>, need: Resource): boolean {
  if (resources.has(need)) return true;
  if (!need.startsWith('path:')) return false;
  const below = need.endsWith('/') ? need : `${need}/`;
  return [...resources].some((resource) => resource.startsWith(below));
}

/** Below a directory that would be filled, `path:/srv/app/`, anything may be. */
function isInside(resources: ReadonlySet<Resource>, need: Resource): boolean {
  return [...resources].some((resource) => resource.endsWith('/') && need.startsWith(resource));
}
