// What is at a path: the question (FileQuery) and the answer (FileReport) that every module which manages files shares.
// probe: probe.ts, parse: report.ts, plan: managed.ts and attributes.ts.
import type { PathEffect } from '../../module/effect.ts';

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
  /** It may be written or removed whatever its digest: so where mounts are is read. */
  readonly moved?: boolean | undefined;
  /** Directories in which something may be written: how much room there is is read. */
  readonly room?: readonly string[] | undefined;
  /** A program that has to be there before it is written. */
  readonly program?: string | undefined;
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
  /**
   * What keeps it as it is: something is mounted there; not even root may write to it (immutable, or on a read-only file
   * system); it is somebody else's, and the task's user isn't root.
   */
  readonly held?: 'mount' | 'fixed' | 'foreign' | undefined;
  /** Not read: what a pending change of a dry run will leave. */
  readonly foreseen?: Exclude<PathEffect, { kind: 'nothing' | 'anything' }>;
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

/** An entry that root has made, as far as it is known. */
export function rootsEntry(known: Pick<Entry, 'kind'> & Partial<Entry>): Entry {
  return { ...UNREAD, owner: 'root', group: 'root', hardLinks: 1, ...known };
}

/** What is at a path and around it, for whoever would put something there. */
export interface FileState {
  readonly entry: Entry | undefined;
  /** What stands in the place of a directory above it. */
  readonly blocker?: string | undefined;
  /** The directory in which it is or would be made, where nothing can be written in that. */
  readonly shut?: string | undefined;
  /** Bytes that can still be written there; undefined where that wasn't asked or can't be told. */
  readonly room?: number | undefined;
  /** The query's program, where the host has none. */
  readonly lacks?: string | undefined;
  /** Who the task runs as, unless that is root. */
  readonly self?: string | undefined;
}

/** Answers about every path that the queries named. */
export interface FileReport {
  /** The entry with all around it. */
  state(query: Pick<FileQuery, 'path' | 'program'>): FileState;
  /** Undefined when nothing is there. */
  entry(path: string): Entry | undefined;
  /** What a link leads to (the thing itself when it is none); only for queries with `follow`. */
  followed(path: string): Entry | undefined;
  /** For the directories above the paths and for `others`: whether they exist. */
  exists(path: string): boolean;
  /** The outermost thing above a path that is there and is no directory, so that nothing can be below it. */
  blocker(path: string): string | undefined;
  /** The directory itself, or the nearest above it that is there, where nothing can be written in it. */
  shut(directory: string): string | undefined;
  /** Bytes that can still be written in a directory; undefined where that wasn't asked or can't be told. */
  room(directory: string): number | undefined;
  /** The innermost mount point that the path lies on; undefined where that wasn't asked. */
  mountOf(path: string): string | undefined;
  /** Mount points at the path and below it. */
  mounts(path: string): readonly string[];
  /** Names only; a number needs no entry. */
  hasUser(name: string): boolean;
  hasGroup(name: string): boolean;
}

/** Larger old contents are not brought home for a diff. In bytes. */
export const DIFF_LIMIT = 65_536;

/** True for an owner given by number: chown(2) takes 32 bits, of which all set mean none. */
export function isNumeric(owner: string): boolean {
  return /^\d{1,10}$/.test(owner) && Number(owner) < 2 ** 32 - 1;
}
