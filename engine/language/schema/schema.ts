// The JSON Schema of a runbook: from the keywords' table and the modules' parameters, for editors.

import { keywordsOf } from '../keywords/keywords.ts';
import type { JsonSchema } from '../parameters/schema.ts';
import type { ModuleCatalog } from '../runbook/catalog.ts';
import { keywordSchema } from './keywords.ts';
import { moduleSchema } from './parameters.ts';

/**
 * JSON Schema draft-07 of a runbook file, as yaml-language-server reads it. It accepts what the reader accepts, names
 * of Ansible's included; what it can't say (names, handlers, expressions) `vrun lint` does.
 */
export function runbookSchema(catalog: ModuleCatalog): object {
  const names = [...catalog.names()].sort();
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'vrun runbook',
    description: 'A list of plays: which hosts, and what is to hold on them',
    type: 'array',
    minItems: 1,
    items: {
      if: { type: 'object', required: ['import_playbook'] },
      // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own word
      then: keywordSchema('import'),
      else: { $ref: '#/definitions/play' },
    },
    definitions: {
      play: { ...keywordSchema('play'), description: 'A play' },
      entry: {
        if: { type: 'object', required: ['include_tasks'] },
        // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own word
        then: keywordSchema('include'),
        else: {
          if: { type: 'object', required: ['block'] },
          // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own word
          then: { $ref: '#/definitions/block' },
          else: { $ref: '#/definitions/task' },
        },
      },
      block: { ...keywordSchema('block'), description: 'Tasks that share keywords, and what follows when one fails' },
      task: taskSchema(names, catalog),
      handler: {
        allOf: [{ $ref: '#/definitions/entry' }, { type: 'object', required: ['name'], not: { required: ['block'] } }],
      },
      ...Object.fromEntries(
        names.flatMap((name) => {
          const syntax = catalog.get(name);
          return syntax ? [[definition(name), moduleSchema(syntax)] as const] : [];
        }),
      ),
    },
  };
}

function definition(name: string): string {
  return `module-${name}`;
}

function taskSchema(names: readonly string[], catalog: ModuleCatalog): JsonSchema {
  const keywords = keywordSchema('task');
  const modules = names.map((name) => [name, moduleReference(name, catalog)] as const);
  const spelled = names.map((name) => [ansibleName(name), { $ref: `#/definitions/${definition(name)}` }] as const);
  return {
    ...keywords,
    description: 'A task: one module, and keywords beside it',
    properties: { ...keywords.properties, ...Object.fromEntries(modules) },
    patternProperties: Object.fromEntries(spelled),
    // At least one key is no keyword, hence a module.
    not: { type: 'object', propertyNames: { enum: [...keywordsOf('task').keys()] } },
  };
}

function moduleReference(name: string, catalog: ModuleCatalog): JsonSchema {
  // Draft-07 ignores what stands beside $ref, hence allOf: editors show the description at the key.
  return { description: catalog.get(name)?.summary ?? name, allOf: [{ $ref: `#/definitions/${definition(name)}` }] };
}

/** Ansible's spellings of a module: its collection before the name, underscores for dashes. */
function ansibleName(name: string): string {
  const spelled = name.replaceAll('-', '[-_]');
  const collection = '(ansible\\.(builtin|legacy|posix)|community\\.[a-z0-9_]+)\\.';
  return name.includes('-') ? `^(${collection})?${spelled.replaceAll('[-_]', '_')}$` : `^${collection}${spelled}$`;
}
