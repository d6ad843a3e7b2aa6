// What one task may make and another may need, so that a dry run can predict across tasks.
import type { Failure } from './failure.ts';

export const RESOURCE_KINDS = ['path', 'user', 'group', 'package', 'unit', 'command'] as const;
export type ResourceKind = (typeof RESOURCE_KINDS)[number];

/** `user:vantus`, `path:/var/www`, `unit:vantus.service` … As a change's own, `path:/srv/app/` says that anything may be below it. */
export type Resource = `${ResourceKind}:${string}`;

/** True for `kind:name` with a known kind and a name. */
export function isResource(text: string): text is Resource {
  const colon = text.indexOf(':');
  return colon > 0 && colon < text.length - 1 && (RESOURCE_KINDS as readonly string[]).includes(text.slice(0, colon));
}

/**
 * What `parse` answers when the host lacks something that the task needs (all of `needs`).
 * In a run that is a failure which names them. In a dry run, when pending changes provide them all, `plan` gets
 * `fresh`, the state just after they exist; without `fresh` the task is `unknown`.
 *
 *     return there ? state : new Missing({ needs: ['group:app'], fresh: state });
 */
export class Missing<State> {
  readonly needs: readonly Resource[];
  readonly fresh: State | undefined;
  /** What to say where it is a failure, instead of naming the needs. */
  readonly failure: Failure | undefined;
  /** The state as it is, where the task can do without. */
  readonly without: { readonly state: State } | undefined;
  /** What may provide all of `needs` once it is made, such as a list of packages: while it is pending, the task is unknown in a dry run. */
  readonly source: Resource | undefined;

  /** @throws TypeError for what a type checker would refuse: a misspelt field would be missed in silence */
  constructor({ needs, fresh, failure, without, source, ...foreign }: Lack<State>) {
    if (!Array.isArray(needs) || !needs.every((need) => typeof need === 'string' && isResource(need))) {
      const kinds = RESOURCE_KINDS.join(', ');
      throw new TypeError(`Missing takes a list of ‹needs›, each KIND:NAME with one of the kinds ${kinds}`);
    }
    const [word] = Object.keys(foreign);
    if (word !== undefined)
      throw new TypeError(`Missing takes needs, fresh, failure, without and source, and no ‹${word}›`);
    this.needs = needs;
    this.fresh = fresh;
    this.failure = failure;
    this.without = without;
    this.source = source;
  }
}

/** The fields of a Missing, of which only `needs` has to be given. */
type Lack<State> = Pick<Missing<State>, 'needs'> &
  Partial<Pick<Missing<State>, 'fresh' | 'failure' | 'without' | 'source'>>;

/** The state, or what it will be once what it lacks is there; undefined where that can't be told. */
export function stateIfThere<State>(have: State | Missing<State>): State | undefined {
  return have instanceof Missing ? have.fresh : have;
}

/** The same answer with another state: what is lacking stays so. */
export function withState<State>(have: State | Missing<State>, state: State): State | Missing<State> {
  return have instanceof Missing ? new Missing({ ...have, fresh: state }) : state;
}
