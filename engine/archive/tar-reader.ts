// The members of a tar archive: POSIX ustar and pax(1) headers, and GNU's for long names, large numbers and sparse files.
import { withoutEnd } from '../base/without-end.ts';
import { Content } from '../module/index.ts';
import { broken, type Member, refuseArchive } from './refusal.ts';
import { oldSparse, paxSparse, type Spread, spreadOut } from './tar-sparse.ts';

const BLOCK = 512;
/** The largest time that a header without extensions can hold. */
const LAST = 0o77777777777;

/** What the headers before a member say of it. */
interface Extra {
  readonly path?: string;
  readonly linkpath?: string;
  readonly size?: number;
  /** `GNU.sparse.…`, in order: one format says a name many times. */
  readonly sparse?: readonly (readonly [name: string, value: string])[];
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
    // Some programs say the size of the file that a hard link leads to, and nothing follows.
    const size = type === '1' ? 0 : (extra.size ?? numberOf(block, 124, 12));
    if (!Number.isSafeInteger(size) || size < 0) return broken('it says a size that is none');
    at += BLOCK;
    const spread = type === 'S' ? oldSparse(block, bytes.subarray(at), numberOf) : undefined;
    at += spread?.headers ?? 0;
    const data = bytes.subarray(at, at + size);
    if (data.length < size) broken('it ends in the middle of a file');
    at += Math.ceil(size / BLOCK) * BLOCK;
    if (type === 'x' || type === 'X') extra = { ...extra, ...paxRecords(data) };
    else if (type === 'L') extra = { ...extra, path: untilNul(data) };
    else if (type === 'K') extra = { ...extra, linkpath: untilNul(data) };
    else if (type !== 'g' && type !== 'V') {
      const member = memberOf(type, block, spread, data, extra, members);
      members.delete(member.path); // of several with one name the last one counts, in its place
      members.set(member.path, member);
      extra = {};
    }
  }
  return (bytes.length % BLOCK === 0 ? refuseArchive : broken)('it has no end, or it is no archive');
}

function memberOf(
  type: string,
  block: Buffer,
  spread: Spread | undefined,
  data: Buffer,
  extra: Extra,
  before: ReadonlyMap<string, Member>,
): Member {
  const sparse = extra.sparse && paxSparse(extra.sparse, data);
  const path = withoutEnd(sparse?.path ?? extra.path ?? nameOf(block), '/');
  const target = extra.linkpath ?? untilNul(block.subarray(157, 257));
  const modified = Math.min(Math.max(0, numberOf(block, 136, 12)), LAST);
  const item = { path, mode: numberOf(block, 100, 8) & 0o7777, modified };
  switch (type) {
    case '0':
    case '7':
      // Old archives mark a directory by a slash alone.
      if (extra.path === undefined && nameOf(block).endsWith('/')) return { ...item, kind: 'directory' };
      return { ...item, kind: 'file', content: sparse ? spreadOut(sparse, path) : Content.of(data) };
    case 'S':
      if (spread === undefined) break;
      return { ...item, kind: 'file', content: spreadOut({ ...spread, data }, path) };
    case '1': {
      const first = before.get(target) ?? before.get(withoutEnd(target, '/'));
      if (!first || first.kind === 'directory') {
        return refuseArchive(`the hard link ${path} leads to ${target}, which is not in it`);
      }
      return { ...first, path };
    }
    case '2':
      return { ...item, kind: 'link', target };
    case '5':
      return { ...item, kind: 'directory' };
  }
  return refuseArchive(`${path} is neither file, directory nor link`);
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

/** Octal digits, or with the first bit set a number of base 256, whose second bit is its sign. */
function numberOf(block: Buffer, at: number, length: number): number {
  const field = block.subarray(at, at + length);
  const [first = 0] = field;
  if ((first & 0x80) !== 0) {
    const high = (first & 0x40) === 0 ? first & 0x3f : (first & 0x3f) - 0x40;
    return field.subarray(1).reduce((sum, byte) => sum * 256 + byte, high);
  }
  const digits = field.toString('latin1').replaceAll('\0', ' ').trim();
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}

/** Records of the form `LENGTH KEY=VALUE\n`. */
function paxRecords(data: Buffer): Extra {
  const sparse: [string, string][] = [];
  let extra: Extra = {};
  for (let at = 0; at < data.length; ) {
    const length = Number.parseInt(data.toString('latin1', at, at + 20), 10);
    const [, key, value = ''] = /^\d+ ([^=]+)=(.*)\n$/s.exec(data.toString('utf8', at, at + length)) ?? [];
    if (!(length > 0) || key === undefined) return refuseArchive('a header of it is broken');
    if (key === 'path') extra = { ...extra, path: value };
    if (key === 'linkpath') extra = { ...extra, linkpath: value };
    if (key === 'size') extra = { ...extra, size: Number(value) };
    if (key.startsWith('GNU.sparse.')) sparse.push([key.slice('GNU.sparse.'.length), value]);
    at += length;
  }
  return sparse.length === 0 ? extra : { ...extra, sparse };
}

/** The sum of all bytes, its own field taken as spaces. */
function checkSum(block: Buffer): void {
  const sum = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  if (sum !== numberOf(block, 148, 8)) broken('it is broken, or it is no archive');
}
