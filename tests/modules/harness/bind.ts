// From parameters as a runbook has them to what a module's probe and plan get, as the engine does it.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { localArchive, lookInto } from '../../../engine/archive/members.ts';
import { compileParams, isInline, type JsonSchema, memberSchema } from '../../../engine/language/parameters/schema.ts';
import { validateParams } from '../../../engine/language/parameters/validate.ts';
import {
  Content,
  type LocalArchive,
  type LocalSource,
  type LocalTarget,
  type Module,
  type Output,
  Secret,
  type TaskTraits,
  type TreeItem,
} from '../../../engine/module/index.ts';
import { commandWords } from '../../../engine/module/shell-words.ts';

/** A file or directory of the controller: text, bytes, or the texts of a directory's files. */
export type Local = string | Secret | Uint8Array | Readonly<Record<string, string>>;

/** What `src` and `template` parameters find on the controller, by name. */
export type Locals = Readonly<Record<string, Local>>;
/** As in a runbook; a Secret may stand where the schema takes a text. */
export type Params = Readonly<Record<string, unknown>>;

/** From parameters as written to what `plan` gets, as the engine does it. Throws for parameters that are refused. */
export function bind(
  module: Module,
  params: Params,
  local: Locals = {},
  traits: TaskTraits = { readOnly: false, hosts: 1 },
): unknown {
  const syntax = { ...module, check: (values: Readonly<Record<string, unknown>>) => module.checkParams(values) };
  const at = { file: 'table', line: 1, column: 1, length: 1, text: '' };
  const bound = validateParams(syntax, params, () => at);
  if (bound.problems.length > 0) throw new Error(bound.problems.map((problem) => problem.summary).join('; '));
  const { schema } = compileParams(module.params);
  return module.prepare(materialize(schema, bound.params, local), traits);
}

function materialize(schema: JsonSchema, value: unknown, local: Locals): unknown {
  if (value === undefined) return undefined;
  if (schema.vrun === 'local-file' && isInline(schema, String(value))) {
    return { name: '', content: Content.of(String(value)), tree: undefined };
  }
  if (schema.vrun === 'text') return Content.of(value instanceof Secret ? value : String(value));
  if (schema.vrun === 'local-command') {
    const words = commandWords(value);
    return { words, file: source(words[0] ?? '', local) };
  }
  if (schema.vrun === 'local-file' || schema.vrun === 'local-template') return source(String(value), local);
  if (schema.vrun === 'local-tree') return { name: String(value), items: itemsOf(local[String(value)]) };
  if (schema.vrun === 'local-archive') return archive(String(value), local);
  if (schema.vrun === 'local-target') return target(String(value), local);
  if (schema.anyOf?.some(({ vrun }) => vrun === 'text') && typeof value !== 'object') return Content.of(String(value));
  if (value instanceof Secret && schema.anyOf?.some(({ vrun }) => vrun === 'text')) return Content.of(value);
  const { items } = schema;
  if (Array.isArray(value) && items) return value.map((item) => materialize(items, item, local));
  if (Array.isArray(value) || typeof value !== 'object' || value === null || value instanceof Secret) return value;
  const given = new Map<string, unknown>(Object.entries(value));
  const properties: Readonly<Record<string, JsonSchema>> = schema.properties ?? {};
  const besides = Object.entries(properties).flatMap(([key, { vrunBeside }]) => {
    const name = vrunBeside && `${given.get(vrunBeside.parameter)}${vrunBeside.suffix}`;
    return name === undefined || given.has(key) || local[name] === undefined
      ? []
      : [[key, source(name, local)] as const];
  });
  return Object.fromEntries([
    ...besides,
    ...[...given].map(([key, member]) => {
      const shape = memberSchema(schema, key);
      const spared =
        shape?.vrunUnless !== undefined &&
        Object.entries(value).some(([name, other]) => name === shape.vrunUnless && other === true);
      return [key, shape && !spared ? materialize(shape, member, local) : member] as const;
    }),
  ]);
}

function source(name: string, local: Locals): LocalSource {
  const found = local[name];
  if (found === undefined) throw new Error(`the row has no local file ${name}`);
  if (found instanceof Uint8Array) {
    const archive = () => lookInto(name, written(name, found));
    return { name, content: Content.of(found), mode: 0o640, tree: undefined, archive };
  }
  if (typeof found === 'string' || found instanceof Secret) {
    return { name, content: Content.of(found), mode: 0o640, tree: undefined };
  }
  return { name, content: Content.of(''), tree: () => itemsOf(found) };
}

/** What is in a directory or an archive, from its texts; a text that begins with `→ ` is a link. */
function itemsOf(files: Local | undefined): readonly TreeItem[] {
  if (typeof files !== 'object' || files instanceof Secret || files instanceof Uint8Array) {
    throw new Error('the row has no such directory');
  }
  return Object.entries(files).map(([path, text]) => {
    const item = { path: path.replace(/\/$/, ''), mode: 0o644, modified: 0 };
    if (text.startsWith('→ ')) return { ...item, kind: 'link', target: text.slice(2) };
    if (path.endsWith('/')) return { ...item, mode: 0o755, kind: 'directory' };
    return { ...item, kind: 'file', content: Content.of(text) };
  });
}

/** The texts of what is in it, or the bytes of a real one. */
function archive(name: string, local: Locals): LocalArchive {
  const found = local[name];
  if (!(found instanceof Uint8Array)) return { name, items: () => itemsOf(found) };
  return localArchive(name, written(name, found));
}

function written(name: string, bytes: Uint8Array): string {
  const path = join(mkdtempSync(join(tmpdir(), 'vrun-archive-')), basename(name));
  writeFileSync(path, bytes);
  return path;
}

/** A place on the controller; what is there is found under its name. */
function target(path: string, local: Locals): LocalTarget {
  const found = local[path];
  const sha256 = typeof found === 'string' ? Content.of(found).sha256 : undefined;
  const at = (name: string) => (path.endsWith('/') ? `/here/${path}host/${name}` : `/here/${path}`);
  return { path: at, sha256: () => sha256 };
}

/** An output: what a transcript file (`user/transcripts/bookworm/1.json`) holds, or what is given, with the rest filled in. */
export function output(given: string | Partial<Output>): Output {
  if (typeof given === 'string') {
    const transcript: Pick<Output, 'status' | 'stdout' | 'stderr'> = JSON.parse(
      readFileSync(new URL(`../${given}`, import.meta.url), 'utf8'),
    );
    return output(transcript);
  }
  const stdout = given.stdout ?? '';
  return {
    status: 0,
    stdout,
    stderr: '',
    stdoutBytes: Buffer.from(stdout),
    truncated: false,
    timedOut: false,
    ...given,
  };
}
