// vrun.yml: what a project sets once. Sought upward from the working directory; .vrun/ lies beside it.
import { lstat } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { systemReason } from '../../base/file-error.ts';
import type { FilesRead } from '../../base/files-read.ts';
import { readPlain, textOf } from '../../base/plain-file.ts';
import { didYouMean } from '../../language/problem/did-you-mean.ts';
import { type Position, SourceText } from '../../language/problem/position.ts';
import { fail, type Problem, ProblemError } from '../../language/problem/problem.ts';
import { readYaml, type YamlNode } from '../../language/yaml/yaml.ts';

/** A project and its settings. Paths are absolute. */
export interface Config {
  /** Where vrun.yml lies, else the working directory. */
  readonly root: string;
  readonly inventory: readonly string[];
  readonly forks: number | undefined;
  readonly knownHosts: readonly string[];
  /** What signs the record: a key's file, `agent`, or `agent:` and which key. */
  readonly signer: string | undefined;
  readonly signerIdentity: string | undefined;
  readonly allowedSigners: string | undefined;
  /** The record's directory: `.vrun` unless set. */
  readonly record: string;
  /** The age identity for `!secret`. */
  readonly identity: string | undefined;
  /** Whom secrets are encrypted for. */
  readonly recipients: readonly string[];
  /** Who may take part in dispatched runs: `workers.yml` unless set. */
  readonly workers: string;
  /** Where the project's own modules may be; undefined without a vrun.yml. */
  readonly modules: string | undefined;
  /** The modules of vrun's that the project's own stand in for, each with its place. */
  readonly overrideModules: readonly { readonly name: string; readonly at: Position }[];
}

const KEYS = [
  'inventory',
  'forks',
  'known_hosts',
  'signer',
  'signer_identity',
  'allowed_signers',
  'record',
  'identity',
  'recipients',
  'workers',
  'override_modules',
];

/**
 * Reads the settings of the project that `cwd` is in; the file is noted in `read`.
 * It isn't sought above `top`.
 * @throws ProblemError with everything that is wrong in vrun.yml
 */
export async function readConfig(cwd: string, home: string, read?: FilesRead, top = '/'): Promise<Config> {
  const file = await findUpward(cwd, 'vrun.yml', top);
  const root = file === undefined ? cwd : dirname(file);
  const settings = file === undefined ? new Map<string, YamlNode>() : await readSettings(file, cwd, read);
  const problems: Problem[] = [];
  const path = (text: string) => resolve(root, text.replace(/^~(?=\/|$)/, home));
  const texts = (key: string) => textsOf(settings.get(key), problems);
  const text = (key: string) => texts(key)[0];
  const optional = (key: string) => {
    const found = text(key);
    return found === undefined ? undefined : path(found);
  };
  const signer = text('signer');
  const config: Config = {
    root,
    // A comma list names hosts, not files.
    inventory: texts('inventory').map((source) => (source.includes(',') ? source : path(source))),
    forks: forksOf(settings.get('forks'), problems),
    knownHosts: texts('known_hosts').map(path),
    signer: signer === undefined || signer.startsWith('agent') ? signer : path(signer),
    signerIdentity: text('signer_identity'),
    allowedSigners: optional('allowed_signers'),
    record: optional('record') ?? join(root, '.vrun'),
    identity: optional('identity'),
    recipients: texts('recipients'),
    workers: optional('workers') ?? join(root, 'workers.yml'),
    modules: file === undefined ? undefined : join(root, 'modules'),
    overrideModules: textNodesOf(settings.get('override_modules'), problems).map(({ text: name, at }) => ({
      name,
      at,
    })),
  };
  if (problems.length > 0) throw new ProblemError(problems);
  return config;
}

async function findUpward(from: string, name: string, top: string): Promise<string | undefined> {
  for (let directory = from; ; directory = dirname(directory)) {
    const file = join(directory, name);
    if (await isThere(file)) return file;
    if (directory === top || dirname(directory) === directory) return undefined;
  }
}

/** A link that leads nowhere is there, too: whoever put it there means settings. */
async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

async function readBytes(file: string, shown: string): Promise<Buffer> {
  try {
    const bytes = await readPlain(file);
    textOf(bytes);
    return bytes;
  } catch (error) {
    const detail = systemReason(error) ?? (error instanceof Error ? error.message : String(error));
    return fail({ code: 'file-unreadable', summary: `‹${shown}› can't be read`, detail });
  }
}

async function readSettings(file: string, cwd: string, read?: FilesRead): Promise<Map<string, YamlNode>> {
  const problems: Problem[] = [];
  const shown = relative(cwd, file);
  const bytes = await readBytes(file, shown);
  read?.file(file, bytes);
  const source = new SourceText(shown, bytes.toString('utf8'));
  const node = readYaml(source, { version: '1.2', problems });
  const settings = new Map<string, YamlNode>();
  if (node?.kind === 'map') {
    for (const { key, keyAt, value } of node.entries) {
      if (KEYS.includes(key)) settings.set(key, value);
      else {
        const hint = didYouMean(key, KEYS) ?? `There are ${KEYS.join(', ')}.`;
        problems.push({ code: 'config', summary: `‹${key}› is no setting of vrun.yml`, hint, at: keyAt });
      }
    }
  } else if (node) {
    problems.push({ code: 'config', summary: 'vrun.yml is a map of settings', at: node.at });
  }
  if (problems.length > 0) throw new ProblemError(problems);
  return settings;
}

function textsOf(node: YamlNode | undefined, problems: Problem[]): readonly string[] {
  return textNodesOf(node, problems).map(({ text }) => text);
}

function textNodesOf(
  node: YamlNode | undefined,
  problems: Problem[],
): readonly { readonly text: string; readonly at: Position }[] {
  if (node === undefined) return [];
  if (node.kind === 'list') return node.items.flatMap((item) => textNodesOf(item, problems));
  if (node.kind === 'scalar' && typeof node.value === 'string' && node.value !== '') {
    return [{ text: node.value, at: node.at }];
  }
  problems.push({ code: 'config', summary: 'a text is wanted here', at: node.at });
  return [];
}

function forksOf(node: YamlNode | undefined, problems: Problem[]): number | undefined {
  if (node === undefined) return undefined;
  if (node.kind === 'scalar' && typeof node.value === 'number' && Number.isInteger(node.value) && node.value > 0) {
    return node.value;
  }
  problems.push({ code: 'config', summary: '‹forks› is a whole number above zero', at: node.at });
  return undefined;
}
