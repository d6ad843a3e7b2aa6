// What is wanted of a file of NAME=value lines, and how it travels to the host: as standard input, since values may be
// secrets.
import { createHash } from 'node:crypto';
import { Secret } from '../../engine/language/value/secret.ts';
import { Content } from '../../engine/module/content.ts';
import type { Ownership } from '../../engine/resources/file/attributes.ts';

export const ENCODINGS = ['hex', 'base64', 'base64url'] as const;

/** A secret that the host makes: random bytes, and how they are written. */
export interface Recipe {
  readonly bytes: number;
  readonly encoding: (typeof ENCODINGS)[number];
}

export interface EnvWant extends Ownership {
  readonly path: string;
  readonly state: 'present' | 'absent';
  readonly values: Readonly<Record<string, Content>>;
  readonly generate: Readonly<Record<string, Recipe>>;
  readonly perHost: boolean;
  /** How many hosts the task is for. */
  readonly hosts: number;
  /** Extended regular expressions, each for the whole of a value. */
  readonly required: Readonly<Record<string, string>>;
  /** The same for groups of names, of which all have to be there or none. */
  readonly optional: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly placeholders: readonly string[];
  readonly remove: readonly string[];
}

/** The names that a task edits. */
export function namesOf({ values, generate, remove }: EnvWant): readonly string[] {
  return [...Object.keys(values), ...Object.keys(generate), ...remove];
}

/** Whether the task only takes names away: then there need be no file. */
export function onlyRemoves({ state, values, generate, remove }: EnvWant): boolean {
  return state === 'present' && remove.length > 0 && Object.keys({ ...values, ...generate }).length === 0;
}

/** What is read in place of a secret until somebody makes one. */
export const PLACEHOLDER = 'generate-me-in-production';

/** The patterns of all names whose values are tested. */
export function testedNames({ required, optional }: Pick<EnvWant, 'required' | 'optional'>): EnvWant['required'] {
  const all: EnvWant['required'] = Object.assign({}, ...Object.values(optional), required);
  return Object.fromEntries(
    Object.entries(all).flatMap(([key, pattern]) => eitherOf(key).map((name) => [name, pattern])),
  );
}

/** `A|B`: one of them will do. */
export function eitherOf(key: string): readonly string[] {
  return key.split('|');
}

/** The same for people. */
export function shownKey(key: string): string {
  return eitherOf(key).join(' or ');
}

/** INPUT of env.awk. Secret when a value is. */
export function envInput(want: EnvWant): Content {
  const { values, generate, placeholders, remove } = want;
  const rows = [
    ...[...new Set([PLACEHOLDER, ...placeholders])].map((text) => `p ${text}`),
    ...Object.entries(values).map(([name, value]) => `v ${name}=${textOf(value)}`),
    ...Object.entries(generate).flatMap(([name, recipe]) => [`g ${name}`, `s ${name}=${sampleOf(recipe)}`]),
    ...Object.keys(testedNames(want)).map((name) => `r ${name}`),
    ...remove.map((name) => `x ${name}`),
  ];
  const text = rows.map((row) => `${row}\n`).join('');
  return Content.of(Object.values(values).some(({ secret }) => secret) ? new Secret('values', text) : text);
}

/** The names whose values can't stand in a line: systemd takes no control characters, and a shell no NUL. */
export function unfit(values: EnvWant['values']): readonly string[] {
  return Object.keys(values).filter((name) => /[\u0000-\u0008\u000a-\u001f\u007f]/.test(textOf(values[name])));
}

/** How many characters such a secret has. */
export function lengthOf({ bytes, encoding }: Recipe): number {
  if (encoding === 'hex') return bytes * 2;
  return encoding === 'base64' ? Math.ceil(bytes / 3) * 4 : Math.ceil((bytes * 4) / 3);
}

/** What one might look like: always the same, for a pattern to be tried on. */
function sampleOf({ bytes, encoding }: Recipe): string {
  const blocks = Array.from({ length: Math.ceil(bytes / 32) }, (_, index) =>
    createHash('sha256').update(`${index}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, bytes).toString(encoding);
}

function textOf(value: Content | undefined): string {
  return value?.bytes().toString('utf8') ?? '';
}
