// Which rules have to move: the first rule that matches a packet decides, so order matters between rules that let in and
// rules that keep out.
import { familiesOf, lets, matchKey, type UfwRule } from './rule.ts';

export type Family = 4 | 6;
/** The rules of each family in the order in which they decide. */
export type RuleLists = Readonly<Record<Family, readonly UfwRule[]>>;

/** What doesn't move stays where it is, or is added at the end where it isn't there. */
export interface Moves {
  /** To the top, in this order from the top. */
  readonly up: readonly UfwRule[];
  /** To the end, in this order. */
  readonly down: readonly UfwRule[];
}

/**
 * What has to move so that rules which are wanted in this order decide in this order, in each of the families. A rule
 * with another action for the same match has the place that the wanted one will have.
 * @param pin the rule by which our own login gets in: never moved, since it would be gone for a moment. What it has to be
 * before goes to the end, what it has to be after goes to the top.
 */
export function moves(
  want: readonly UfwRule[],
  have: RuleLists,
  families: readonly Family[],
  pin: UfwRule | undefined,
): Moves {
  const pinned = pin === undefined ? want.length : want.indexOf(pin);
  const pairs = want.flatMap((first, index) =>
    want.slice(index + 1).flatMap((second) => (opposes(first, second) ? [{ first, second, index }] : [])),
  );
  const up = new Set<UfwRule>();
  const down = new Set<UfwRule>();
  for (const family of families) {
    const keys = have[family].map(matchKey);
    const own = pairs.filter(({ first, second }) => [first, second].every((one) => familiesOf(one).includes(family)));
    for (const { first, second, index } of own) {
      const [at, other] = [keys.indexOf(matchKey(first)), keys.indexOf(matchKey(second))];
      if (other < 0 || (at >= 0 && at < other)) continue;
      if (index < pinned) up.add(first);
      else down.add(second);
    }
  }
  // What must stay before a rule that goes to the top goes there too, and what must stay behind one that goes to the end.
  for (let size = -1; size !== up.size + down.size; ) {
    size = up.size + down.size;
    for (const { first, second } of pairs) {
      if (up.has(second)) up.add(first);
      if (down.has(first)) down.add(second);
    }
  }
  return { up: want.filter((rule) => up.has(rule)), down: want.filter((rule) => down.has(rule)) };
}

function opposes(a: UfwRule, b: UfwRule): boolean {
  return a.route === b.route && a.direction === b.direction && lets(a) !== lets(b);
}
