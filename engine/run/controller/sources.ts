// Files on the controller that tasks name: sought beside the runbook first, then in the project's root.

import { statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { localArchive, lookInto } from '../../archive/members.ts';
import { FilesRead } from '../../base/files-read.ts';
import { kindOfFile, readPlainSync, textOf } from '../../base/plain-file.ts';
import type { Position } from '../../language/problem/position.ts';
import { SourceText } from '../../language/problem/position.ts';
import { fail, ProblemError } from '../../language/problem/problem.ts';
import { compileTemplateFile, type Template } from '../../language/template/template.ts';
import {
  type ArchiveLook,
  Content,
  type LocalArchive,
  type LocalSource,
  type LocalTarget,
  type LocalTree,
} from '../../module/index.ts';
import { fileContent } from './file-content.ts';
import { localTarget } from './local-target.ts';
import { localTree } from './local-tree.ts';

/** A template and the permission bits of its file, 0–07777. */
export interface TemplateFile {
  readonly template: Template;
  readonly mode: number;
}

export type SourceKind = 'files' | 'templates' | 'vars';

/** Reads each file once a run: what the dry run of one host saw, every host sees. */
export class Sources {
  readonly #root: string;
  readonly #cwd: string;
  readonly #read: FilesRead;
  readonly #base: string;
  readonly #files = new Map<string, LocalSource>();
  readonly #templates = new Map<string, TemplateFile>();
  readonly #claims = new Map<string, string>();
  readonly #trees = new Map<string, LocalTree>();
  readonly #archives = new Map<string, LocalArchive>();

  /**
   * `root` is the project's root: where `vrun.yml` lies, else the working directory. Shown paths are relative to `cwd`.
   * What is read is noted in `read`. Absolute names are below `base`.
   */
  constructor(root: string, cwd: string, read: FilesRead = new FilesRead(cwd), base = '') {
    this.#root = root;
    this.#cwd = cwd;
    this.#read = read;
    this.#base = base;
  }

  /**
   * The path of `name`: in `files/` (`templates/`, `vars/`) beside the runbook, in the runbook's directory, in `files/` or
   * `templates/` one level up (`runbooks/` and `templates/` are usually neighbours), then in the project's root.
   * @throws ProblemError 'file-missing' that lists where it was sought; 'file-unreadable' for what is neither file nor directory.
   */
  find(kind: SourceKind, name: string, runbook: string, at: Position): string {
    const beside = this.directoryOf(runbook);
    const candidates = isAbsolute(name)
      ? [`${this.#base}${name}`]
      : [
          ...new Set([
            join(beside, kind, name),
            join(beside, name),
            join(beside, '..', kind, name),
            join(this.#root, kind, name),
            join(this.#root, name),
          ]),
        ];
    for (const path of candidates) {
      const found = readable(path, at, () => statSync(path, { throwIfNoEntry: false }));
      if (found === undefined) continue;
      if (found.isFile() || found.isDirectory()) return path;
      return fail({
        code: 'file-unreadable',
        summary: `‹${name}› is ${kindOfFile(found)}`,
        detail: `Only plain files and directories are read, and this is ${this.shown(path)}.`,
        at,
      });
    }
    const sought = candidates.map((path) => `  ${relative(this.#cwd, path) || path}`).join('\n');
    return fail({ code: 'file-missing', summary: `no file ‹${name}›`, detail: `It was sought as:\n${sought}`, at });
  }

  /** The path as positions have it. */
  shown(path: string): string {
    return relative(this.#cwd, path) || path;
  }

  /** The absolute directory of a runbook as the user named it. */
  directoryOf(runbook: string): string {
    return dirname(resolve(this.#cwd, runbook));
  }

  /** A file or a directory with all files below it. */
  file(name: string, runbook: string, at: Position): LocalSource {
    const path = this.find('files', name, runbook, at);
    let source = this.#files.get(path);
    if (source === undefined) {
      source = readable(path, at, () => load(name, path, this.#read));
      this.#files.set(path, source);
    }
    return source;
  }

  /** The same, or undefined where there is none. */
  fileIfAny(name: string, runbook: string, at: Position): LocalSource | undefined {
    try {
      return this.file(name, runbook, at);
    } catch (error) {
      if (error instanceof ProblemError && error.problems[0]?.code === 'file-missing') return undefined;
      throw error;
    }
  }

  /** A directory, with links and empty directories. */
  tree(name: string, runbook: string, at: Position): LocalTree {
    const path = this.find('files', name, runbook, at);
    return this.#kept(this.#trees, path, at, () =>
      localTree(name, path, (inside, sha256) => this.#read.inTree(path, inside, sha256)),
    );
  }

  /** An archive, to be read when somebody asks what is in it. */
  archive(name: string, runbook: string, at: Position): LocalArchive {
    const path = this.find('files', name, runbook, at);
    return this.#kept(this.#archives, path, at, () =>
      localArchive(name, path, (bytes) => this.#read.file(path, bytes)),
    );
  }

  /** Where a file that comes from `host` goes: relative names are the project's. */
  target(name: string, host: string): LocalTarget {
    return localTarget(resolve(this.#root, name), name.endsWith('/') ? host : undefined);
  }

  /** Notes that a file of the controller's is this host's; false when it is another's already. */
  claim(path: string, host: string): boolean {
    const owner = this.#claims.get(path) ?? host;
    this.#claims.set(path, owner);
    return owner === host;
  }

  #kept<T>(known: Map<string, T>, path: string, at: Position, read: () => T): T {
    const before = known.get(path);
    if (before !== undefined) return before;
    const now = readable(path, at, read);
    known.set(path, now);
    return now;
  }

  /** A template, parsed once. */
  template(name: string, runbook: string, at: Position): TemplateFile {
    const path = this.find('templates', name, runbook, at);
    const before = this.#templates.get(path);
    if (before !== undefined) return before;
    const bytes = readable(path, at, () => readPlainSync(path));
    this.#read.file(path, bytes);
    const text = readable(this.shown(path), at, () => textOf(bytes));
    const template = compileTemplateFile(new SourceText(this.shown(path), text));
    const file = { template, mode: statSync(path).mode & 0o7777 };
    this.#templates.set(path, file);
    return file;
  }
}

function load(name: string, path: string, read: FilesRead): LocalSource {
  const found = statSync(path);
  const mode = found.mode & 0o7777;
  if (!found.isDirectory()) {
    const content = fileContent(path, (sha256) => read.digest(path, sha256));
    let looked: { readonly found: ArchiveLook | undefined } | undefined;
    const archive = () => {
      looked ??= { found: lookInto(name, path) };
      return looked.found;
    };
    return { name, content, mode, tree: undefined, archive };
  }
  const known = new Map<boolean, LocalTree>();
  const tree = (follow: boolean) => {
    const items = known.get(follow) ?? localTree(name, path, (file, sha256) => read.inTree(path, file, sha256), follow);
    known.set(follow, items);
    return items.items;
  };
  return { name, content: Content.of(''), mode, tree };
}

function readable<T>(path: string, at: Position, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    return fail({ code: 'file-unreadable', summary: `can't read ‹${path}›`, detail: why, at });
  }
}
