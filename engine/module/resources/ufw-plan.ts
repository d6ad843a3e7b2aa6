// What would have to change in ufw: rules, policies, logging, and whether it runs.
import type { Change, Failure, Plan } from '../change.ts';
import { type Script, sh } from '../script.ts';
import { wouldLockOut } from './ufw-lockout.ts';
import { afterwards, place } from './ufw-order.ts';
import { familiesOf, matchKey, ruleLabel, ruleWords, sameRule, type UfwRule } from './ufw-rule.ts';
import type { UfwState } from './ufw-state.ts';

export interface UfwWant {
  readonly state: 'enabled' | 'disabled';
  readonly policies: Readonly<Record<Chain, Policy>>;
  /** The first that matches decides. */
  readonly rules: readonly UfwRule[];
  readonly exclusive: boolean;
  readonly logging: string;
  readonly allowLockout: boolean;
}

export type Chain = 'incoming' | 'outgoing' | 'routed';
export type Policy = 'allow' | 'deny' | 'reject';

const CHAINS = ['incoming', 'outgoing', 'routed'] as const;
const TARGETS = { allow: 'ACCEPT', deny: 'DROP', reject: 'REJECT' } as const;
const POLICIES: Readonly<Record<string, Policy>> = { ACCEPT: 'allow', DROP: 'deny', REJECT: 'reject' };

/** Plan of the module ufw. Doors are opened before others are shut, and the firewall starts last. */
export function planUfw(have: UfwState, want: UfwWant): Plan {
  const result = { enabled: have.enabled, rules: have.rules[4].length };
  if (have.hidden) {
    const failure = { summary: "only root may read ufw's rules", hint: 'Set `become: true` on the task.' };
    return { changes: [], result, failure };
  }
  const families = have.ipv6 ? ([4, 6] as const) : ([4] as const);
  const isThere = (rule: UfwRule) =>
    familiesOf(rule)
      .filter((family) => family === 4 || have.ipv6)
      .every((family) => have.rules[family].some((one) => sameRule(one, rule)));
  const placed = place(
    want.rules,
    families.map((family) => have.rules[family]),
    isThere,
  );
  const wanted = new Set(want.rules.map(matchKey));
  const strangers = want.exclusive
    ? families.map((family) => have.rules[family].filter((rule) => !wanted.has(matchKey(rule))))
    : [];
  const changes: Change[] = [
    ...placed.append.map((rule) => added(rule, have, sh`ufw ${ruleWords(rule)}`)),
    // Each goes to the very top, so the last comes first. ufw leaves a rule for the same match where it is.
    ...placed.prepend.toReversed().map((rule) => {
      const old = [...have.rules[4], ...have.rules[6]].find((one) => matchKey(one) === matchKey(rule));
      const change = added(rule, have, sh`ufw prepend ${ruleWords(rule)}`);
      if (!old) return change;
      const run = sh`ufw --force delete ${ruleWords({ ...old, comment: '' })}`;
      return { ...change, steps: [{ run, revert: sh`ufw ${ruleWords(old)}` }, ...change.steps] };
    }),
    ...removals(strangers),
    ...policyChanges(have, want),
    ...(have.logging === want.logging
      ? []
      : [setting('logging', have.logging, want.logging, sh`ufw logging ${want.logging}`)]),
    ...running(have, want),
  ];
  const failure = want.allowLockout || changes.length === 0 ? undefined : lockout(have, want, placed, strangers);
  return failure ? { changes: [], failure, result } : { changes, result };
}

function added(rule: UfwRule, have: UfwState, run: Script): Change {
  const before = [...have.rules[4], ...have.rules[6]].find((one) => matchKey(one) === matchKey(rule));
  const what = `ufw rule ${ruleLabel(rule)}`;
  const { comment } = rule;
  if (!before) return { op: '+', what, to: comment === '' ? undefined : comment, steps: [{ run }] };
  const from = ruleLabel(before);
  if (from === ruleLabel(rule)) {
    return {
      op: '~',
      what,
      from: sameRule(before, rule) ? 'not everywhere in its place' : 'other comment',
      to: comment || 'in its place',
      steps: [{ run }],
    };
  }
  return { op: '~', what, from, to: ruleLabel(rule), steps: [{ run }] };
}

/** A rule of both families goes by one command. */
function removals([four = [], six = []]: readonly (readonly UfwRule[])[]): readonly Change[] {
  const both = new Set(four.filter((rule) => six.some((other) => sameRule(other, rule))).map(matchKey));
  const single = (rules: readonly UfwRule[], family: 4 | 6) =>
    rules
      .filter((rule) => !both.has(matchKey(rule)))
      .map((rule) => removal(rule, familiesOf(rule).length === 1 ? undefined : family));
  return [
    ...four.filter((rule) => both.has(matchKey(rule))).map((rule) => removal(rule)),
    ...single(four, 4),
    ...single(six, 6),
  ];
}

function removal(rule: UfwRule, family?: 4 | 6): Change {
  const words = ruleWords({ ...rule, comment: '' }, family);
  const run = sh`ufw --force ${rule.route ? ['route', 'delete'] : ['delete']} ${words}`;
  return { op: '-', what: `ufw rule ${ruleLabel(rule)}${family === 6 ? ' (IPv6)' : ''}`, steps: [{ run }] };
}

function policyChanges(have: UfwState, want: UfwWant): readonly Change[] {
  return CHAINS.flatMap((chain) => {
    const before = have.policies[chain];
    const policy = want.policies[chain];
    if (before === TARGETS[policy]) return [];
    return [setting(`default ${chain}`, POLICIES[before] ?? before, policy, sh`ufw default ${policy} ${chain}`)];
  });
}

function setting(what: string, from: string, to: string, run: Script): Change {
  return { op: '~', what: `ufw ${what}`, from, to, steps: [{ run }] };
}

function running(have: UfwState, want: UfwWant): readonly Change[] {
  if (want.state === 'disabled') {
    return have.enabled || have.loaded ? [setting('firewall', 'on', 'off', sh`ufw disable`)] : [];
  }
  if (!have.enabled) return [setting('firewall', 'off', 'on', sh`ufw --force enable`)];
  // It is to run, and something has taken its rules out of the kernel.
  return have.loaded ? [] : [setting('firewall', 'not loaded', 'on', sh`ufw disable && ufw --force enable`)];
}

function lockout(
  have: UfwState,
  want: UfwWant,
  placed: ReturnType<typeof place>,
  strangers: readonly (readonly UfwRule[])[],
): Failure | undefined {
  const { connection } = have;
  if (!connection || want.state === 'disabled') return undefined;
  const family = connection.client?.includes(':') ? 6 : 4;
  const own = (rules: readonly UfwRule[]) => rules.filter((rule) => familiesOf(rule).includes(family));
  const rules = afterwards(
    have.rules[family],
    { append: own(placed.append), prepend: own(placed.prepend) },
    strangers[family === 4 ? 0 : 1] ?? [],
  );
  if (!wouldLockOut(connection, rules, TARGETS[want.policies.incoming])) return undefined;
  const { port, client } = connection;
  return {
    summary: 'these rules would lock this connection out',
    detail: `vrun is logged in on port ${port}${client === undefined ? '' : ` from ${client}`}. With these rules a new login like that would be refused.`,
    hint: `Add a rule that lets it in, such as:\n  allow: [${port}/tcp]\nor, if it is meant, set \`allow_lockout: true\`.`,
  };
}
