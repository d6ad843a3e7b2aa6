// Commands that edit ufw's rules, and what each of them does to the rules of a family.
import { type Script, sh } from '../../engine/base/script.ts';
import type { Family } from './order.ts';
import { familiesOf, matchKey, ruleWords, type UfwRule } from './rule.ts';

export interface RuleEdit {
  /** `add`: in the place of a rule for the same match, else at the end. `prepend`: at the top, where there is none. */
  readonly verb: 'add' | 'prepend' | 'delete';
  readonly rule: UfwRule;
  /** Of a rule for both families, this one alone. */
  readonly family?: Family | undefined;
}

export function editScript({ verb, rule, family }: RuleEdit): Script {
  const words = ruleWords(verb === 'delete' ? { ...rule, comment: '' } : rule, family);
  const route = rule.route ? ['route'] : [];
  if (verb === 'delete') return sh`ufw --force ${[...route, 'delete', ...words]}`;
  return sh`ufw ${[...route, ...(verb === 'prepend' ? ['prepend'] : []), ...words]}`;
}

/** The rules of the family after the edit, as set_rule() of ufw's backend does it. */
export function edited(rules: readonly UfwRule[], edit: RuleEdit, family: Family): readonly UfwRule[] {
  const { verb, rule } = edit;
  if (!(edit.family ? [edit.family] : familiesOf(rule)).includes(family)) return rules;
  const at = rules.findIndex((one) => matchKey(one) === matchKey(rule));
  const there = rules[at];
  if (verb === 'delete') {
    return there?.action === rule.action && there.log === rule.log ? rules.toSpliced(at, 1) : rules;
  }
  if (there === undefined) return verb === 'prepend' ? [rule, ...rules] : [...rules, rule];
  return verb === 'prepend' ? rules : rules.with(at, rule);
}
