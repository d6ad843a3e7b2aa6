// A few modules as the reader sees them: enough of every kind of parameter, and independent of the real ones.
import { Type } from 'typebox';
import type { ModuleCatalog, ModuleSyntax } from '../../engine/language/runbook/catalog.ts';
import {
  Anything,
  Expressions,
  LocalFile,
  LocalTemplate,
  Mode,
  OneOf,
  ownership,
  presence,
  Text,
} from '../../engine/module/parameters.ts';

const plain = { freeForm: undefined, aliases: {}, command: false, check: undefined };

const MODULES: readonly ModuleSyntax[] = [
  {
    ...plain,
    name: 'file',
    summary: 'Manage a file',
    params: Type.Object({
      path: Type.String({ minLength: 1, description: 'Absolute path on the host' }),
      state: OneOf(['file', 'directory', 'link', 'absent'], { description: 'What shall be there' }),
      src: Type.Optional(Type.String({ description: 'Where a link leads' })),
      ...ownership,
      recurse: Type.Boolean({ default: false, description: 'Everything in it too' }),
    }),
    aliases: { dest: 'path' },
    check: (params) =>
      params.state === 'link' && !('src' in params)
        ? [{ parameter: undefined, summary: 'A link needs src', hint: 'Say with src where the link leads.' }]
        : [],
  },
  {
    ...plain,
    name: 'stat',
    summary: 'Look at a path',
    params: Type.Object({ path: Type.String({ description: 'Absolute path on the host' }) }),
    results: Type.Object({ stat: Type.Object({ exists: Type.Boolean(), size: Type.Optional(Type.Integer()) }) }),
  },
  {
    ...plain,
    name: 'user',
    summary: 'Manage a login account',
    params: Type.Object({
      name: Type.String({ minLength: 1, description: 'Login name' }),
      ...presence,
      uid: Type.Optional(Type.Integer({ minimum: 0, description: 'Numeric id' })),
      shell: Type.Optional(Type.String({ description: 'Login shell' })),
      groups: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { description: 'Further groups' })),
      system: Type.Boolean({ default: false, description: 'A system account' }),
    }),
  },
  {
    ...plain,
    name: 'copy',
    summary: 'Copy a file',
    params: Type.Object({
      dest: Type.String({ minLength: 1, description: 'Absolute path on the host' }),
      src: Type.Optional(LocalFile({ description: 'File on the controller' })),
      content: Type.Optional(Text({ description: 'The content itself' })),
      ...ownership,
    }),
    check: (params) =>
      'src' in params === 'content' in params
        ? [{ parameter: undefined, summary: 'Give either src or content', hint: 'One of the two.' }]
        : [],
  },
  {
    ...plain,
    name: 'template',
    summary: 'Render a file',
    params: Type.Object({
      dest: Type.String({ minLength: 1, description: 'Absolute path on the host' }),
      src: LocalTemplate({ description: 'Handlebars file on the controller' }),
    }),
  },
  ...['command', 'shell'].map((name) => ({
    ...plain,
    name,
    summary: 'Run a command',
    params: Type.Object({
      cmd: Type.Optional(Type.String({ minLength: 1, description: 'Command line' })),
      argv: Type.Optional(Type.Array(Type.String(), { minItems: 1, description: 'Command in words' })),
      creates: Type.Optional(Type.String({ description: 'Nothing to do when it exists' })),
      stdin: Type.Optional(Text({ description: 'Standard input' })),
    }),
    freeForm: 'cmd',
    command: true,
  })),
  {
    ...plain,
    name: 'assert',
    summary: 'Check that something holds',
    params: Type.Object({ that: Expressions({ description: 'What must hold' }) }),
  },
  {
    ...plain,
    name: 'set-fact',
    summary: 'Set variables',
    params: Type.Record(Type.String(), Anything({ description: 'Value' })),
  },
  {
    ...plain,
    name: 'ports',
    summary: 'Every kind of nesting',
    params: Type.Object({
      allow: Type.Array(
        Type.Union([Type.Integer({ minimum: 1, maximum: 65535 }), Type.String({ pattern: '^[0-9]+/(tcp|udp)$' })]),
        {
          default: [],
          description: 'Ports',
        },
      ),
      rules: Type.Array(
        Type.Object({
          rule: OneOf(['allow', 'deny'], { description: 'What to do' }),
          port: Type.Integer({ description: 'Port' }),
          comment: Type.Optional(Type.String({ description: 'Why' })),
          log: Type.Boolean({ default: false, description: 'Note it' }),
        }),
        { default: [], description: 'Rules' },
      ),
      limits: Type.Object(
        {
          rate: Type.Number({ default: 1.5, description: 'A second' }),
          mode: Type.Optional(Mode({ description: 'Mode' })),
        },
        { default: {}, description: 'Limits' },
      ),
      texts: Type.Record(Type.String(), Text({ description: 'A text' }), { default: {}, description: 'Texts' }),
    }),
  },
];

export const fakeCatalog: ModuleCatalog = {
  get: (name) => MODULES.find((module) => module.name === name),
  names: () => MODULES.map(({ name }) => name),
};
