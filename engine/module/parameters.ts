// The parameter types that modules share: TypeBox schemas with our keywords, from which come types, validation,
// editor completion and docs. The keyword `vrun` says what the engine does with a value before the module sees it.
import { type Static, type TSchema, Type } from 'typebox';
import type { Secret } from '../language/value/secret.ts';
import type { Content } from './content.ts';
import { MODE_PATTERN } from './mode.ts';

type Described = { readonly description: string };

/** Where a file is sought that isn't named: the sibling that names one, and what is put after that name. */
export interface Beside {
  readonly parameter: string;
  readonly suffix: string;
}

/** Octal ("0644", "1777") or symbolic ("u=rwx,g=rx,o=", all that chmod(1) knows) mode; never a number, since YAML 1.2 reads 0644 as 644. */
export const Mode = (options: Described) =>
  Type.Unsafe<string>({
    type: 'string',
    pattern: MODE_PATTERN,
    vrun: 'mode',
    ...options,
  });

/** The same, or the word preserve: the mode of the source. */
export const ModeOrPreserve = (options: Described) =>
  Type.Unsafe<string>({ type: 'string', pattern: `^preserve$|${MODE_PATTERN}`, vrun: 'mode', ...options });

/**
 * A file on the controller, sought in `files/` beside the runbook: the module gets its Content. With `vrunBeside` it
 * needs no name of its own, and is undefined where there is no such file.
 */
export const LocalFile = (options: Described & { readonly vrunBeside?: Beside }) =>
  Type.Unsafe<LocalSource>({ type: 'string', minLength: 1, vrun: 'local-file', ...options });

/** A directory on the controller, sought as a LocalFile is. `options` as of any schema, and `vrunUnless`. */
export const LocalTree = (options: Described) =>
  Type.Unsafe<LocalTree>({ type: 'string', minLength: 1, vrun: 'local-tree', ...options });

/** An archive on the controller, sought as a LocalFile is. */
export const LocalArchive = (options: Described) =>
  Type.Unsafe<LocalArchive>({ type: 'string', minLength: 1, vrun: 'local-archive', ...options });

/** A file of the controller that a task writes: relative to the project's root. */
export const LocalTarget = (options: Described) =>
  Type.Unsafe<LocalTarget>({ type: 'string', minLength: 1, vrun: 'local-target', ...options });

/** A command whose first word names a file on the controller, sought as a LocalFile is: a line, or a list of words. */
export const LocalCommand = (options: Described & ({ readonly type: 'string' } | { readonly type: 'array' })) =>
  Type.Unsafe<LocalCommand>({
    ...(options.type === 'string' ? { minLength: 1 } : { items: { type: 'string' }, minItems: 1 }),
    vrun: 'local-command',
    ...options,
  });

/** A Handlebars file on the controller, sought in `templates/`: the module gets it rendered, as Content. */
export const LocalTemplate = (options: Described) =>
  Type.Unsafe<LocalSource>({ type: 'string', minLength: 1, vrun: 'local-template', ...options });

/** Text that may hold a secret (it only travels as content or standard input): the module gets Content. */
export const Text = (options: Described) => Type.Unsafe<Content>({ type: 'string', vrun: 'text', ...options });

/** A list of CEL expressions (or one), evaluated by the engine: the module gets each text with its outcome. */
export const Expressions = (options: Described) =>
  Type.Unsafe<readonly Evaluated[]>({
    anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
    vrun: 'expressions',
    ...options,
  });

/** One CEL expression (most simply a variable's name): the module gets its value. */
export const Expression = (options: Described) => Type.Unsafe<unknown>({ vrun: 'expression', ...options });

/** Any value at all, secrets apart. */
export const Anything = (options: Described) => Type.Unsafe<unknown>({ vrun: 'any', ...options });

/** One string or a list of them. */
export const Strings = (options: Described) =>
  Type.Unsafe<string | readonly string[]>({
    anyOf: [
      { type: 'string', minLength: 1 },
      { type: 'array', items: { type: 'string', minLength: 1 } },
    ],
    ...options,
  });

