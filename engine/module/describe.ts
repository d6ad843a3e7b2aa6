// A module's page, made from its definition alone: for `vrun doc`, for docs/modules/, never written by hand.
import { traitsOf } from '../language/parameters/kinds.ts';
import { type JsonSchema, plainSchema } from '../language/parameters/schema.ts';
import type { Manual, Module } from './define.ts';
import type { Difference } from './difference.ts';

/** What there is to know about a module before using it. */
export interface ModulePage {
  readonly name: string;
  readonly summary: string;
  /** Tasks in YAML; undefined when the module gives none. */
  readonly example: string | undefined;
  readonly parameters: readonly ParameterRow[];
  /** What `register` sees of its own. */
  readonly results: readonly ParameterRow[];
  /** Titles and texts. */
  readonly manual: readonly (readonly [title: string, text: string])[];
  readonly differences: readonly Difference[];
  /** What holds for the module as a whole, a sentence each. */
  readonly remarks: readonly string[];
}

export interface ParameterRow {
  /** `tls.certificate` is inside the map tls, `static[].alias` in each map of the list static. */
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  /** As YAML writes it; undefined when there is none. */
  readonly fallback: string | undefined;
  readonly description: string;
}

/** The page of one module. */
export function describeModule(module: Module): ModulePage {
  return {
    name: module.name,
    summary: module.summary,
    example: module.example?.trim(),
    parameters: rowsOf(plainSchema(module.params), ''),
    results: module.results === undefined ? [] : rowsOf(plainSchema(module.results), ''),
    manual: module.manual === undefined ? [] : manualOf(module.manual),
    differences: module.differences,
    remarks: remarksOf(module),
  };
}

function manualOf({ reads, changes, dryRun, needs, tried }: Manual): ModulePage['manual'] {
  return [
    ['Reads', reads],
    ['Changes', changes],
    ['In a dry run', dryRun],
    ['Needs on the host', needs],
    ['Tried with', tried],
  ];
}

function remarksOf({ freeForm, aliases, command, check }: Module): readonly string[] {
  const others = Object.entries(aliases).map(([alias, name]) => `\`${alias}\` for \`${name}\``);
  return [
    ...(freeForm === undefined ? [] : [`A plain text in place of the parameters is \`${freeForm}\`.`]),
    ...(others.length === 0 ? [] : [`Other names: ${others.join(', ')}.`]),
    ...(command ? ['It acts each time that it runs, unless its parameters or `read_only` say otherwise.'] : []),
    ...(check ? ['It changes nothing: what it finds is met, or the task fails.'] : []),
  ];
}

function rowsOf(schema: JsonSchema, prefix: string): readonly ParameterRow[] {
  const { properties = {}, required = [] } = schema;
  return Object.entries(properties).flatMap(([key, member]) => [
    {
      name: `${prefix}${key}`,
      type: typeName(member),
      required: required.includes(key) && member.default === undefined,
      fallback: member.default === undefined ? undefined : yaml(member.default),
      description: member.description ?? '',
    },
    ...nestedRows(member, `${prefix}${key}`),
  ]);
}

function nestedRows(schema: JsonSchema, name: string): readonly ParameterRow[] {
  if (schema.properties) return rowsOf(schema, `${name}.`);
  if (schema.items) return nestedRows(schema.items, `${name}[]`);
  return (schema.anyOf ?? []).flatMap((branch) => nestedRows(branch, name));
}

/** What may stand there, in a few words. */
function typeName(schema: JsonSchema): string {
  if (schema.vrun !== undefined) return traitsOf(schema.vrun).word;
  if (schema.const !== undefined) return String(schema.const);
  if (schema.enum) return schema.enum.map(String).join(' | ');
  if (schema.anyOf) {
    const words = schema.anyOf.every((branch) => branch.const !== undefined);
    return [...new Set(schema.anyOf.map(typeName))].join(words ? ' | ' : ' or ');
  }
  if (schema.type === 'array') return schema.items ? `list of ${typeName(schema.items)}` : 'list';
  if (schema.type === 'object') return 'map';
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeName({ type })).join(' or ');
  if (schema.type === 'string') return 'text';
  return typeof schema.type === 'string' ? schema.type : 'any value';
}

