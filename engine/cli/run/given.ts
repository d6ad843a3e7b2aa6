// What a person gave on the command line, as the record keeps it: the options, and the variables without their secrets.
import type { GivenOption, GivenOptions, GivenVariable } from '../../event/given.ts';
import type { Dynamic } from '../../language/dynamic/dynamic.ts';
import { setsSecret } from '../../language/problem/confidential.ts';
import { isTemplate } from '../../language/template/template.ts';
import { writeJson } from '../../language/value/json.ts';
import { Secret } from '../../language/value/secret.ts';
import type { Value } from '../../language/value/value.ts';
import type { RunOptions } from './options.ts';

/** What a run was asked for and by whom. `hide` takes out of each text what is known to be secret. */
export function givenOf(
  options: RunOptions,
  extra: ReadonlyMap<string, Dynamic>,
  { sudoUser, hide }: { readonly sudoUser: string | undefined; readonly hide: (text: string) => string },
): GivenOptions {
  const clean = (text: string) => hide(text.replace(/\p{Surrogate}/gu, '\ufffd'));
  const cleaned = <T extends object>(texts: T): T =>
    // The shape stays: only texts are replaced.
    Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, clean(String(text))])) as T;
  return {
    options: givenOptions(options).map(cleaned),
    extraVars: givenVariables(extra).map(cleaned),
    ...(sudoUser === undefined || sudoUser === '' ? {} : { sudoUser: clean(sudoUser) }),
  };
}

/** The options that were given, in the order of the help. */
function givenOptions(options: RunOptions): readonly GivenOption[] {
  const { inventory, tags, skipTags, forks } = options;
  const flag = (option: string, on: boolean): GivenOption[] => (on ? [{ option }] : []);
  const valued = (option: string, value: string | undefined): GivenOption[] =>
    value === undefined ? [] : [{ option, value }];
  return [
    ...inventory.map((value) => ({ option: '--inventory', value })),
    ...flag('--check', options.check),
    ...flag('--diff', options.diff),
    ...valued('--limit', options.limit),
    ...tags.map((value) => ({ option: '--tags', value })),
    ...skipTags.map((value) => ({ option: '--skip-tags', value })),
    ...valued('--start-at-task', options.startAtTask),
    ...flag('--step', options.step),
    ...valued('--forks', forks === undefined ? undefined : String(forks)),
    ...valued('--user', options.user),
    ...flag('--become', options.become),
    ...flag('--ask-become-pass', options.askBecomePass),
    ...valued('--private-key', options.privateKey),
    ...(options.output === 'text' ? [] : [{ option: '--output', value: options.output }]),
    ...flag('--detailed-exitcode', options.detailedExitcode),
    ...flag('--verbose', options.verbose),
    ...valued('--dispatch', options.dispatch),
    ...valued('--dispatch-ca', options.dispatchCa),
  ];
}

/**
 * The variables of `-e` as they came to hold: one that was given on the command line with its value, one of a file with the
 * file's name (whose digest the record has). Secrets stand there as their masks, whatever only sounds like one without a value.
 */
function givenVariables(extra: ReadonlyMap<string, Dynamic>): readonly GivenVariable[] {
  return [...extra].map(([name, value]) => {
    const { file } = value.at;
    if (!/^-e(?: \(\d+\))?$/.test(file)) return { name, file };
    const shown = shownOf(value, name);
    const isText = typeof shown === 'string' && value.kind !== 'template';
    return isText ? { name, value: shown } : { name, json: writeJson(shown) };
  });
}

/** What JSON can't hold has its tag in front: an expression, and a text that is data and looks like a template. */
function shownOf(value: Dynamic, name: string, nested = false): Value {
  switch (value.kind) {
    case 'literal':
      if (value.value instanceof Secret) return value.value.toString();
      if (setsSecret(`${name}: ${value.value}`)) return notKept(name);
      return nested && isTemplateText(value.value) ? `!unsafe ${value.value}` : value.value;
    case 'list':
      return setsSecret(`${name}: x`) ? notKept(name) : value.items.map((item) => shownOf(item, name, true));
    case 'map': {
      if (setsSecret(`${name}: x`)) return notKept(name);
      return Object.fromEntries(value.entries.map((entry) => [entry.key, shownOf(entry.value, entry.key, true)]));
    }
    case 'template':
      return value.template.source;
    case 'expression':
      return `!expr ${value.expression.source}`;
  }
}

function isTemplateText(value: unknown): value is string {
  return typeof value === 'string' && isTemplate(value);
}

function notKept(name: string): string {
  return `‹${name}, not kept›`;
}
