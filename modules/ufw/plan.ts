// What would have to change in ufw: rules, policies, logging, and whether it runs.

import { type Script, sh } from '../../engine/base/script.ts';
import type { Change, Plan } from '../../engine/module/change.ts';
import type { Failure } from '../../engine/module/failure.ts';
import { edited, editScript, type RuleEdit } from './edit.ts';
import { decides, wouldLockOut } from './lockout.ts';
import { type Family, moves, type RuleLists } from './order.ts';
import { familiesOf, lets, matchKey, ruleLabel, sameRule, type UfwRule } from './rule.ts';
import type { Chain, Policy, UfwState, UfwWant } from './want.ts';

const CHAINS = ['incoming', 'outgoing', 'routed'] as const;
const TARGETS = { allow: 'ACCEPT', deny: 'DROP', reject: 'REJECT' } as const;
const POLICIES: Readonly<Record<string, Policy>> = { ACCEPT: 'allow', DROP: 'deny', REJECT: 'reject' };

/** A change, and what it does to the rules. */
interface Edit {
  readonly change: Change;
  readonly edits: readonly RuleEdit[];
}

/** Plan of the module ufw. Doors are opened before others are shut, and the firewall starts last. */
export function planUfw(have: UfwState, want: UfwWant): Plan {
  const result = { enabled: have.enabled, rules: have.rules[4].length };
  if (have.hidden) {
    const failure = { summary: "only root may read ufw's rules", hint: 'Set `become: true` on the task.' };
    return { changes: [], result, failure };
  }
  const unknown = want.rules.find(({ profile }) => profile !== '' && have.profiles?.includes(profile) === false);
  if (unknown) return { changes: [], result, failure: noProfile(unknown.profile, have.profiles ?? []) };
  const policies = CHAINS.filter((chain) => have.policies[chain] !== TARGETS[want.policies[chain]]);
  const setPolicies = (opening: boolean) =>
    policies
      .filter((chain) => (want.policies[chain] === 'allow') === opening)
      .map((chain) => policyChange(chain, have, want));
  const edits = ruleEdits(have, want);
  const changes: Change[] = [
    ...setPolicies(true),
    ...edits.map(({ change }) => change),
    ...setPolicies(false),
    ...(have.logging === want.logging
      ? []
      : [setting('logging', have.logging, want.logging, sh`ufw logging ${want.logging}`)]),
    ...running(have, want),
  ];
  const failure = want.allowLockout || changes.length === 0 ? undefined : lockout(have, want, edits);
  return failure ? { changes: [], failure, result } : { changes, result };
}

/**
 * What has to be done to the rules, one command after the other, in an order in which our own login is let in all the time
 * if it is at the end: what lets it in comes first and isn't moved, then goes what keeps it out.
 */
function ruleEdits(have: UfwState, want: UfwWant): readonly Edit[] {
  const { rules: lists, connection } = have;
  const families: readonly Family[] = have.ipv6 ? [4, 6] : [4];
  const versions = (rule: UfwRule) =>
    families.flatMap((family) => lists[family].filter((one) => matchKey(one) === matchKey(rule)));
  const isThere = (rule: UfwRule) =>
    familiesOf(rule)
      .filter((family) => families.includes(family))
      .every((family) => lists[family].some((one) => sameRule(one, rule)));
  const login = connection && loginFamily(connection);
  const meets = (rule: UfwRule) =>
    connection !== undefined && decides(connection, rule) && familiesOf(rule).some((family) => family === login);
  const first = want.rules.find(meets);
  const pin = first && lets(first) ? first : undefined;
  const { up, down } = moves(want.rules, lists, families, pin);
  const keepOut = new Set(login && lists[login].filter((rule) => !lets(rule) && meets(rule)).map(matchKey));
  const early = down.filter((rule) => keepOut.has(matchKey(rule)));

  // A comment that nobody asked for stays.
  const put = (verb: 'add' | 'prepend', rule: UfwRule): RuleEdit => {
    const same = versions(rule).find((one) => sameRule(one, rule));
    return { verb, rule: { ...rule, comment: rule.comment || (same?.comment ?? '') } };
  };
  const taken = (rule: UfwRule) => deletions(versions(rule));
  const wanted = new Set(want.rules.map(matchKey));
  const strangers = removals(
    lists,
    families,
    (rule) => !wanted.has(matchKey(rule)) && (want.exclusive || want.gone.some((one) => sameRule(rule, one))),
  );
  const stays = (rule: UfwRule) => isThere(rule) && !down.includes(rule);
  const adds = (rules: readonly UfwRule[]) =>
    rules
      .filter((rule) => !up.includes(rule) && !stays(rule))
      .map((rule) => {
        const out = down.includes(rule) && !early.includes(rule) ? taken(rule) : [];
        return edit(addition(rule, versions(rule)), ...out, put('add', rule));
      });
  const behind = pin === undefined ? want.rules.length : want.rules.indexOf(pin) + 1;
  return [
    // Each goes to the very top, so the last comes first. ufw leaves a rule for the same match where it is.
    ...up.toReversed().map((rule) => edit(addition(rule, versions(rule)), ...taken(rule), put('prepend', rule))),
    ...adds(want.rules.slice(0, behind)),
    ...early.map((rule) => edit({ op: '~', ...moved(rule, 'to the end') }, ...taken(rule))),
    ...strangers.filter(({ rule }) => !lets(rule)).map(removal),
    ...adds(want.rules.slice(behind)),
    ...strangers.filter(({ rule }) => lets(rule)).map(removal),
  ];
}

