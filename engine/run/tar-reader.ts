// The members of a tar archive: POSIX ustar and pax(1) headers, and GNU's for long names and large numbers.
import { withoutEnd } from '../language/without-end.ts';
import { Content } from '../module/index.ts';
import { type Member, refuse } from './archive-members.ts';

const BLOCK = 512;

/** What the headers before a member say of it. */
interface Extra {
  path?: string;
  linkpath?: string;
  size?: number;
}

/**
 * Contents are parts of `bytes`, none of it copied.
 * @throws ProblemError by `refuse` for what isn't a tar archive, and for types other than file, link and directory
 */
export function readTar(bytes: Buffer): readonly Member[] {
  const members = new Map<string, Member>();
  let extra: Extra = {};
  for (let at = 0; at + BLOCK <= bytes.length; ) {
    const block = bytes.subarray(at, at + BLOCK);
    if (block.every((byte) => byte === 0)) return [...members.values()];
    checkSum(block);
    const type = String.fromCharCode(block[156] ?? 0).replace('\0', '0');
    const size = extra.size ?? numberOf(block, 124, 12);
    if (!Number.isSafeInteger(size) || size < 0) return refuse('it says a size that is none');
    const data = bytes.subarray(at + BLOCK, at + BLOCK + size);
    if (data.length < size) refuse('it ends in the middle of a file');
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    if (type === 'x') extra = { ...extra, ...paxRecords(data) };
    else if (type === 'L') extra = { ...extra, path: untilNul(data) };
    else if (type === 'K') extra = { ...extra, linkpath: untilNul(data) };
    else if (type !== 'g') {
      const member = memberOf(type, block, data, extra, members);
      members.delete(member.path); // of several with one name the last one counts, in its place
      members.set(member.path, member);
      extra = {};
    }
  }
  return refuse('it has no end, or it is no archive');
}

function memberOf(
  type: string,
  block: Buffer,
  data: Buffer,
  extra: Extra,
  before: ReadonlyMap<string, Member>,
): Member {
  const path = withoutEnd(extra.path ?? nameOf(block), '/');
  const target = extra.linkpath ?? untilNul(block.subarray(157, 257));
  const item = { path, mode: numberOf(block, 100, 8) & 0o7777, modified: numberOf(block, 136, 12) };
  switch (type) {
    case '0':
    case '7':
      // Old archives mark a directory by a slash alone.
      if (extra.path === undefined && nameOf(block).endsWith('/')) return { ...item, kind: 'directory' };
      return { ...item, kind: 'file', content: Content.of(data) };
    case '1': {
      const content = before.get(target)?.content;
      if (!content) return refuse(`the hard link ${path} leads to ${target}, which is not in it`);
      return { ...item, kind: 'file', content };
    }
    case '2':
      return { ...item, kind: 'link', target };
    case '5':
      return { ...item, kind: 'directory' };
    default:
      return refuse(`${path} is neither file, directory nor link`);
  }
}

function nameOf(block: Buffer): string {
  const isUstar = block.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = isUstar ? untilNul(block.subarray(345, 500)) : '';
  const name = untilNul(block.subarray(0, 100));
  return prefix === '' ? name : `${prefix}/${name}`;
}

function untilNul(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
}

/** Octal digits, or with the first bit set a number of base 256. */
function numberOf(block: Buffer, at: number, length: number): number {
  const field = block.subarray(at, at + length);
  if (((field[0] ?? 0) & 0x80) !== 0) return field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0);
  const digits = field.toString('latin1').replaceAll('\0', ' ').trim();
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}

/** Records of the form `LENGTH KEY=VALUE\n`. */
function paxRecords(data: Buffer): Extra {
  const extra: Extra = {};
  for (let at = 0; at < data.length; ) {
    const length = Number.parseInt(data.toString('latin1', at, at + 20), 10);
    if (!(length > 0)) return refuse('a header of it is broken');
    const [, key, value = ''] = /^\d+ ([^=]+)=(.*)\n$/s.exec(data.toString('utf8', at, at + length)) ?? [];
    if (key === 'path') extra.path = value;
    if (key === 'linkpath') extra.linkpath = value;
    if (key === 'size') extra.size = Number(value);
    at += length;
  }
  return extra;
}

/** The sum of all bytes, its own field taken as spaces. */
function checkSum(block: Buffer): void {
  const sum = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  if (sum !== numberOf(block, 148, 8)) refuse('it is broken, or it is no archive');
}
