// What a `-i` argument is: a comma list, a directory, an executable, or a file; and which reader takes it.

import { access, constants } from 'node:fs/promises';
import { dirname, extname, isAbsolute, join, resolve } from 'node:path';
import { openPlain } from '../../base/plain-file.ts';
import type { Position } from '../../language/problem/position.ts';
import type { Problem } from '../../language/problem/problem.ts';
import type { YamlNode } from '../../language/yaml/yaml.ts';
import type { InventoryBuilder, InventorySource } from '../model/builder.ts';
import { kindOfPath, listDirectory } from '../model/directory.ts';
import { defineHosts } from './define-hosts.ts';
import type { FileReader } from './file-reader.ts';
import { addIni } from './ini.ts';
import { readData } from './read-data.ts';
import type { ScriptOptions } from './run-script.ts';
import { addScript } from './script.ts';
import type { VarsRoot } from './vars-files.ts';
import { addYaml } from './yaml.ts';

/** Endings that Ansible skips in a directory; `~` ends an editor's backup. */
const SKIPPED = /(?:\.pyc|\.pyo|\.swp|\.bak|~|\.rpm|\.md|\.txt|\.rst|\.orig|\.ini|\.cfg|\.retry)$/;
const VARS = /^(?:host_vars|group_vars|vars_plugins)$/;
const YAML = ['.yml', '.yaml', '.json'];

export interface SourceContext {
  /** Absolute. */
  readonly cwd: string;
  readonly builder: InventoryBuilder;
  readonly files: FileReader;
  readonly script: ScriptOptions;
}

/** Reads one `-i` argument into the builder. Returns where its `group_vars/` and `host_vars/` are, if it has any. */
export async function addSource(argument: string, context: SourceContext): Promise<VarsRoot | undefined> {
  if (argument.trim() === '') {
    context.files.problems.push({
      code: 'usage',
      summary: 'An inventory needs a name',
      detail: 'Nothing stands behind -i.',
      hint: 'Give a YAML or INI file, a directory, an executable, or names with commas.',
    });
    return undefined;
  }
  const path = isAbsolute(argument) ? argument : resolve(context.cwd, argument);
  const kind = await kindOfPath(path);
  if (kind === undefined && argument.includes(',')) {
    addList(argument, context);
    return undefined;
  }
  if (kind === undefined) {
    const name = /^[\w.-]+$/.test(argument)
      ? `\nFor a host of that name, write a comma after it:\n    -i ${argument},`
      : '';
    context.files.problems.push({
      code: 'file-missing',
      summary: 'The inventory is missing',
      detail: `There is no file or directory ‹${argument}›.`,
      hint: `Give a YAML or INI file, a directory, an executable, or names with commas.${name}`,
    });
    return undefined;
  }
  if (kind === 'directory') {
    await addDirectory(path, argument, context, true);
    return { path, shown: argument };
  }
  await addFile({ path, file: argument, directory: dirname(path) }, context);
  return { path: dirname(path), shown: dirname(argument) };
}

function addList(argument: string, { builder, files, cwd }: SourceContext): void {
  files.remember('-i', argument);
  let offset = 0;
  for (const part of argument.split(',')) {
    const pattern = part.trim();
    const column = offset + part.indexOf(pattern) + 1;
    offset += part.length + 1;
    if (pattern === '') continue;
    const at: Position = { file: '-i', line: 1, column, length: pattern.length, text: argument };
    const source = { path: argument, file: '-i', directory: cwd };
    defineHosts(builder, source, { pattern, at, group: 'ungrouped', variables: [] });
  }
}

async function addDirectory(path: string, shown: string, context: SourceContext, outermost: boolean): Promise<void> {
  const { problems } = context.files;
  for (const [name, kind] of await listDirectory(path, problems)) {
    const at = { path: join(path, name), file: join(shown, name) };
    if (VARS.test(name)) {
      if (!outermost || name === 'vars_plugins') problems.push(unreadVars(at.file));
    } else if (name.startsWith('.') || SKIPPED.test(name)) {
      // Left out as Ansible does; hidden files, backups and notes are no inventories.
    } else if (kind === 'directory') {
      await addDirectory(at.path, at.file, context, false);
    } else {
      await addFile({ ...at, directory: path }, context);
    }
  }
}

