// The files of a runbook: each read once, digested, parsed, its secrets opened.

import { createHash } from 'node:crypto';
import { NotPlain, readPlain } from '../../base/plain-file.ts';
import type { DynamicMap } from '../dynamic/dynamic.ts';
import { toDynamic } from '../dynamic/evaluate.ts';
import { type Position, SourceText } from '../problem/position.ts';
import type { Problem } from '../problem/problem.ts';
import type { Secret } from '../value/secret.ts';
import { type SecretOpener, type SecretSource, sealedSecrets } from '../yaml/age.ts';
import { readYaml, type YamlMap, type YamlNode, type YamlScalar } from '../yaml/yaml.ts';
import { checkName } from './variable-name.ts';

export interface FileAccess {
  readonly readFile: (path: string) => Promise<Uint8Array>;
  readonly secrets: SecretOpener;
}

/** What reads from disk. */
export const fromDisk = (path: string): Promise<Uint8Array> => readPlain(path);

export class RunbookFiles implements SecretSource {
  readonly #access: FileAccess;
  readonly #problems: Problem[];
  readonly #hash = createHash('sha256');
  readonly #read = new Map<string, YamlNode | undefined>();
  readonly #variables = new Map<string, Promise<DynamicMap | undefined>>();
  readonly #secrets = new Map<YamlScalar, Secret>();

  constructor(access: FileAccess, problems: Problem[]) {
    this.#access = access;
    this.#problems = problems;
  }

  /** The YAML of `file`, named at `from`. Undefined, with a Problem, when it can't be read or is empty. */
  async yaml(file: string, from: Position | undefined): Promise<YamlNode | undefined> {
    if (this.#read.has(file)) return this.#read.get(file);
    const source = await this.#source(file, file, from, this.#problems);
    const root = source && (await this.#parse(source));
    this.#read.set(file, root);
    return root;
  }

  /**
   * The map of variables in `path`, YAML or JSON, named at `from`; nothing in it is an empty map. `shown` is its name in
   * positions. Undefined, with Problems, when it can't be read.
   */
  variables(path: string, shown: string, from: Position, problems: Problem[]): Promise<DynamicMap | undefined> {
    const known = this.#variables.get(path);
    if (known) return known;
    const reading = this.#readVariables(path, shown, from, problems);
    this.#variables.set(path, reading);
    return reading;
  }

  /** The secret behind a `!secret` of one of the files. */
  get(node: YamlScalar): Secret | undefined {
    return this.#secrets.get(node);
  }

  /** sha256, in hex, over the bytes of all files read so far. */
  digest(): string {
    return this.#hash.copy().digest('hex');
  }

  async #readVariables(
    path: string,
    shown: string,
    from: Position,
    problems: Problem[],
  ): Promise<DynamicMap | undefined> {
    const read = await this.#source(path, shown, from, problems);
    const source = read && new SourceText(shown, read.text, true);
    if (!source) return undefined;
    const before = problems.length;
    const root = readYaml(withoutTabs(source), { version: '1.2', problems });
    if (isBroken(problems.slice(before))) return undefined;
    const empty: DynamicMap = { kind: 'map', entries: [], at: source.at(0) };
    if (root === undefined || (root.kind === 'scalar' && root.value === null)) return empty;
    if (root.kind !== 'map') {
      problems.push({
        code: 'bad-value',
        summary: 'A file of variables is a map',
        detail: `‹${shown}› is ${root.kind === 'list' ? 'a list' : 'a single value'}.`,
        hint: 'Write each variable as ‹name: value›.',
        at: root.at,
      });
      return undefined;
    }
    await this.#openSecrets([root], problems);
    const entries = root.entries.flatMap(({ key, keyAt, value }) =>
      checkName(key, keyAt, { problems }) ? [{ key, keyAt, value: toDynamic(value, problems, this) }] : [],
    );
    return { kind: 'map', entries, at: root.at };
  }

  /** The file's text, which counts into the digest. */
  async #source(
    path: string,
    shown: string,
    from: Position | undefined,
    problems: Problem[],
  ): Promise<SourceText | undefined> {
    const bytes = await this.#bytes(path, shown, from, problems);
    if (!bytes) return undefined;
    this.#hash.update(bytes);
    const text = decode(bytes);
    if (text !== undefined) return new SourceText(shown, text);
    problems.push({
      code: 'yaml-syntax',
      summary: 'A file that isn’t UTF-8',
      detail: `‹${shown}› holds bytes that no UTF-8 text has.`,
      hint: 'Convert it, with ‹iconv› say.',
      at: new SourceText(shown, '').at(0),
    });
    return undefined;
  }

