// The files of a runbook: each read once, digested, parsed, its secrets opened.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { closedSecrets, type Identity, type SecretSource, sealedSecrets, unsealSecrets } from './age.ts';
import { type Position, SourceText } from './position.ts';
import type { Problem } from './problem.ts';
import type { Secret } from './secret.ts';
import { readYaml, type YamlMap, type YamlNode, type YamlScalar } from './yaml.ts';

export interface FileAccess {
  readonly readFile: (path: string) => Promise<Uint8Array>;
  /** Undefined: secrets stay closed, for a runbook that will not run. */
  readonly identities: readonly Identity[] | undefined;
}

/** What reads from disk. */
export const fromDisk = (path: string): Promise<Uint8Array> => readFile(path);

export class RunbookFiles implements SecretSource {
  readonly #access: FileAccess;
  readonly #problems: Problem[];
  readonly #hash = createHash('sha256');
  readonly #read = new Map<string, YamlNode | undefined>();
  readonly #secrets = new Map<YamlScalar, Secret>();

  constructor(access: FileAccess, problems: Problem[]) {
    this.#access = access;
    this.#problems = problems;
  }

  /** The YAML of `file`, named at `from`. Undefined, with a Problem, when it can't be read or is empty. */
  async yaml(file: string, from: Position | undefined): Promise<YamlNode | undefined> {
    if (this.#read.has(file)) return this.#read.get(file);
    const root = await this.#parse(file, from);
    this.#read.set(file, root);
    return root;
  }

  /** The secret behind a `!secret` of one of the files. */
  get(node: YamlScalar): Secret | undefined {
    return this.#secrets.get(node);
  }

  /** sha256, in hex, over the bytes of all files read so far. */
  digest(): string {
    return this.#hash.copy().digest('hex');
  }

  async #parse(file: string, from: Position | undefined): Promise<YamlNode | undefined> {
    const bytes = await this.#bytes(file, from);
    if (!bytes) return undefined;
    this.#hash.update(bytes);
    const text = decode(bytes);
    if (text === undefined) {
      this.#problems.push({
        code: 'yaml-syntax',
        summary: 'A file that isn’t UTF-8',
        detail: `‹${file}› holds bytes that no UTF-8 text has.`,
        hint: 'Convert it, with ‹iconv› say.',
        at: new SourceText(file, '').at(0),
      });
      return undefined;
    }
    const source = new SourceText(file, text);
    const before = this.#problems.length;
    const root = readYaml(source, { version: '1.2', problems: this.#problems });
    // Guesses about broken YAML would only bury the problem that broke it.
    if (this.#problems.slice(before).some(({ code }) => code === 'yaml-syntax' || code === 'yaml-tab'))
      return undefined;
    if (root) await this.#openSecrets(root);
    else if (this.#problems.length === before) {
      this.#problems.push({
        code: 'runbook-empty',
        summary: 'An empty file',
        detail: `‹${file}› holds nothing but comments, if that.`,
        hint: 'A runbook is a list of plays, an included file a list of tasks.',
        at: source.at(0),
      });
    }
    return root;
  }

  async #bytes(file: string, from: Position | undefined): Promise<Uint8Array | undefined> {
    try {
      return await this.#access.readFile(file);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
      const missing = code === 'ENOENT' || code === 'ENOTDIR';
      this.#problems.push({
        code: missing ? 'file-missing' : 'file-unreadable',
        summary: missing ? 'No such file' : 'A file that can’t be read',
        detail: missing ? `‹${file}› doesn't exist.` : `‹${file}›: ${REASONS[code] ?? code}.`,
        ...(from ? { hint: 'The path is relative to the file that names it.', at: from } : {}),
      });
      return undefined;
    }
  }

  async #openSecrets(root: YamlNode): Promise<void> {
    const nodes = secretRoots(root);
    const { identities } = this.#access;
    const opened = identities ? await unsealSecrets(nodes, identities, this.#problems) : closedSecrets(nodes);
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
