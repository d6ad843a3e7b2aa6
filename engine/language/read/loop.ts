// `loop` and `loop_control`.

import { MOST_ITEMS } from '../../base/limits.ts';
import { list, wrongType } from '../parameters/sentences.ts';
import { didYouMean } from '../problem/did-you-mean.ts';
import type { Loop } from '../runbook/runbook.ts';
import { Fields } from './fields.ts';
import { plainValue } from './reading.ts';
import { checkName } from './variable-name.ts';

/** What `loop_control` takes, with its meaning: for messages, editors and docs. */
export const LOOP_KEYS = {
  loop_var: 'Name of the item, `item` by default',
  index_var: "Name of the item's index from 0, `loop_index` by default",
  label: 'What is shown of an item',
  pause: 'Seconds between items',
} as const;

/** The loop of a task or an include; undefined when it has none. */
export function readLoop(fields: Fields): Loop | undefined {
  const control = readControl(fields);
  const loop = fields.entry('loop');
  if (!loop) {
    if (control) {
      fields.reading.problems.push({
        code: 'bad-value',
        summary: '‹loop_control› without ‹loop›',
        detail: 'There is no loop to control here.',
        at: fields.entry('loop_control')?.keyAt ?? fields.at,
      });
    }
    return undefined;
  }
  const items = fields.reading.dynamic(loop.value);
  if (items.kind === 'literal' || items.kind === 'map') {
    const { path: _, ...fault } = wrongType(['loop'], '‹loop›', [{ type: 'array' }], plainValue(loop.value));
    fields.reading.problems.push({ ...fault, at: loop.value.at });
  }
  if (items.kind === 'list' && items.items.length > MOST_ITEMS) {
    fields.reading.problems.push({ ...tooLong(items.items.length), at: items.at });
  }
  return {
    items,
    variable: readName(control, 'loop_var') ?? 'item',
    index: readName(control, 'index_var') ?? 'loop_index',
    label: control?.text('label'),
    pause: control?.number('pause', 0),
  };
}

/** The words for a loop over more items than may be. */
export function tooLong(items: number) {
  return {
    code: 'bad-value',
    summary: '‹loop› runs over too many items',
    detail: `These are ${items}, and ${MOST_ITEMS} are the most.`,
    hint: 'Let one task do it: a template with ‹{{#each}}›, ‹sync›, or a script.',
  } as const;
}

function readName(control: Fields | undefined, key: 'loop_var' | 'index_var'): string | undefined {
  const name = control?.plainText(key);
  if (!control || name === undefined) return undefined;
  const usual = { loop_var: 'item', index_var: 'loop_index' }[key];
  if (name === usual) return name;
  return checkName(name, control.entry(key)?.value.at ?? control.at, control.reading) ? name : undefined;
}

function readControl(fields: Fields): Fields | undefined {
  const entry = fields.entry('loop_control');
  if (!entry) return undefined;
  const { problems } = fields.reading;
  if (entry.value.kind !== 'map') {
    const { path: _, ...fault } = wrongType(
      ['loop_control'],
      '‹loop_control›',
      [{ type: 'object' }],
      plainValue(entry.value),
    );
    problems.push({ ...fault, at: entry.value.at });
    return undefined;
  }
  const known = Object.keys(LOOP_KEYS);
  for (const { key, keyAt } of entry.value.entries.filter((inner) => !known.includes(inner.key))) {
    const hint = didYouMean(key, known);
    problems.push({
      code: 'unknown-keyword',
      summary: 'Unknown keyword',
      detail: `‹loop_control› takes ${list(known)}, and no ‹${key}›.`,
      ...(hint ? { hint } : {}),
      at: keyAt,
    });
  }
  return new Fields(new Map(entry.value.entries.map((inner) => [inner.key, inner])), entry.value.at, fields.reading);
}
