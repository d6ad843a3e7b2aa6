// What a dry run's pending changes would make, so that later tasks can be planned as if it were there.
import {
  type Change,
  type Effect,
  effectsOf,
  type Foreseen,
  type Missing,
  madeBy,
  type PathEffect,
  type Resource,
  type Settled,
  type Thing,
} from '../../module/index.ts';
import { Doubts } from './doubts.ts';
import { PendingPaths } from './pending-paths.ts';

/** How the pending changes of one host bear on what a task lacks. */
export type Prospect = 'made' | 'unknown' | 'missing';

/** What a plan stands on. */
export interface Footing {
  readonly about: readonly Thing[];
  readonly looksAt: readonly Thing[];
  /** Whether it makes something that isn't there. */
  readonly makes: boolean;
  /** Whether it takes into account the effects of changes on paths and units. */
  readonly foresees: boolean;
}

/** Whose changes are pending. */
export type Changer = Pick<Footing, 'about' | 'foresees'>;

/** What a task asks of the pending changes, and adds to them. */
export interface Foresight extends Foreseen {
  readonly pending: boolean;
  /** Records pending changes, and what their task is `about`. */
  add(changes: readonly Change[], declared: readonly Resource[], by?: Changer): void;
  /** From now on the state of these things is unknown. */
  doubt(things: readonly Thing[], reason: string): void;
  /** Why a plan may be another one in the run: because of what nobody can tell, or of a pending change that it doesn't see. */
  doubtOf(footing: Footing): string | undefined;
  prospect(missing: Missing<unknown>): Prospect;
}

/** What was foreseen once: effects of pending changes, or a doubt. */
export type PredictionInput =
  | { readonly effects: readonly Effect[]; readonly declared: readonly Resource[]; readonly by: Changer | undefined }
  | { readonly doubted: readonly Thing[]; readonly reason: string };

/** The pending changes of one host in a dry run. In a run nothing is pending: what was to be done is done. */
export class Prediction implements Foresight {
  readonly #dryRun: boolean;
  #made = new Set<Resource>();
  #declared = new Set<Resource>();
  #paths = new PendingPaths();
  #settled = new Map<Resource, Settled>();
  #doubts = new Doubts();
  /** What pending changes are about that no effect tells of. */
  #untold = new Doubts();
  #pending = false;
  #inputs: PredictionInput[] = [];

  constructor(dryRun: boolean) {
    this.#dryRun = dryRun;
  }

  /** All that was foreseen, as data: what another process goes on from. */
  get inputs(): readonly PredictionInput[] {
    return this.#inputs;
  }

  /** Forgets all, and foresees this instead. */
  resume(inputs: readonly PredictionInput[]): void {
    this.#made = new Set();
    this.#declared = new Set();
    this.#paths = new PendingPaths();
    this.#settled = new Map();
    this.#doubts = new Doubts();
    this.#untold = new Doubts();
    this.#pending = false;
    this.#inputs = [];
    for (const input of inputs) this.#take(input);
  }

  /** True once any change is pending, or may have been made: a check that fails from then on is `unknown`. */
  get pending(): boolean {
    return this.#pending || this.#doubts.any;
  }

  /** Records pending changes: their effects, and what the task's `provides` adds. */
  add(changes: readonly Change[], declared: readonly Resource[], by?: Changer): void {
    if (this.#dryRun) this.#take({ effects: changes.flatMap(effectsOf), declared, by });
  }

  #take(input: PredictionInput): void {
    this.#inputs.push(input);
    if ('doubted' in input) {
      this.#doubts.cast(input.doubted, input.reason);
      return;
    }
    this.#pending = true;
    const { effects, declared, by } = input;
    const { about = [], foresees = true } = by ?? {};
    for (const thing of about.filter((one) => !isTold(one, foresees ? undefined : effects))) {
      this.#untold.cast([thing], `a pending change is about the same ${thing.replace(':', ' ')}`);
    }
    for (const effect of effects) this.#foresee(effect);
    for (const resource of declared) this.#declared.add(resource);
  }

