// A file of settings for a service (systemd's EnvironmentFile, or what a shell sources): values, and secrets that the
// host makes for itself and keeps.
import { isMap } from '../../engine/base/plain-data.ts';
import { type Content, defineModule, Mode, OneOf, pathThing, presence, Text, Type } from '../../engine/module/index.ts';
import { checkPaths, cleanPath, hasControl } from '../../engine/resources/file/path.ts';
import { toEre } from '../../engine/resources/text/host-pattern.ts';
import { pendingEnv } from './pending.ts';
import { planEnv } from './plan.ts';
import { type EnvState, parseEnv, probeEnv } from './state.ts';
import { ENCODINGS, type EnvWant, envInput, PLACEHOLDER } from './want.ts';

const NAME = '^[A-Za-z_][A-Za-z0-9_]*$';
/** `A|B`: one of several names for the same. */
const EITHER = '^[A-Za-z_][A-Za-z0-9_]*([|][A-Za-z_][A-Za-z0-9_]*)*$';

const Value = Type.Unsafe<Content>({
  anyOf: [Text({ description: 'Value' }), { type: 'number' }, { type: 'boolean' }],
  description: 'Value; may be a secret',
});

export default defineModule({
  name: 'env-file',
  summary: "Manage a service's environment file",
  example: `
- name: Settings and secrets of the application
  env-file:
    path: /etc/default/app
    values: { NODE_ENV: production, PORT: 3005 }
    generate:
      SESSION_SECRET: {}
      MFA_KEY: { encoding: hex }
    required:
      PORT: "[0-9]+"
      DATABASE_URL: (file:/|postgresql://).+
    optional:
      SMTP: { SMTP_HOST: .+, SMTP_PORT: "[0-9]+" }
`,
  params: Type.Object({
    path: Type.String({ minLength: 1, description: 'Absolute path of the file' }),
    ...presence,
    owner: Type.String({ minLength: 1, default: 'root', description: 'User that owns it' }),
    group: Type.String({ minLength: 1, default: 'root', description: 'Group that owns it' }),
    mode: Type.Unsafe<string>({ ...Mode({ description: 'Permissions: quoted octal or symbolic' }), default: '0640' }),
    values: Type.Record(Type.String({ pattern: NAME }), Value, {
      additionalProperties: false,
      default: {},
      description: 'Variables and their values; others are left alone',
    }),
    more: Type.Array(Type.Record(Type.String({ pattern: NAME }), Value, { additionalProperties: false }), {
      default: [],
      description:
        'More maps of variables, from other places; of a name that stands in several the last counts, and values above all. What is given is not generated',
    }),
    generate: Type.Record(
      Type.String({ pattern: NAME }),
      Type.Object(
        {
          bytes: Type.Integer({ default: 32, minimum: 8, maximum: 1024, description: 'Random bytes' }),
          encoding: OneOf(ENCODINGS, { default: 'base64url', description: 'How they are written' }),
        },
        { description: 'What it is made of' },
      ),
      {
        additionalProperties: false,
        default: {},
        description:
          'Secrets to be made on the host where they are missing, empty or a placeholder, each with its bytes (32) and encoding (base64url; hex, base64)',
      },
    ),
    per_host: Type.Boolean({ default: false, description: 'Let each of several hosts make its own secrets' }),
    required: Type.Record(
      Type.String({ pattern: EITHER }),
      Type.String({ minLength: 1, description: 'Regular expression for the whole value' }),
      {
        additionalProperties: false,
        default: {},
        description:
          'Variables that must be there in the end, each with a regular expression for its whole value; `A|B` is one or the other',
      },
    ),
    optional: Type.Record(
      Type.String({ minLength: 1 }),
      Type.Record(
        Type.String({ pattern: EITHER }),
        Type.String({ minLength: 1, description: 'Regular expression for the whole value' }),
        { additionalProperties: false, description: 'Variables of the group' },
      ),
      {
        default: {},
        description: 'Groups of variables of which all must be there, as with required, or none has a value',
      },
    ),
    placeholders: Type.Array(Type.String(), {
      default: [],
      description: `Values that count as missing, beside ${PLACEHOLDER}`,
    }),
    remove: Type.Array(Type.String({ pattern: NAME }), { default: [], description: 'Variables to take out' }),
  }),
  results: Type.Object({
    path: Type.Optional(Type.String({ description: 'The file' })),
    replaced: Type.Optional(
      Type.Array(Type.String(), { description: 'Names that had another value than the task gives' }),
    ),
  }),
  manual: {
    reads:
      'Which variables are there and whether their values are as wanted. Values are compared on the host and never leave it.',
    changes:
      'The file is rewritten as a whole and renamed into its place; lines that are not named stay as they are. Secrets are made on the host.',
    dryRun: 'The values of secrets that are still to be made, and so whether they fit a pattern.',
    needs: 'awk, grep and head: Debian’s or BusyBox’s.',
    tried: 'Debian 12: mawk 1.3.4, grep 3.8, coreutils 9.1; BusyBox 1.35.',
  },

  checkParams: (params) => [...checkPaths(params, ['path']), ...checkNames(params), ...checkTexts(params)],

  prepare: (
    { per_host: perHost, required, optional, path, values, more, generate, ...params },
    { hosts },
  ): EnvWant => ({
    ...params,
    values: Object.assign({}, ...more, values),
    generate: Object.fromEntries(Object.entries(generate).filter(([name]) => !more.some((map) => name in map))),
    path: cleanPath(path),
    perHost,
    hosts,
    required: patterns(required),
    optional: Object.fromEntries(Object.entries(optional).map(([group, names]) => [group, patterns(names)])),
  }),

  probe: probeEnv,
  input: (want) => (want.state === 'present' ? envInput(want) : undefined),
  parse: parseEnv,
  pending: pendingEnv,
  independent: true,
  about: ({ path }) => pathThing(path),
  plan: (have: EnvState, want) => planEnv(have, want),
});

