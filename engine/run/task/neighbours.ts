// Which items are changed in one message with the one in hand, and read again in one: its neighbours of the same module, where
// nothing stands between them that what comes of the first could decide, and where a dry run could tell their plans.
import { Missing, type Plan, type Thing } from '../../module/index.ts';
import type { BoundItem, BoundTask } from '../list/bound.ts';
import type { ProbeReading } from '../message/probes.ts';
import type { Upcoming } from '../message/reader.ts';
import { Prediction } from '../predict/prediction.ts';
import type { Things } from '../predict/things.ts';
import { doubtOf, type Planned, planOf } from './planned.ts';

/** How many items share a message, and how many bytes of contents: what one Ctrl-C has to wait for. */
const MOST = 100;
const MOST_BYTES = 256 * 1024;

export interface Neighbourhood {
  /** What was read of the item, if nothing has changed since. */
  readonly known: (item: BoundItem) => ProbeReading | undefined;
  /** Whether it is read and changed by the same user, in the same shell of the same host as the first. */
  readonly isBeside: (item: BoundItem) => boolean;
  readonly things: (task: BoundTask, item: BoundItem) => Things;
}

/** The items after `first` that are changed with it, in order; `upcoming` are those that come after it. */
export function neighboursOf(first: Planned, upcoming: Upcoming, where: Neighbourhood): readonly Planned[] {
  const things = where.things(first.task, first.item);
  if (!isPlain(first.task) || !isSimple(first) || things.changes.length === 0) return [];
  const group = new Group(first, things, where);
  for (const task of upcoming) {
    if (!task || !isPlain(task) || !areSiblings(first.task, task)) break;
    if (!task.items.every((item) => group.takes(task, item))) break;
  }
  return group.neighbours;
}

class Group {
  readonly neighbours: Planned[] = [];
  readonly #first: Planned;
  readonly #where: Neighbourhood;
  readonly #prediction = new Prediction(true);
  readonly #touched: Thing[] = [];
  #bytes = 0;

  constructor(first: Planned, things: Things, where: Neighbourhood) {
    this.#first = first;
    this.#where = where;
    this.#add(first, things);
  }

  /** Whether what comes after the item may be looked at: it does nothing, or is one of the group now. */
  takes(task: BoundTask, item: BoundItem): boolean {
    if (item.condition === false) return true;
    if (!item.ready || item.condition !== true || item.module !== this.#first.item.module) return false;
    const reading = this.#where.known(item);
    if (!reading || !this.#where.isBeside(item) || this.neighbours.length + 1 >= MOST) return false;
    const things = this.#where.things(task, item);
    // What doesn't say what it is about may be about anything.
    if (things.changes.length === 0) return false;
    if ([...things.about, ...things.looksAt].some((one) => this.#touched.some((other) => overlap(one, other))))
      return false;
    const planned = planOf(item, reading, this.#prediction);
    if (planned instanceof Missing) return false;
    const own = { task, item, plan: planned };
    if (!isSimple(own) || this.#bytes + bytesOf(planned) > MOST_BYTES) return false;
    if (doubtOf(own, things, this.#prediction) !== undefined) return false;
    this.neighbours.push(own);
    this.#add(own, things);
    return true;
  }

  #add({ task, item, plan }: Planned, { changes }: Things): void {
    this.#prediction.add(plan.changes, task.provides, { about: changes, foresees: item.module.foresees });
    this.#touched.push(...changes);
    this.#bytes += bytesOf(plan);
  }
}

/** A task that is over once its changes are made: nobody asks before it, tries it again or calls it a failure for what it says. */
function isPlain({ instance, retries, pause, throttle, check, provisional }: BoundTask): boolean {
  const { task, failed } = instance;
  const judges = task.until !== undefined || task.failedWhen.length > 0 || retries > 0;
  return (
    !judges && !task.runOnce && throttle === undefined && pause === 0 && !check && !provisional && failed === undefined
  );
}

/** Changes whose steps are all there is to them. */
function isSimple({ item, plan }: Planned): boolean {
  const { changes, failure, wait, rejoin, directive, foretold, after, doubt } = plan;
  const isBare = ![failure, wait, rejoin, directive, foretold, after, doubt].some((more) => more !== undefined);
  const isOwn = item.place.delegate === undefined && item.timeout === undefined && item.module.independent;
  const isState = changes.every(({ op, steps }) => op !== '!' && steps.every((step) => !('receive' in step)));
  return isBare && isOwn && isState && changes.length > 0 && bytesOf(plan) <= MOST_BYTES;
}

function bytesOf({ changes }: Plan): number {
  const sizes = changes.flatMap(({ steps }) =>
    steps.map((step) => ('write' in step ? step.write.content.size : 'run' in step ? (step.stdin?.size ?? 0) : 0)),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** In the same list, so that no condition of a block or an include comes between them. */
function areSiblings({ instance: one }: BoundTask, { instance: other }: BoundTask): boolean {
  if (one === other) return true;
  const above = (order: readonly number[]) => order.slice(0, -1).join('.');
  return (
    one.gate === other.gate && one.blocks.length === other.blocks.length && above(one.order) === above(other.order)
  );
}

/** Whether two things are one, or one of them is in the other. */
function overlap(one: Thing, other: Thing): boolean {
  if (one === other) return true;
  const [kind = '', name = ''] = split(one);
  const [otherKind, otherName = ''] = split(other);
  if (kind !== otherKind) return false;
  if (name === '*' || otherName === '*') return true;
  return kind === 'path' && (isWithin(name, otherName) || isWithin(otherName, name));
}

function split(thing: Thing): readonly string[] {
  const colon = thing.indexOf(':');
  return [thing.slice(0, colon), thing.slice(colon + 1)];
}

/** Whether a path is the same as another one, or below one that ends in a slash. */
function isWithin(path: string, other: string): boolean {
  return path === other.replace(/\/$/, '') || (other.endsWith('/') && path.startsWith(other));
}