async function addFile(source: InventorySource, context: SourceContext): Promise<void> {
  const { builder, files } = context;
  const program = await programKind(source.path);
  if (program === 'executable') {
    files.rememberOutput(source.path, await addScript(builder, source, context.script));
    return;
  }
  const text = await files.read(source.path, source.file, source.directory);
  if (!text) return;
  if (program === 'script') {
    files.problems.push({
      code: 'inventory-shape',
      summary: 'This inventory is a program that may not be run',
      detail: `‹${source.file}› begins with ‹#!›, but isn’t executable.`,
      hint: `If it is a dynamic inventory:\n    chmod +x ${source.file}`,
      at: text.at(0, 2),
    });
    return;
  }
  const extension = extname(source.path);
  if (extension === '.toml') {
    files.problems.push({
      code: 'not-built',
      summary: 'Inventories in TOML aren’t read',
      detail: `‹${source.file}› is one.`,
      hint: `Write it as YAML; Ansible can do so:\n    ansible-inventory -i ${source.file} --list --export --yaml`,
      at: text.at(0),
    });
    return;
  }
  if (extension !== '' && !YAML.includes(extension)) {
    addIni(builder, source, text);
    return;
  }
  const problems: Problem[] = [];
  const node = readData(text, problems);
  if (extension === '' && !(problems.length === 0 && holdsGroups(node)) && !looksLikeYaml(text.text)) {
    addIni(builder, source, text);
    return;
  }
  files.problems.push(...problems);
  // Of broken YAML only the break is told: what the parser made of the rest is nobody's intention.
  const broken = problems.some(({ code }) => code === 'yaml-syntax' || code === 'yaml-tab');
  if (node && !broken) addYaml(builder, source, node);
}

/** A map of maps. The INI line `web1 a="b: c"` is a YAML map too, but of text. */
function holdsGroups(node: YamlNode | undefined): boolean {
  if (node?.kind !== 'map') return false;
  return node.entries.every(({ value }) => value.kind === 'map' || (value.kind === 'scalar' && value.value === null));
}

/**
 * Of a file without an extension that can't be read as a map of groups: whether YAML was meant. Its first line that says
 * something is then a key, a list's item or a document's start, and not a `[section]` or a host.
 */
function looksLikeYaml(text: string): boolean {
  const line = text.split(/\r?\n/).find((each) => !/^\s*(?:[#;].*)?$/.test(each)) ?? '';
  return /^(?:---|%YAML|\$ANSIBLE_VAULT|- |\{|"?[^\s"=[]+"?\s*:(?:\s|$))/.test(line);
}

/** `executable`: can be run. `script`: begins with `#!` but may not be run. Otherwise data, whatever its mode bits say. */
async function programKind(path: string): Promise<'executable' | 'script' | 'data'> {
  const start = Buffer.alloc(4);
  try {
    const file = await openPlain(path);
    try {
      await file.read(start, 0, 4, 0);
    } finally {
      await file.close();
    }
  } catch {
    // Reading the file will say why it can't be read.
    return 'data';
  }
  const script = start.toString('latin1', 0, 2) === '#!';
  if (!script && start.toString('latin1') !== '\x7fELF') return 'data';
  try {
    await access(path, constants.X_OK);
    return 'executable';
  } catch {
    return script ? 'script' : 'data';
  }
}

function unreadVars(shown: string): Problem {
  return {
    code: 'inventory-shape',
    severity: 'warning',
    summary: 'A directory of variables isn’t read',
    detail: `‹${shown}›: only those beside the inventory that is given with -i count, as in Ansible.`,
    hint: 'Move it up, or give the inner directory with an -i of its own.',
  };
}