function patterns(texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(texts).map(([name, pattern]) => {
      const read = toEre(pattern);
      return [name, 'ere' in read ? read.ere : pattern];
    }),
  );
}

interface ParameterFault {
  readonly parameter: string;
  readonly summary: string;
  readonly hint: string;
}

/** One name, one word on it. */
function checkNames(params: Readonly<Record<string, unknown>>): readonly ParameterFault[] {
  const values = keysOf(params.values);
  const set = [...values, ...(Array.isArray(params.more) ? params.more : []).flatMap(keysOf)];
  const made = keysOf(params.generate);
  const gone = Array.isArray(params.remove) ? params.remove.filter((name) => typeof name === 'string') : [];
  const fault = (parameter: string, name: string, others: readonly string[], words: string) =>
    others.includes(name) ? [{ parameter, summary: `${name} ${words}`, hint: 'Take one of the two out.' }] : [];
  return [
    ...made.flatMap((name) => fault(`generate.${name}`, name, values, 'is given by values and is to be generated')),
    ...gone.flatMap((name) => fault('remove', name, [...set, ...made], 'is to be set and to be removed')),
    ...keysOf(params.required).flatMap((name) =>
      fault(`required.${name}`, name, gone, 'is required and is to be removed'),
    ),
    ...members(params.optional).flatMap(([parameter, name]) =>
      fault(parameter, name, keysOf(params.required), 'is required and is in an optional group'),
    ),
  ];
}

/** Each variable of the optional groups, with the parameter that names it. */
function members(optional: unknown): readonly (readonly [string, string, unknown])[] {
  return Object.entries(isMap(optional) ? optional : {}).flatMap(([group, names]) =>
    Object.entries(isMap(names) ? names : {}).map(
      ([name, pattern]) => [`optional.${group}.${name}`, name, pattern] as const,
    ),
  );
}

function checkTexts(params: Readonly<Record<string, unknown>>): readonly ParameterFault[] {
  const { values, required, optional, placeholders } = params;
  const tested = [
    ...entriesOf(required).map(([name, pattern]) => [`required.${name}`, pattern] as const),
    ...members(optional).flatMap(([parameter, , pattern]) =>
      typeof pattern === 'string' ? [[parameter, pattern] as const] : [],
    ),
  ];
  const given = [
    ...entriesOf(values).map(([name, value]) => [`values.${name}`, value] as const),
    ...(Array.isArray(params.more) ? params.more : []).flatMap((map, index) =>
      entriesOf(map).map(([name, value]) => [`more.${index}.${name}`, value] as const),
    ),
  ];
  return [
    ...given.flatMap(([parameter, value]) =>
      hasControl(value.replaceAll('\t', ' '))
        ? [
            {
              parameter,
              summary: 'A value must not hold a line break or another control character',
              hint: 'A value is one line. Encode it (base64), or put it into a file of its own and its path here.',
            },
          ]
        : [],
    ),
    ...tested.flatMap(([parameter, pattern]) => {
      const { summary, hint } = { summary: '', hint: '', ...toEre(pattern) };
      return summary === '' ? [] : [{ parameter, summary, hint }];
    }),
    ...(Array.isArray(placeholders) && placeholders.some((text) => typeof text === 'string' && hasControl(text))
      ? [{ parameter: 'placeholders', summary: 'A placeholder is one line', hint: 'Take the line break out.' }]
      : []),
  ];
}

function keysOf(value: unknown): readonly string[] {
  return isMap(value) ? Object.keys(value) : [];
}

/** The members that are texts: templates and secrets are not known yet, or not to be seen. */
function entriesOf(value: unknown): readonly (readonly [string, string])[] {
  if (!isMap(value)) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    typeof member === 'string' ? [[name, member] as const] : [],
  );
}