  async #parse(source: SourceText): Promise<YamlNode | undefined> {
    const before = this.#problems.length;
    const root = readYaml(source, { version: '1.2', problems: this.#problems });
    if (isBroken(this.#problems.slice(before))) return undefined;
    if (root) await this.#openSecrets(secretRoots(root), this.#problems);
    else if (this.#problems.length === before) {
      this.#problems.push({
        code: 'runbook-empty',
        summary: 'An empty file',
        detail: `‹${source.file}› is empty, or holds only comments.`,
        hint: 'A runbook is a list of plays, an included file a list of tasks.',
        at: source.at(0),
      });
    }
    return root;
  }

  async #bytes(
    path: string,
    file: string,
    from: Position | undefined,
    problems: Problem[],
  ): Promise<Uint8Array | undefined> {
    try {
      return await this.#access.readFile(path);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
      const missing = code === 'ENOENT' || code === 'ENOTDIR';
      const reason = error instanceof NotPlain ? error.message : (REASONS[code] ?? code);
      problems.push({
        code: missing ? 'file-missing' : 'file-unreadable',
        summary: missing ? 'No such file' : 'A file that can’t be read',
        detail: missing ? `‹${file}› doesn't exist.` : `‹${file}›: ${reason}.`,
        ...(from ? { hint: 'The path is relative to the file that names it.', at: from } : {}),
      });
      return undefined;
    }
  }

  async #openSecrets(nodes: readonly YamlNode[], problems: Problem[]): Promise<void> {
    const opened = await this.#access.secrets.open(nodes, problems);
    for (const { node } of nodes.flatMap((inner) => sealedSecrets(inner))) {
      const secret = opened.get(node);
      if (secret) this.#secrets.set(node, secret);
    }
  }
}

const REASONS: Readonly<Record<string, string>> = { EACCES: 'permission denied', EISDIR: 'it is a directory' };

/** The text without its byte order mark; undefined when the bytes are no UTF-8. */
function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Guesses about broken YAML would only bury the problem that broke it. */
export function isBroken(problems: readonly Problem[]): boolean {
  return problems.some(({ code }) => code === 'yaml-syntax' || code === 'yaml-tab');
}

/** In JSON a tab is white space wherever it stands unescaped. */
function withoutTabs(source: SourceText): SourceText {
  if (!source.text.includes('\t') || !/^\s*\{/.test(source.text)) return source;
  try {
    JSON.parse(source.text);
  } catch {
    return source; // YAML, or broken: told by whoever reads it
  }
  return source.with(source.text.replaceAll('\t', ' '));
}

/** Nodes from which secrets get their names: the maps of variables (`db.password`), else the key beside the secret. */
function secretRoots(node: YamlNode): YamlNode[] {
  if (node.kind === 'list') return node.items.flatMap(secretRoots);
  if (node.kind === 'scalar') return [];
  return node.entries.flatMap((entry): YamlNode[] => {
    if (entry.key === 'vars' || entry.key === 'defaults') return [entry.value];
    const only: YamlMap = { kind: 'map', entries: [entry], at: node.at };
    return entry.value.kind === 'scalar' ? [only] : secretRoots(entry.value);
  });
}