function yaml(value: unknown): string {
  if (typeof value === 'string' && /^[A-Za-z/][\w./ -]*$/.test(value) && !/^(true|false|null)$/.test(value))
    return value;
  return JSON.stringify(value);
}

/** The page for a terminal. */
export function pageText(page: ModulePage): string {
  const parameters = page.parameters.map(({ required, fallback, ...row }) => {
    return { ...row, about: required ? ', required' : fallback === undefined ? '' : `, default ${fallback}` };
  });
  const differences = page.differences.map((difference) => `  ${differenceText(difference)}\n`);
  return [
    `${page.name}: ${page.summary}\n`,
    ...page.remarks.map((remark) => `${plain(remark)}\n`),
    ...section('PARAMETERS', rowsText(parameters)),
    ...section('RESULTS', rowsText(page.results.map((row) => ({ ...row, about: '' })))),
    ...page.manual.flatMap(([title, text]) => section(title.toUpperCase(), [`  ${plain(text)}\n`])),
    ...section('DIFFERENCES FROM ANSIBLE', differences.map(plain)),
    ...(page.example === undefined ? [] : ['\nEXAMPLE\n', page.example.replaceAll(/^(?=.)/gm, '  '), '\n']),
  ].join('');
}

function rowsText(rows: readonly (Pick<ParameterRow, 'name' | 'type' | 'description'> & { about: string })[]) {
  const width = Math.max(0, ...rows.map(({ name }) => name.length));
  return rows.map(
    ({ name, type, about, description }) =>
      `  ${name.padEnd(width)}  ${type}${about}\n  ${' '.repeat(width)}    ${description}\n`,
  );
}

function section(title: string, texts: readonly string[]): readonly string[] {
  return texts.length === 0 ? [] : [`\n${title}\n`, ...texts];
}

const plain = (text: string) => text.replaceAll('`', '');

/** One difference as a sentence or three. */
export function differenceText({ parameters = [], ansible, vrun, instead }: Difference): string {
  const about = parameters.length === 0 ? '' : `${parameters.map((name) => `\`${name}\``).join(', ')}: `;
  return `${about}Ansible: ${ansible} vrun: ${vrun}${instead === undefined ? '' : ` ${instead}`}`;
}

/** The page as Markdown. */
export function pageMarkdown(page: ModulePage): string {
  const cell = (text: string) => text.replaceAll('|', '\\|');
  const code = (text: string) => `\`${cell(text)}\``;
  const rows = page.parameters.map(
    ({ name, type, required, fallback, description }) =>
      `| ${code(name)} | ${cell(type)} | ${required ? '**required**' : fallback === undefined ? '' : code(fallback)} | ${cell(description)} |`,
  );
  return [
    `# ${page.name}`,
    `${page.summary}.`,
    ...(page.example === undefined ? [] : [`\`\`\`yaml tasks\n${page.example}\n\`\`\``]),
    ...(page.remarks.length === 0 ? [] : [page.remarks.join(' ')]),
    ...(rows.length === 0
      ? []
      : [['| parameter | takes | default | |', '| --- | --- | --- | --- |', ...rows].join('\n')]),
    ...(page.results.length === 0
      ? []
      : [
          'What `register` sees of its own:',
          [
            '| result | is | |',
            '| --- | --- | --- |',
            ...page.results.map(
              ({ name, type, description }) => `| ${code(name)} | ${cell(type)} | ${cell(description)} |`,
            ),
          ].join('\n'),
        ]),
    ...page.manual.map(([title, text]) => `**${title}.** ${text}`),
    ...(page.differences.length === 0
      ? []
      : ['## Differences from Ansible', page.differences.map((one) => `- ${differenceText(one)}`).join('\n')]),
    '<!-- Made by `npm run docs` from the module; change it there. -->',
    '',
  ].join('\n\n');
}