/** A command whose program is a file of the controller. */
export interface LocalCommand {
  /** All words, the file's name first. */
  readonly words: readonly string[];
  readonly file: LocalSource;
}

/** A file or directory of the controller as the module sees it. */
export interface LocalSource {
  /** As written in the runbook. */
  readonly name: string;
  /** A file's content; for a directory see `tree`. */
  readonly content: Content;
  /** Permission bits of the file itself, 0–07777; undefined for what is none of the controller's. */
  readonly mode?: number | undefined;
  /**
   * For a directory: all that is in it, each directory before what is in that; with `follow` what links lead to stands in
   * their place. Undefined for a file.
   * @throws ProblemError for what is neither file, directory nor link, and for a link that is to be followed and can't be
   */
  readonly tree: ((follow: boolean) => readonly TreeItem[]) | undefined;
  /** Of an archive by its name: what is in it. Undefined where that can't be seen here. Reads all of it. */
  readonly archive?: (() => ArchiveLook | undefined) | undefined;
}

/** What a look into an archive of the controller finds: its items, or in a clause why nothing, or no host, would unpack it. */
export type ArchiveLook =
  | { readonly kind: 'broken' | 'unsafe'; readonly why: string }
  | { readonly kind: 'items'; readonly items: readonly TreeItem[] };

/** A thing in a directory or an archive of the controller. */
export interface TreeItem {
  /** Relative, without `.` and `..`. */
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'link';
  /** Permission bits, 0–07777. */
  readonly mode: number;
  /** Seconds since 1970. */
  readonly modified: number;
  /** Of a file. */
  readonly content?: Content | undefined;
  /** Of a symbolic link, as it is written. */
  readonly target?: string | undefined;
}

/** A directory of the controller, read once a run; contents are read when they are digested or sent. */
export interface LocalTree {
  readonly name: string;
  readonly items: readonly TreeItem[];
}

/** An archive of the controller. */
export interface LocalArchive {
  readonly name: string;
  /**
   * What is in it, read at the first call, without the first `strip` components of each path; only what `takes` accepts,
   * which sees whole paths.
   * @throws ProblemError for what is no archive, for paths and links that lead out, devices and set-id files
   */
  items(strip: number, takes?: (path: string) => boolean): readonly TreeItem[];
}

/** Where a file that comes from a host goes. */
export interface LocalTarget {
  /** Absolute. `name` is what the file is called on its host: `dest` may be a directory. */
  path(name: string): string;
  /** The digest of what is there now; undefined when nothing is. Read again each time. */
  sha256(name: string): string | undefined;
}

/** One evaluated expression: `unknown` in a dry run that can't know it. */
export interface Evaluated {
  readonly source: string;
  readonly outcome: boolean | 'unknown';
}

/** `owner`, `group` and `mode` of the language's OWN. */
export const ownership = {
  owner: Type.Optional(Type.String({ minLength: 1, description: 'User that owns it' })),
  group: Type.Optional(Type.String({ minLength: 1, description: 'Group that owns it' })),
  mode: Type.Optional(Mode({ description: 'Permissions: quoted octal ("0644") or symbolic' })),
};

/** The language's ST. */
export const presence = {
  state: Type.Union([Type.Literal('present'), Type.Literal('absent')], {
    default: 'present',
    description: 'Whether it shall exist',
  }),
};

/** One of several words. */
export const OneOf = <const T extends readonly string[]>(
  words: T,
  options: Described & { readonly default?: T[number] },
) => Type.Unsafe<T[number]>({ type: 'string', enum: [...words], ...options });

/**
 * The parameters as a module's functions see them: ajv has filled in the defaults, so what has one is always there.
 * Static<> already has every key that isn't Optional, hence a default goes on a key that isn't wrapped in Optional.
 */
export type Params<S extends TSchema> = Static<S>;
export type { Secret };
