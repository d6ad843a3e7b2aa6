// `group_vars/` and `host_vars/`: a file or a directory for each group and host, beside the inventory.
import { extname, join } from 'node:path';
import type { RawVariable } from '../model/builder.ts';
import { type Listing, listDirectory } from '../model/directory.ts';
import type { FileReader } from './file-reader.ts';
import { readData } from './read-data.ts';

/** A directory in which `group_vars/` and `host_vars/` are looked for. */
export interface VarsRoot {
  /** Absolute. */
  readonly path: string;
  /** What positions call it. */
  readonly shown: string;
}

const EXTENSIONS = ['.yml', '.yaml', '.json'];

/** Reads variables files, each once. Source: Ansible's `host_group_vars` plugin and its `find_vars_files`. */
export class VarsFiles {
  readonly #files: FileReader;
  readonly #listings = new Map<string, Promise<Listing>>();
  readonly #variables = new Map<string, Promise<readonly RawVariable[]>>();

  constructor(files: FileReader) {
    this.#files = files;
  }

  /** The variables of a group or host below `root`, in the order of the files: of two with one name the later wins. */
  of(root: VarsRoot, folder: 'group_vars' | 'host_vars', name: string): Promise<readonly RawVariable[]> {
    const key = join(root.path, folder, '\0', name);
    const known = this.#variables.get(key);
    if (known) return known;
    const reading = this.#readAll(root, folder, name);
    this.#variables.set(key, reading);
    return reading;
  }

  async #readAll(root: VarsRoot, folder: string, name: string): Promise<readonly RawVariable[]> {
    // A host may be called like a path (a chroot): never leave the directory.
    if (name.includes('/') || name === '.' || name === '..') return [];
    const variables: RawVariable[] = [];
    for (const file of await this.#find(root, folder, name)) {
      variables.push(...(await this.#readOne(root, join(folder, file))));
    }
    return variables;
  }

  /** Paths within `folder`: the first of `NAME`, `NAME.yml` … that exists, or all in it when it is a directory. */
  async #find(root: VarsRoot, folder: string, name: string): Promise<readonly string[]> {
    const listing = await this.#list(join(root.path, folder));
    const [first, ...others] = ['', ...EXTENSIONS].map((end) => name + end).filter((file) => listing.has(file));
    if (first === undefined) return [];
    const isDirectory = listing.get(first) === 'directory';
    for (const other of others) {
      this.#files.problems.push({
        code: 'inventory-shape',
        severity: 'warning',
        summary: 'A variables file isn’t read',
        detail: `‹${join(root.shown, folder, other)}› isn’t read, since there is ‹${first}${isDirectory ? '/' : ''}› too and only one counts, as in Ansible.`,
        hint: isDirectory ? `Move it into ‹${join(folder, first)}/›.` : 'Put both into one file.',
      });
    }
    return isDirectory ? this.#within(join(root.path, folder), first) : [first];
  }

  async #within(base: string, directory: string): Promise<readonly string[]> {
    const found: string[] = [];
    for (const [name, kind] of await this.#list(join(base, directory))) {
      if (name.startsWith('.') || name.endsWith('~')) continue;
      const extension = extname(name);
      const path = join(directory, name);
      if (kind === 'directory' && extension === '') found.push(...(await this.#within(base, path)));
      else if (kind === 'file' && (extension === '' || EXTENSIONS.includes(extension))) found.push(path);
    }
    return found;
  }

  #list(path: string): Promise<Listing> {
    const known = this.#listings.get(path);
    if (known) return known;
    const listing = listDirectory(path, this.#files.problems);
    this.#listings.set(path, listing);
    return listing;
  }

  async #readOne(root: VarsRoot, file: string): Promise<readonly RawVariable[]> {
    const source = await this.#files.read(join(root.path, file), join(root.shown, file), root.path, true);
    const node = source && readData(source, this.#files.problems);
    if (!node) return [];
    if (node.kind !== 'map') {
      this.#files.problems.push({
        code: 'inventory-shape',
        summary: 'A variables file is a map',
        hint: 'Write each variable as ‹name: value›.',
        at: node.at,
      });
      return [];
    }
    const variables = node.entries.map(({ key, keyAt, value }) => {
      return { name: key, node: value, from: file, at: keyAt, directory: root.path };
    });
    return variables.filter((variable) => variable.name !== 'ansible_group_priority' || this.#refusePriority(variable));
  }

  #refusePriority({ at }: RawVariable): false {
    this.#files.problems.push({
      code: 'inventory-shape',
      severity: 'warning',
      summary: 'A group’s priority has no effect here',
      detail: 'The groups are ordered before these files are read, as in Ansible.',
      hint: 'Set it in the inventory file, below the ‹vars› of the group.',
      at,
    });
    return false;
  }
}
