// The members of a zip archive, by its central directory (PKWARE's APPNOTE 6.3, sections 4.3.12 to 4.3.16 and 4.5.3).
// Of our own, since a plan looks into an archive only when it has to, and a plan waits for nothing: yauzl would make it wait,
// and leaves checksums to whoever uses it. tests/differential/zip.test.ts holds the two against each other.

import { crc32, inflateRawSync } from 'node:zlib';
import { withoutEnd } from '../base/without-end.ts';
import { Content } from '../module/index.ts';
import { broken, type Member, refuseArchive } from './refusal.ts';

const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const FAT = 0;
const UNIX = 3;
const TYPE = 0xf000;
const LARGE = 0xffffffff;

/** Of an entry: where its data is, and how it is packed. */
interface Packed {
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  /** Of the header before the data. */
  readonly local: number;
}

/** @throws ProblemError by `refuse` for what isn't a whole zip archive, for encrypted members and ways to pack that aren't known */
export function readZip(bytes: Buffer): readonly Member[] {
  const end = endOf(bytes);
  const { count, start } = directoryOf(bytes, end);
  let at = start;
  const members: Member[] = [];
  for (let index = 0; index < count; index++) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== ENTRY) return broken('its directory is broken');
    const lengths = [28, 30, 32].map((field) => bytes.readUInt16LE(at + field));
    const [nameLength = 0, extraLength = 0, commentLength = 0] = lengths;
    const fields = at + 46 + nameLength;
    members.push(memberOf(bytes, at, bytes.subarray(at + 46, fields), bytes.subarray(fields, fields + extraLength)));
    at = fields + extraLength + commentLength;
  }
  return members;
}

/** Where the record of its end is, the last thing but for a comment. Of a comment that holds such a record each program makes another archive. */
function endOf(bytes: Buffer): number {
  const signature = Buffer.alloc(4);
  signature.writeUInt32LE(END);
  const reaches = (at: number) => at + 22 + (at + 22 > bytes.length ? 0 : bytes.readUInt16LE(at + 20));
  const end = bytes.lastIndexOf(signature);
  if (end < 0 || reaches(end) > bytes.length) return broken('it is no zip archive');
  if (reaches(end) < bytes.length) return refuseArchive('more follows its end');
  const first = Math.max(0, bytes.length - 22 - 0xffff);
  for (let at = bytes.indexOf(signature, first); at < end; at = bytes.indexOf(signature, at + 1)) {
    if (reaches(at) === bytes.length) return refuseArchive('it has more than one end');
  }
  return end;
}

/** How many entries there are and where the first is; large archives say it in a record of their own. */
function directoryOf(bytes: Buffer, end: number): { readonly count: number; readonly start: number } {
  const locator = end - 20;
  if (locator < 0 || bytes.readUInt32LE(locator) !== LOCATOR64) {
    return { count: bytes.readUInt16LE(end + 10), start: bytes.readUInt32LE(end + 16) };
  }
  const at = Number(bytes.readBigUInt64LE(locator + 8));
  if (at + 56 > bytes.length || bytes.readUInt32LE(at) !== END64) return broken('its directory is broken');
  return { count: Number(bytes.readBigUInt64LE(at + 32)), start: Number(bytes.readBigUInt64LE(at + 48)) };
}

function memberOf(bytes: Buffer, at: number, raw: Buffer, extra: Buffer): Member {
  const system = bytes.readUInt8(at + 5);
  const attributes = bytes.readUInt32LE(at + 38) >>> 16;
  const unix = system === UNIX && attributes !== 0;
  const packed = packedOf(bytes, at, extra);
  const name = nameOf(raw, system, (packed.flags & 0x800) !== 0);
  const type = unix ? attributes & TYPE : 0;
  const directory = name.endsWith('/') || type === 0x4000;
  const mode = unix ? attributes & 0o7777 : directory ? 0o755 : 0o644;
  const item = { path: withoutEnd(name, '/'), mode, modified: timeOf(bytes.readUInt32LE(at + 12)) };
  if (directory) return { ...item, kind: 'directory' };
  if (type === 0xa000) return { ...item, kind: 'link', target: dataOf(bytes, packed, name).toString('utf8') };
  if (type !== 0 && type !== 0x8000) return refuseArchive(`‹${name}› is neither file, directory nor link`);
  return { ...item, kind: 'file', content: Content.of(dataOf(bytes, packed, name)) };
}

/** Names are UTF-8 where the entry says so, and bytes as they stand where a Unix wrote it; others are in old code pages. */
function nameOf(raw: Buffer, system: number, utf8: boolean): string {
  const name = raw.toString('utf8');
  if (system === UNIX || utf8 || raw.every((byte) => byte < 0x80)) {
    // Programs of Windows that don't keep to the format separate by backslashes alone.
    return system === FAT && !name.includes('/') ? name.replaceAll('\\', '/') : name;
  }
  return refuseArchive(`it holds a name that is not in UTF-8: ${JSON.stringify(name)}`);
}

function packedOf(bytes: Buffer, at: number, extra: Buffer): Packed {
  const large = [...largeNumbers(extra)];
  // Only those that don't fit in 32 bits are in the extra field, in this order.
  const number = (field: number) => {
    const short = bytes.readUInt32LE(at + field);
    return short === LARGE ? (large.shift() ?? short) : short;
  };
  const size = number(24);
  const packed = number(20);
  return {
    ...{ size, packed, local: number(42), crc: bytes.readUInt32LE(at + 16) },
    ...{ flags: bytes.readUInt16LE(at + 8), method: bytes.readUInt16LE(at + 10) },
  };
}

/** What the extra field of kind 1 holds. */
function* largeNumbers(extra: Buffer): Generator<number> {
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === 1) {
      const last = Math.min(at + 4 + length, extra.length);
      for (let one = at + 4; one + 8 <= last; one += 8) yield Number(extra.readBigUInt64LE(one));
    }
    at += 4 + length;
  }
}

function dataOf(bytes: Buffer, { flags, method, packed, size, local, crc }: Packed, name: string): Buffer {
  if ((flags & 1) !== 0) return refuseArchive(`‹${name}› is encrypted`);
  if (local + 30 > bytes.length || bytes.readUInt32LE(local) !== LOCAL)
    return broken(`‹${name}› is not where it should be`);
  const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  const data = bytes.subarray(start, start + packed);
  if (method !== 0 && method !== 8) return refuseArchive(`‹${name}› is packed in a way that is not known here`);
  const whole = method === 0 ? data : inflated(data, size, name);
  if (whole.length !== size) return broken(`‹${name}› is broken`);
  return crc32(whole) === crc ? whole : broken(`‹${name}› is broken: its checksum is another one`);
}

function inflated(data: Buffer, size: number, name: string): Buffer {
  try {
    return inflateRawSync(data, { maxOutputLength: Math.max(1, size) });
  } catch (error) {
    return broken(`‹${name}› is broken: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** MS-DOS date and time, taken as UTC. */
function timeOf(value: number): number {
  const date = value >>> 16;
  const [year, month, day] = [1980 + (date >>> 9), ((date >>> 5) & 15) - 1, date & 31];
  return Date.UTC(year, month, day, (value >>> 11) & 31, (value >>> 5) & 63, (value & 31) * 2) / 1000;
}
