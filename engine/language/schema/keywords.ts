// Keyword shapes for editors.
import { type Keyword, type KeywordPlace, type KeywordShape, keywordsOf } from '../keywords/keywords.ts';
import type { JsonSchema } from '../parameters/schema.ts';
import { LOOP_KEYS } from '../read/loop.ts';
import { PARAM_KEYS, PARAM_TYPES } from '../read/params.ts';
import { ORDERS } from '../read/play.ts';
import { widened } from './parameters.ts';

const TEXT: JsonSchema = { type: 'string', minLength: 1 };
const TEXTS: JsonSchema = { anyOf: [TEXT, { type: 'array', items: TEXT }] };
const NAME: JsonSchema = { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$' };
const CONDITION: JsonSchema = { type: ['string', 'boolean'] };

/** Computed ones are templates, which no pattern here looks into. */
const BATCH: JsonSchema = {
  anyOf: [
    { type: 'integer', minimum: 1 },
    { type: 'string', pattern: '^ *[0-9.]+ *%? *$|\\{\\{' },
  ],
};

const SHAPES: Readonly<Record<KeywordShape, JsonSchema>> = {
  'plain-text': { type: ['string', 'number'] },
  text: { type: ['string', 'number'] },
  'variable-name': NAME,
  'plain-boolean': { type: 'boolean' },
  boolean: widened({ type: 'boolean' }),
  number: widened({ type: 'number', minimum: 0 }),
  count: widened({ type: 'integer', minimum: 1 }),
  conditions: { anyOf: [CONDITION, { type: 'array', items: CONDITION }] },
  condition: CONDITION,
  words: { anyOf: [TEXT, { type: 'array', items: { type: ['string', 'number'] } }] },
  texts: TEXTS,
  hosts: TEXTS,
  serial: { anyOf: [BATCH, { type: 'array', minItems: 1, items: BATCH }] },
  percentage: widened({ type: 'number', minimum: 0, maximum: 100 }),
  environment: {
    anyOf: [
      { type: 'object', propertyNames: NAME, additionalProperties: { type: ['string', 'number', 'boolean'] } },
      TEXT,
    ],
  },
  'module-defaults': { type: ['object', 'null'], additionalProperties: { type: ['object', 'null'] } },
  order: { enum: [...ORDERS] },
  variables: { type: ['object', 'null'], propertyNames: NAME },
  params: { type: ['object', 'null'], propertyNames: NAME, additionalProperties: paramSchema() },
  items: { anyOf: [{ type: 'array' }, { type: 'string' }] },
  'loop-control': loopSchema(),
  tasks: { type: ['array', 'null'], items: { $ref: '#/definitions/entry' } },
  handlers: { type: ['array', 'null'], items: { $ref: '#/definitions/handler' } },
  path: TEXT,
};

/** The keywords of a play, a task … as `properties` and `required` of an object that takes no others. */
export function keywordSchema(place: KeywordPlace): JsonSchema & { properties: Record<string, JsonSchema> } {
  const keywords = [...keywordsOf(place).values()];
  const required = keywords.filter((keyword) => keyword.required).map(({ name }) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(keywords.map((keyword) => [keyword.name, describe(keyword)])),
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
  };
}

function describe(keyword: Keyword): JsonSchema {
  const fallback = keyword.default === undefined ? {} : { default: keyword.default };
  return { description: keyword.description, ...fallback, ...SHAPES[keyword.shape] };
}

function paramSchema(): JsonSchema {
  const shapes: Record<keyof typeof PARAM_KEYS, JsonSchema> = {
    type: { enum: [...PARAM_TYPES], default: 'string' },
    default: {},
    required: { type: 'boolean', default: false },
    enum: { type: 'array', minItems: 1 },
    description: { type: 'string' },
    secret: { type: 'boolean', default: false },
  };
  return described(PARAM_KEYS, shapes);
}

function loopSchema(): JsonSchema {
  const shapes: Record<keyof typeof LOOP_KEYS, JsonSchema> = {
    loop_var: NAME,
    index_var: NAME,
    label: { type: ['string', 'number'] },
    pause: widened({ type: 'number', minimum: 0 }),
  };
  return described(LOOP_KEYS, shapes);
}

function described<Key extends string>(
  words: Readonly<Record<Key, string>>,
  shapes: Record<Key, JsonSchema>,
): JsonSchema {
  const entries = Object.entries<JsonSchema>(shapes).map(([key, shape]) => {
    const description = Object.entries<string>(words).find(([word]) => word === key)?.[1] ?? '';
    return [key, { description, ...shape }] as const;
  });
  return { type: 'object', properties: Object.fromEntries(entries), additionalProperties: false };
}
