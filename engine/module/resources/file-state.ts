// What is at a path: the question (FileQuery) and the answer (FileReport) that every module which manages files shares.
// probe: file-probe.ts, parse: file-report.ts, plan: managed-file.ts and attributes.ts.

/** What one resource wants to know of one path. */
export interface FileQuery {
  /** Absolute, without control characters, as `cleanPath` leaves it. */
  readonly path: string;
  /** Read the content's digest. */
  readonly digest?: boolean | undefined;
  /** The wanted digest: a regular file with another content is then read too, for the diff. Never for secrets. */
  readonly showUnless?: string | undefined;
  /** Read the text whatever it is: for files of which only some lines are ours. */
  readonly read?: boolean | undefined;
  /** Also look at what a symbolic link leads to. */
  readonly follow?: boolean | undefined;
  /** A user and a group, by name or number, that will have to exist. */
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
  /** Other paths of which only their existence matters, links followed. */
  readonly others?: readonly string[] | undefined;
}

export interface Entry {
  /** `hidden`: something may be there, but the task's user may not look; the other fields then mean nothing. */
  readonly kind: 'file' | 'directory' | 'link' | 'other' | 'hidden';
  /** Permission bits, 0–07777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Names; undefined where the number has none. */
  readonly owner: string | undefined;
  readonly group: string | undefined;
  /** Bytes. */
  readonly size: number;
  /** Seconds since 1970. */
  readonly modified: number;
  readonly device: number;
  readonly inode: number;
  readonly hardLinks: number;
  /** Of a symbolic link, as it is written. */
  readonly target: string | undefined;
  /** Lower-case hex, when asked for; undefined for what isn't a regular file or can't be read. */
  readonly sha256: string | undefined;
  /** The old text, when asked for (by `showUnless`, when it differs): UTF-8 without NUL, at most DIFF_LIMIT bytes. */
  readonly text: string | undefined;
}

/** An entry of which nothing was read. */
export const UNREAD: Entry = {
  kind: 'hidden',
  mode: 0,
  uid: 0,
  gid: 0,
  owner: undefined,
  group: undefined,
  size: 0,
  modified: 0,
  device: 0,
  inode: 0,
  hardLinks: 0,
  target: undefined,
  sha256: undefined,
  text: undefined,
};

/** Answers about every path that the queries named. */
export interface FileReport {
  /** Undefined when nothing is there. */
  entry(path: string): Entry | undefined;
  /** What a link leads to (the thing itself when it is none); only for queries with `follow`. */
  followed(path: string): Entry | undefined;
  /** For the directories above the paths and for `others`: whether they exist. */
  exists(path: string): boolean;
  /** The outermost thing above a path that is there and is no directory, so that nothing can be below it. */
  blocker(path: string): string | undefined;
  /** Names only; a number needs no entry. */
  hasUser(name: string): boolean;
  hasGroup(name: string): boolean;
}

/** Larger old contents are not brought home for a diff. In bytes. */
export const DIFF_LIMIT = 65_536;

/** True for an owner given by number. */
export function isNumeric(owner: string): boolean {
  return /^\d+$/.test(owner);
}