/** Where a deletion is followed by another command, it is taken back if that fails. */
function edit(change: Omit<Change, 'steps'>, ...edits: readonly RuleEdit[]): Edit {
  const steps = edits.map((one, index) => ({
    run: editScript(one),
    ...(one.verb === 'delete' && index < edits.length - 1 && { revert: editScript({ ...one, verb: 'add' }) }),
  }));
  return { change: { ...change, steps }, edits };
}

function addition(rule: UfwRule, [before]: readonly UfwRule[]): Omit<Change, 'steps'> {
  const what = `ufw rule ${ruleLabel(rule)}`;
  const { comment } = rule;
  if (!before) return { op: '+', what, to: comment === '' ? undefined : comment };
  const from = ruleLabel(before);
  if (from !== ruleLabel(rule)) return { op: '~', what, from, to: ruleLabel(rule) };
  return sameRule(before, rule)
    ? { op: '~', ...moved(rule, comment || 'in its place') }
    : { op: '~', what, from: 'other comment', to: comment };
}

function moved(rule: UfwRule, to: string): Pick<Change, 'what' | 'from' | 'to'> {
  return { what: `ufw rule ${ruleLabel(rule)}`, from: 'not everywhere in its place', to };
}

/** The commands that take away a rule which may have another action in the other family. */
function deletions([one, other]: readonly UfwRule[]): readonly RuleEdit[] {
  if (one === undefined) return [];
  const alike = other === undefined || (one.action === other.action && one.log === other.log);
  if (alike) return [{ verb: 'delete', rule: one }];
  return [
    { verb: 'delete', rule: one, family: 4 },
    { verb: 'delete', rule: other, family: 6 },
  ];
}

interface Removal {
  readonly rule: UfwRule;
  readonly family: Family | undefined;
}

/** The rules that go. One of both families goes by one command. */
function removals(lists: RuleLists, families: readonly Family[], goes: (rule: UfwRule) => boolean): readonly Removal[] {
  const [four = [], six = []] = families.map((family) => lists[family].filter(goes));
  const both = new Set(four.filter((rule) => six.some((other) => sameRule(other, rule))).map(matchKey));
  const single = (rules: readonly UfwRule[], family: Family) =>
    rules
      .filter((rule) => !both.has(matchKey(rule)))
      .map((rule) => ({ rule, family: familiesOf(rule).length === 1 ? undefined : family }));
  return [
    ...four.filter((rule) => both.has(matchKey(rule))).map((rule) => ({ rule, family: undefined })),
    ...single(four, 4),
    ...single(six, 6),
  ];
}

function removal({ rule, family }: Removal): Edit {
  const what = `ufw rule ${ruleLabel(rule)}${family === 6 ? ' (IPv6)' : ''}`;
  return edit({ op: '-', what }, { verb: 'delete', rule, family });
}

function policyChange(chain: Chain, have: UfwState, want: UfwWant): Change {
  const [before, policy] = [have.policies[chain], want.policies[chain]];
  return setting(`default ${chain}`, POLICIES[before] ?? before, policy, sh`ufw default ${policy} ${chain}`);
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

function noProfile(name: string, profiles: readonly string[]): Failure {
  const like = profiles.filter((one) => one.toLowerCase() === name.toLowerCase());
  return {
    summary: `ufw knows no application profile ${name}`,
    detail: `None of the files in /etc/ufw/applications.d has one of that name${like.length > 0 ? `, but there is ${like.join(', ')}` : ''}.`,
    hint: 'Install the package that brings it in an earlier task, or write the ports: 22/tcp.',
  };
}

function loginFamily({ client }: { readonly client: string | undefined }): Family {
  return client?.includes(':') ? 6 : 4;
}

function lockout(have: UfwState, want: UfwWant, edits: readonly Edit[]): Failure | undefined {
  const { connection } = have;
  if (!connection || want.state === 'disabled') return undefined;
  const family = loginFamily(connection);
  const rules = edits.flatMap((one) => one.edits).reduce((list, one) => edited(list, one, family), have.rules[family]);
  const { port, client } = connection;
  if (family === 6 && !have.ipv6) {
    return {
      summary: 'this firewall would lock this connection out',
      detail: `vrun is logged in from ${client}, and ufw drops all of IPv6 where /etc/default/ufw doesn't say IPV6=yes.`,
      hint: 'Set IPV6=yes there in an earlier task, or log in by IPv4; if it is meant, set `allow_lockout: true`.',
    };
  }
  if (!wouldLockOut(connection, rules, TARGETS[want.policies.incoming])) return undefined;
  return {
    summary: 'these rules would lock this connection out',
    detail: `vrun is logged in on port ${port}${client === undefined ? '' : ` from ${client}`}. With these rules a new login like that would be refused.`,
    hint: `Add a rule that lets it in, such as:\n  allow: [${port}/tcp]\nor, if it is meant, set \`allow_lockout: true\`.`,
  };
}
