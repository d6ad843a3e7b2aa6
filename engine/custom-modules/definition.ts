// What a module's file exports, held against the contract. TypeScript does so for whoever writes in it; here it is done for all,
// before anything is connected to.
import type { TSchema } from 'typebox';
import { compileParams, type JsonSchema, plainSchema } from '../language/parameters/schema.ts';
import { didYouMean } from '../language/problem/did-you-mean.ts';
import type { Problem } from '../language/problem/problem.ts';
import type { Module, ModuleDefinition } from '../module/define.ts';
import { exportIn, type ModuleFile, wordsIn } from './source.ts';

/** Every key of a union's members. */
type KeyOf<T> = T extends unknown ? keyof T : never;

/** What a definition may have, and which type it has. */
const WORDS: Readonly<
  Record<KeyOf<ModuleDefinition<TSchema, unknown, unknown>>, 'string' | 'object' | 'boolean' | 'function'>
> = {
  name: 'string',
  summary: 'string',
  example: 'string',
  params: 'object',
  results: 'object',
  manual: 'object',
  differences: 'object',
  freeForm: 'string',
  aliases: 'object',
  command: 'boolean',
  check: 'boolean',
  takesCut: 'boolean',
  independent: 'boolean',
  costly: 'boolean',
  together: 'object',
  where: 'function',
  checkParams: 'function',
  prepare: 'function',
  harmless: 'boolean',
  about: 'function',
  looksAt: 'function',
  pending: 'function',
  plan: 'function',
  probe: 'function',
  input: 'function',
  parse: 'function',
  probeMany: 'function',
  parseMany: 'function',
};

const TYPES: ReadonlyMap<string, string> = new Map(Object.entries(WORDS));

/** Words that stand together: what reads the host, and what understands it. */
const PAIRS = [
  ['probe', 'parse'],
  ['probeMany', 'parseMany'],
] as const;

/** What the file exports, once it is known to be a module. All that is wrong is added to `problems`. */
export function checkedModule(file: ModuleFile, exported: unknown, problems: Problem[]): Module | undefined {
  const wrong = (summary: string, more: Partial<Problem> = {}) =>
    problems.push({ code: 'module-definition', summary, at: exportIn(file), ...more });
  if (!isDefined(exported)) {
    wrong(`The module ‹${file.name}› exports no definition`, {
      detail:
        exported === undefined ? 'It has no default export.' : 'Its default export is not what defineModule gives.',
      hint: `Begin it so:\n  export default defineModule({ name: '${file.name}', … })`,
    });
    return undefined;
  }
  const before = problems.length;
  const { definition } = exported;
  for (const [word, value] of Object.entries(definition)) {
    const type = TYPES.get(word);
    const at = wordsIn(file, [`${word}:`, `${word}(`]);
    if (type === undefined) {
      const hint = didYouMean(word, TYPES.keys());
      wrong(`‹${word}› is no word of a module's definition`, { at, ...(hint === undefined ? {} : { hint }) });
    } else if (value !== undefined && (value === null || typeof value !== type)) {
      wrong(`‹${word}› of the module ‹${file.name}› is no ${type}`, { at });
    }
  }
  for (const word of ['name', 'summary', 'params', 'plan']) {
    if (definition[word] === undefined || definition[word] === '') {
      wrong(`The module ‹${file.name}› has no ‹${word}›`, { detail: `A definition has ${NEEDED[word]}.` });
    }
  }
  for (const [reads, understands] of PAIRS) {
    if ((definition[reads] === undefined) !== (definition[understands] === undefined)) {
      wrong(`The module ‹${file.name}› has only one of ‹${reads}› and ‹${understands}›`, {
        detail: `‹${reads}› reads the host, and ‹${understands}› understands what was read.`,
      });
    }
  }
  const { name } = definition;
  if (typeof name === 'string' && name !== '' && name !== file.name) {
    wrong(`The module ‹${file.name}› says that it is ‹${name}›`, {
      detail: "A module's name is that of its file.",
      at: wordsIn(file, ['name:']),
    });
  }
  for (const word of ['params', 'results']) {
    const schema = definition[word];
    if (typeof schema === 'object' && schema !== null) problems.push(...schemaProblems(file, word, schema));
  }
  if (problems.length === before) problems.push(...unknownParameters(file, exported));
  return problems.length === before ? exported : undefined;
}

/** `freeForm` and `aliases` stand for parameters. */
function unknownParameters(file: ModuleFile, { params, freeForm, aliases }: Module): readonly Problem[] {
  const names = Object.keys(plainSchema(params).properties ?? {});
  const meant = [...(freeForm === undefined ? [] : [['freeForm', freeForm]]), ...Object.entries(aliases)];
  return meant.flatMap(([word = '', name = '']): Problem[] => {
    if (names.includes(name)) return [];
    const hint = didYouMean(name, names);
    return [
      {
        code: 'module-definition',
        summary: `‹${word}› of the module ‹${file.name}› stands for ‹${name}›, which is no parameter`,
        at: wordsIn(file, [`${word}: '${name}'`, `${word}: "${name}"`, `${word}:`]),
        ...(hint === undefined ? {} : { hint }),
      },
    ];
  });
}

const NEEDED: Readonly<Record<string, string>> = {
  name: "a ‹name›, its file's",
  summary: 'a ‹summary› in a few words, for ‹vrun doc›',
  params: '‹params›, an object: Type.Object({}) where it has none',
  plan: '‹plan›, which says what would have to change',
};

type Definition = Readonly<Record<string, unknown>>;

function isDefined(value: unknown): value is Module & { readonly definition: Definition } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'definition' in value &&
    typeof value.definition === 'object' &&
    value.definition !== null &&
    'checkParams' in value
  );
}

function schemaProblems(file: ModuleFile, word: string, given: object): readonly Problem[] {
  const at = wordsIn(file, [`${word}:`]);
  const problem = (summary: string, more: Partial<Problem> = {}): Problem => ({
    code: 'module-definition',
    summary,
    at,
    ...more,
  });
  const schema = plainSchema(given);
  if (schema.type !== 'object' || schema.properties === undefined) {
    return [problem(`‹${word}› of the module ‹${file.name}› is no Type.Object`)];
  }
  const mute = Object.entries<JsonSchema>(schema.properties).filter(([, { description }]) => !description);
  if (mute.length > 0) {
    return mute.map(([key]) =>
      problem(`‹${word}.${key}› of the module ‹${file.name}› has no description`, {
        detail: 'Editors and ‹vrun doc› show it to whoever writes a task.',
        hint: `  ${key}: Type.String({ description: '…' })`,
        at: wordsIn(file, [`${key}: Type`, `${key}:`]),
      }),
    );
  }
  try {
    if (word !== 'params') return [];
    const { validate } = compileParams(given);
    validate({});
    // What isn't about a parameter that has its default is that others are missing.
    return (validate.errors ?? []).flatMap(({ instancePath, message = 'it is refused' }) => {
      const [, key] = instancePath.split('/');
      const places = { at: wordsIn(file, [`${key}: Type`, `${key}:`]), detail: `${key} ${message}.` };
      return key === undefined ? [] : [problem(`The default of ‹${word}.${key}› isn't what its schema takes`, places)];
    });
  } catch (error) {
    // What ajv's strict mode says of a schema.
    const detail = error instanceof Error ? error.message : String(error);
    return [
      problem(`‹${word}› of the module ‹${file.name}› is no schema that can be held against parameters`, { detail }),
    ];
  }
}
