// The real modules, as the reader, the editor's schema and the documentation need them.
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { modulesIn } from '../../build-modules.js';
import { compileParams, type JsonSchema, plainSchema } from '../../engine/language/parameters/schema.ts';
import { runbookSchema } from '../../engine/language/schema/schema.ts';
import { modules } from '../../modules/index.ts';
import { registry } from './real-catalog.ts';

/** Every parameter at any depth, as `path: schema`. */
function parameters(schema: JsonSchema, path: string): [string, JsonSchema][] {
  const inner = [...(schema.anyOf ?? []), ...(schema.items ? [schema.items] : [])];
  return [
    ...Object.entries(schema.properties ?? {}).flatMap(([name, member]): [string, JsonSchema][] => [
      [`${path}.${name}`, member],
      ...parameters(member, `${path}.${name}`),
    ]),
    ...inner.flatMap((member) => parameters(member, path)),
  ];
}

it('each module is called as its file is', () => {
  const names = modulesIn(fileURLToPath(new URL('../..', import.meta.url))).map(({ name }) => name);
  expect(modules.map(({ name }) => name)).toEqual(names);
});

describe.each(modules)('$name', (module) => {
  const { schema } = compileParams(module.params);

  it('has a schema that JSON Schema allows', () => {
    const ajv = new Ajv();
    ajv.validateSchema(schema);
    expect(ajv.errors ?? []).toEqual([]);
  });

  it('describes every parameter', () => {
    const bare = parameters(schema, module.name).filter(([, { description = '' }]) => description.length < 4);
    expect(bare.map(([path]) => path)).toEqual([]);
  });

  it('says what it gives back, and what its page needs', () => {
    expect(module.summary).not.toBe('');
    expect(module.results).toBeDefined();
    expect(Object.values(module.manual ?? {}).filter((text) => text !== '')).toHaveLength(5);
  });

  it('describes every result', () => {
    const results = module.results === undefined ? [] : parameters(plainSchema(module.results), module.name);
    const bare = results.filter(([, { description = '' }]) => description.length < 4);
    expect(bare.map(([path]) => path)).toEqual([]);
  });

  it('has the parameters that its free form and its aliases stand for', () => {
    const names = Object.keys(schema.properties ?? {});
    const meant = [...(module.freeForm === undefined ? [] : [module.freeForm]), ...Object.values(module.aliases)];
    expect(meant.filter((name) => !names.includes(name))).toEqual([]);
  });
});

it('all of them make a schema for editors', () => {
  const ajv = new Ajv({ allowUnionTypes: true, strictRequired: false, strictTypes: false });
  const validate = ajv.compile(runbookSchema(registry));
  expect(validate([{ hosts: 'all', tasks: modules.map(({ name }) => ({ [name]: '{{ x }}' })) }])).toBe(false);
  expect(validate([{ hosts: 'all', tasks: [{ file: { path: '/a', state: 'directory', mode: '0755' } }] }])).toBe(true);
});
