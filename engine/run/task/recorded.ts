// A result as events and the record have it: what a task's `output_limit` keeps beyond the usual is for conditions only.
import { isList, mapMembers } from '../../base/plain-data.ts';
import type { Json } from '../../event/event.ts';
import { outputLimit } from '../../transport/shell/answers.ts';

/** Texts, and lists of texts together, up to the usual limit of an output; an ellipsis stands for the rest. */
export function recorded(value: Json): Json {
  if (typeof value === 'string') return value.length > outputLimit ? `${value.slice(0, outputLimit)}…` : value;
  if (typeof value !== 'object' || value === null) return value;
  if (!isList(value)) return mapMembers(value, recorded);
  let room = outputLimit;
  const end = value.findIndex((item) => {
    room -= typeof item === 'string' ? item.length : 0;
    return room < 0;
  });
  return end < 0 ? value.map(recorded) : [...value.slice(0, end), '…'];
}
