// In which places missing rules have to go: the first rule that matches a packet decides, so order matters between rules
// that let in and rules that keep out.
import { matchKey, sameRule, type UfwRule } from './ufw-rule.ts';

export interface Placement {
  /** To be added at the end. */
  readonly append: readonly UfwRule[];
  /** To be added at the top, in this order from the top; those that are there already have to be taken out first. */
  readonly prepend: readonly UfwRule[];
}

/**
 * Rules that are wanted in this order, against those of one host in each family.
 * A rule goes to the top when one of the other kind has to come after it and would not.
 */
export function place(
  want: readonly UfwRule[],
  families: readonly (readonly UfwRule[])[],
  isThere: (rule: UfwRule) => boolean,
): Placement {
  const missing = want.filter((rule) => !isThere(rule));
  const top = new Set<UfwRule>();
  const after = (rule: UfwRule) => want.slice(want.indexOf(rule) + 1).filter((other) => opposes(rule, other));
  for (const rule of missing) if (after(rule).some(isThere)) top.add(rule);
  for (const rules of families) {
    const at = (rule: UfwRule) => rules.findIndex((one) => sameRule(one, rule));
    for (const rule of want) {
      if (at(rule) >= 0 && after(rule).some((other) => at(other) >= 0 && at(other) < at(rule))) top.add(rule);
    }
  }
  // What must stay before a rule that goes to the top goes there too.
  for (let size = -1; size !== top.size; ) {
    size = top.size;
    for (const rule of want) if (after(rule).some((other) => top.has(other))) top.add(rule);
  }
  return { append: missing.filter((rule) => !top.has(rule)), prepend: want.filter((rule) => top.has(rule)) };
}

function opposes(a: UfwRule, b: UfwRule): boolean {
  return a.direction === b.direction && lets(a) !== lets(b);
}

function lets({ action }: UfwRule): boolean {
  return action === 'allow' || action === 'limit';
}

/** The rules of a family once all is done: those at the top, the old ones that stay, those at the end. */
export function afterwards(
  old: readonly UfwRule[],
  placed: Placement,
  removed: readonly UfwRule[],
): readonly UfwRule[] {
  const gone = new Set(removed);
  const top = new Set(placed.prepend.map(matchKey));
  const replaced = new Map(placed.append.map((rule) => [matchKey(rule), rule]));
  const stays = old.filter((rule) => !gone.has(rule) && !top.has(matchKey(rule)));
  const keys = new Set(stays.map(matchKey));
  return [
    ...placed.prepend,
    // A rule with another action for the same match takes the old one's place.
    ...stays.map((rule) => replaced.get(matchKey(rule)) ?? rule),
    ...placed.append.filter((rule) => !keys.has(matchKey(rule))),
  ];
}
