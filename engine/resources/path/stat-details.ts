// All that stat(1) tells of a path, in Ansible's words: what the modules stat and find give back.
import { Type } from 'typebox';
import { octal } from '../../module/mode.ts';
import type { Entry } from '../file/state.ts';

/** For `stat -c`, GNU and BusyBox: read back by parseDetails. */
export const DETAILS_FORMAT = '%f:%u:%g:%s:%d:%i:%h:%b:%o:%t:%T:%X:%Y:%Z:%U:%G:%n';

export interface Details extends Omit<Entry, 'kind' | 'target' | 'sha256' | 'text' | 'held'> {
  /** The type's bits of st_mode: 0o100000 is a regular file. */
  readonly type: number;
  /** Of 512 bytes each. */
  readonly blocks: number;
  readonly blockSize: number;
  /** Of a device, as st_rdev has it. */
  readonly deviceType: number;
  /** Seconds since 1970. */
  readonly accessed: number;
  readonly changed: number;
}

const TYPES = {
  isreg: 0o100000,
  isdir: 0o040000,
  islnk: 0o120000,
  ischr: 0o020000,
  isblk: 0o060000,
  isfifo: 0o010000,
  issock: 0o140000,
} as const;

const PERMISSIONS = {
  ...{ rusr: 0o400, wusr: 0o200, xusr: 0o100, rgrp: 0o040, wgrp: 0o020, xgrp: 0o010 },
  ...{ roth: 0o004, woth: 0o002, xoth: 0o001, isuid: 0o4000, isgid: 0o2000 },
} as const;

const ROW =
  /^([0-9a-f]+):(\d+):(\d+):(\d+):(\d+):(\d+):(\d+):(\d+):(\d+):([0-9a-f]+):([0-9a-f]+):(-?\d+):(-?\d+):(-?\d+):([^:]*):([^:]*):(\/.*)$/;

/**
 * A line of `stat -c` with DETAILS_FORMAT: the path and what is there.
 * @throws Error for any other line
 */
export function parseDetails(row: string): readonly [string, Details] {
  const fields = ROW.exec(row);
  if (!fields) throw new Error(`stat printed a line that is none of its own: ${row}`);
  const [, raw = '', uid, gid, size, device, inode, links, blocks, blockSize, major = '', minor = ''] = fields;
  const [accessed, modified, changed, owner = '', group = '', path = ''] = fields.slice(12);
  const bits = Number.parseInt(raw, 16);
  const details: Details = {
    ...{ type: bits & 0o170000, mode: bits & 0o7777, uid: Number(uid), gid: Number(gid), size: Number(size) },
    ...{ device: Number(device), inode: Number(inode), hardLinks: Number(links) },
    ...{ blocks: Number(blocks), blockSize: Number(blockSize) },
    deviceType: deviceNumber(Number.parseInt(major, 16), Number.parseInt(minor, 16)),
    ...{ accessed: Number(accessed), modified: Number(modified), changed: Number(changed) },
    owner: owner === 'UNKNOWN' ? undefined : owner,
    group: group === 'UNKNOWN' ? undefined : group,
  };
  return [path, details];
}

/** makedev(3) of glibc; both numbers have 12 bits and more only in theory. */
function deviceNumber(major: number, minor: number): number {
  return ((minor & 0xfff00) << 12) | ((major & 0xfff) << 8) | (minor & 0xff);
}

export function isRegular({ type }: Details): boolean {
  return type === TYPES.isreg;
}

/** Of a thing of that kind and mode; both are all that these need. */
export function kindFields(type: number): Readonly<Record<keyof typeof TYPES, boolean>> {
  const is = (name: keyof typeof TYPES) => type === TYPES[name];
  return {
    ...{ isreg: is('isreg'), isdir: is('isdir'), islnk: is('islnk'), ischr: is('ischr') },
    ...{ isblk: is('isblk'), isfifo: is('isfifo'), issock: is('issock') },
  };
}

export const KINDS = { file: TYPES.isreg, directory: TYPES.isdir, link: TYPES.islnk } as const;

/** The fields that follow from permissions. */
export function modeFields(mode: number): Readonly<Record<string, boolean | string>> {
  const permissions = Object.entries(PERMISSIONS).map(([name, bit]) => [name, (mode & bit) !== 0] as const);
  return { mode: octal(mode), ...Object.fromEntries(permissions) };
}

/** Ansible's fields, which are the same for stat and find. */
export function detailFields(details: Details): Readonly<Record<string, boolean | string | number | null>> {
  const { type, mode, uid, gid, owner = null, group = null, size, device, inode, hardLinks } = details;
  return {
    ...kindFields(type),
    ...modeFields(mode),
    ...{ uid, gid, pw_name: owner, gr_name: group, size, inode, dev: device, nlink: hardLinks },
    ...{ atime: details.accessed, mtime: details.modified, ctime: details.changed },
  };
}

const flag = (description: string) => Type.Optional(Type.Boolean({ description }));
const number = (description: string) => Type.Optional(Type.Integer({ description }));
/** A field that is null where there is nothing to say. */
export const textOrNull = (description: string) =>
  Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], description }));
const kinds = { file: 'a file', directory: 'a directory', link: 'a symbolic link' };

/** What `register` sees of a path, for `results`. */
export const detailResults = {
  path: Type.Optional(Type.String({ description: 'The path, as it was asked for' })),
  isreg: flag(`It is ${kinds.file}`),
  isdir: flag(`It is ${kinds.directory}`),
  islnk: flag(`It is ${kinds.link}`),
  ischr: flag('It is a character device'),
  isblk: flag('It is a block device'),
  isfifo: flag('It is a FIFO'),
  issock: flag('It is a socket'),
  mode: Type.Optional(Type.String({ description: 'Permissions, four octal digits' })),
  rusr: flag('Its owner may read it'),
  wusr: flag('Its owner may write to it'),
  xusr: flag('Its owner may execute it'),
  rgrp: flag('Its group may read it'),
  wgrp: flag('Its group may write to it'),
  xgrp: flag('Its group may execute it'),
  roth: flag('Others may read it'),
  woth: flag('Others may write to it'),
  xoth: flag('Others may execute it'),
  isuid: flag('It is set-user-ID'),
  isgid: flag('It is set-group-ID'),
  uid: number('Its owner, by number'),
  gid: number('Its group, by number'),
  pw_name: textOrNull('Its owner, by name; null where there is no such user'),
  gr_name: textOrNull('Its group, by name; null where there is no such group'),
  size: number('Bytes'),
  inode: number('Its inode'),
  dev: number('The device it is on'),
  nlink: number('How many names it has'),
  atime: number('When it was read last, in seconds since 1970'),
  mtime: number('When its content was changed last, in seconds since 1970'),
  ctime: number('When it or its attributes were changed last, in seconds since 1970'),
};
