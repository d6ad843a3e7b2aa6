// A small model of ufw 0.36: what its commands do to the lists of rules, after set_rule() of frontend.py and
// backend_iptables.py. It knows commands and lists, and nothing of how the module plans.

import type { Change } from '../../../engine/module/index.ts';
import { parseNetwork } from '../../../modules/ufw/address.ts';
import { matchKey, parseTuple, type UfwRule } from '../../../modules/ufw/rule.ts';
import type { UfwState } from '../../../modules/ufw/want.ts';

/** The firewall after each command of the changes, in order. */
export function changedBy(
  before: UfwState,
  changes: readonly Change[],
): readonly { readonly script: string; readonly after: UfwState }[] {
  let now = before;
  return changes
    .flatMap(({ steps }) => steps)
    .flatMap((step) => {
      if (!('run' in step)) throw new Error('ufw is changed by commands alone');
      return step.run.text.split(' && ').map((script) => {
        now = command(now, script);
        return { script, after: now };
      });
    });
}

function command(now: UfwState, script: string): UfwState {
  const [ufw, ...all] = (script.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replace(/^'(.*)'$/, '$1'));
  if (ufw !== 'ufw') throw new Error(`no command of ufw: ${script}`);
  const words = all.filter((word) => word !== '--force' && word !== 'route');
  const route = all.includes('route');
  const [verb = ''] = words;
  if (verb === 'enable') return { ...now, enabled: true, loaded: true };
  if (verb === 'disable') return { ...now, enabled: false, loaded: false };
  if (verb === 'logging') return { ...now, logging: words[1] ?? '' };
  if (verb === 'default') {
    const target = { allow: 'ACCEPT', deny: 'DROP', reject: 'REJECT' }[words[1] ?? ''] ?? '';
    return { ...now, policies: { ...now.policies, [words[2] ?? '']: target } };
  }
  const rest = verb === 'delete' || verb === 'prepend' ? words.slice(1) : words;
  const { rule, family } = ruleOf(rest, route);
  const list = (one: 4 | 6) => {
    const concerned = family === undefined || family === one;
    return concerned && (one === 4 || now.ipv6) ? setRule(now.rules[one], verb, rule) : now.rules[one];
  };
  return { ...now, rules: { 4: list(4), 6: list(6) } };
}

/** set_rule() of the backend, for one family. */
function setRule(rules: readonly UfwRule[], verb: string, rule: UfwRule): readonly UfwRule[] {
  const matches = rules.some((one) => matchKey(one) === matchKey(rule));
  if (verb === 'prepend') return matches ? rules : [rule, ...rules];
  if (verb === 'delete') {
    return rules.filter((one) => {
      const same = matchKey(one) === matchKey(rule) && one.action === rule.action && one.log === rule.log;
      return !(same && (rule.comment === '' || rule.comment === one.comment));
    });
  }
  if (!matches) return [...rules, rule];
  return rules.map((one) => (matchKey(one) === matchKey(rule) ? rule : one));
}

/** `allow in on eth0 proto tcp from any to any port 22 comment x` by way of the line that ufw would write. */
function ruleOf(
  given: readonly string[],
  route: boolean,
): { readonly rule: UfwRule; readonly family: 4 | 6 | undefined } {
  const [action = '', ...words] = given;
  // What is routed has a direction only at an interface.
  const direction = route && words[0] !== 'in' && words[0] !== 'out' ? 'in' : (words.shift() ?? '');
  const said = new Map<string, string>();
  for (let side = ''; words.length > 0; ) {
    const word = words.shift() ?? '';
    if (word === 'from' || word === 'to') side = word;
    if (word === 'log' || word === 'log-all') said.set('log', word);
    else if (word === 'in' || word === 'out') said.set('other', `${word}_${words.splice(0, 2)[1]}`);
    else if (['on', 'proto', 'comment', 'from', 'to'].includes(word)) said.set(word, words.shift() ?? '');
    else if (word === 'port' || word === 'app') said.set(`${side} ${word}`, words.shift() ?? '');
    else throw new Error(`ufw knows no ${word}: ${given.join(' ')}`);
  }
  const [from = 'any', to = 'any'] = [said.get('from'), said.get('to')];
  const family = [from, to].map((text) => parseNetwork(text)?.family).find((one) => one !== undefined);
  const [app, source] = [said.get('to app'), said.get('from app')].map((name) => name?.replaceAll(' ', '%20'));
  const anywhere = family === 6 ? '::/0' : '0.0.0.0/0';
  const comment = Buffer.from(said.get('comment') ?? '').toString('hex');
  const rule = parseTuple(
    [
      `${route ? 'route:' : ''}${action}${said.has('log') ? `_${said.get('log')}` : ''}`,
      said.get('proto') ?? 'any',
      said.get('to port') ?? 'any',
      to === 'any' ? anywhere : to,
      said.get('from port') ?? 'any',
      from === 'any' ? anywhere : from,
      ...(app || source ? [app ?? '-', source ?? '-'] : []),
      [direction, said.get('on')].filter((part) => part).join('_') + (said.has('other') ? `!${said.get('other')}` : ''),
      ...(comment ? [`comment=${comment}`] : []),
    ].join(' '),
  );
  return { rule, family };
}