  #foresee(effect: Effect): void {
    const resource = madeBy(effect);
    if (resource !== undefined) this.#made.add(resource);
    if ('makes' in effect) this.#promise(effect.makes);
    else if ('path' in effect) this.#place(effect);
    else this.#settled.set(effect.settles, { ...this.settled(effect.settles), ...effect.as });
  }

  #promise(resource: Resource): void {
    if (!resource.startsWith('path:')) return;
    const path = resource.slice('path:'.length);
    if (path.endsWith('/')) this.#paths.add({ path: path.slice(0, -1), kind: 'anything' });
    else this.#paths.promise(path);
  }

  #place(effect: PathEffect): void {
    this.#paths.add(effect);
    if (effect.kind !== 'nothing') return;
    const gone: Resource = `path:${effect.path}`;
    for (const resource of this.#made) {
      if (resource === gone || resource.startsWith(`${gone}/`)) this.#made.delete(resource);
    }
  }

  doubt(things: readonly Thing[], reason: string): void {
    if (this.#dryRun) this.#take({ doubted: things, reason });
  }

  doubtOf({ about, looksAt, makes, foresees }: Footing): string | undefined {
    const all = [...about, ...looksAt];
    return (
      this.#doubts.of(all) ??
      // A directory may come only with what is made in it.
      (makes ? this.#doubts.below(about) : undefined) ??
      this.#untold.of(about) ??
      (foresees ? undefined : this.#touched(all))
    );
  }

  /** Why it may be otherwise for a module that doesn't take the effects of changes into account. */
  #touched(things: readonly Thing[]): string | undefined {
    const thing = things.find((one) => {
      const name = one.slice(one.indexOf(':') + 1);
      if (one.startsWith('unit:')) return this.#settled.has(`unit:${name}`);
      return one.startsWith('path:') && this.#paths.touches(name);
    });
    return thing && `a pending change is about ${thing.replace(':', ' ')}`;
  }

  at(path: string): PathEffect | undefined {
    return this.#paths.at(path);
  }

  isChangedBelow(path: string): boolean {
    return this.#paths.isChangedBelow(path);
  }

  below(path: string): readonly PathEffect[] {
    return this.#paths.below(path);
  }

  settled(resource: Resource): Settled {
    return this.#settled.get(resource) ?? {};
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

  add(changes: readonly Change[], declared: readonly Resource[], by?: Changer): void {
    this.#delegate.add(changes, declared, by);
    this.#own.add([], []);
  }

  at(path: string): PathEffect | undefined {
    return this.#delegate.at(path);
  }

  isChangedBelow(path: string): boolean {
    return this.#delegate.isChangedBelow(path);
  }

  below(path: string): readonly PathEffect[] {
    return this.#delegate.below(path);
  }

  settled(resource: Resource): Settled {
    return this.#delegate.settled(resource);
  }

  doubt(things: readonly Thing[], reason: string): void {
    this.#delegate.doubt(things, reason);
  }

  doubtOf(footing: Footing): string | undefined {
    return this.#delegate.doubtOf(footing);
  }

  prospect(missing: Missing<unknown>): Prospect {
    return this.#delegate.prospect(missing);
  }
}

/**
 * Whether effects tell what becomes of a thing: of paths, of a user's file of keys, and of units. A module that foresees says
 * all that it has; of another one's changes (`effects`) only those with an effect of the kind tell anything.
 */
function isTold(thing: Thing, effects: readonly Effect[] | undefined): boolean {
  const kind = /^(path|keys of):/.test(thing) ? 'path' : thing.startsWith('unit:') ? 'unit' : undefined;
  return kind !== undefined && (effects === undefined || effects.some((effect) => isOf(kind, effect)));
}

function isOf(kind: 'path' | 'unit', effect: Effect): boolean {
  if ('path' in effect) return kind === 'path';
  return ('makes' in effect ? effect.makes : effect.settles).startsWith(`${kind}:`);
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
