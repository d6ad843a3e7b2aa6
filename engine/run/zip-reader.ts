// The members of a zip archive, by its central directory (PKWARE's APPNOTE 6.3, sections 4.3.12 and 4.3.16).

import { inflateRawSync } from 'node:zlib';
import { withoutEnd } from '../language/without-end.ts';
import { Content } from '../module/index.ts';
import { type Member, refuse } from './archive-members.ts';

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const UNIX = 3;
const TYPE = 0xf000;

/** @throws ProblemError by `refuse` for what isn't a zip archive, for encrypted members and for zip64 */
export function readZip(bytes: Buffer): readonly Member[] {
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (end < 0 || end + 22 > bytes.length || bytes.readUInt32LE(end) !== END) return refuse('it is no zip archive');
  const count = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  if (count === 0xffff || at === 0xffffffff) return refuse('it is too large a zip archive to be looked into');
  const members: Member[] = [];
  for (let index = 0; index < count; index++) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== ENTRY) return refuse('its directory is broken');
    const lengths = [28, 30, 32].map((field) => bytes.readUInt16LE(at + field));
    const [nameLength = 0, extraLength = 0, commentLength = 0] = lengths;
    members.push(memberOf(bytes, at, bytes.toString('utf8', at + 46, at + 46 + nameLength)));
    at += 46 + nameLength + extraLength + commentLength;
  }
  return members;
}

function memberOf(bytes: Buffer, at: number, name: string): Member {
  const attributes = bytes.readUInt32LE(at + 38) >>> 16;
  const unix = bytes.readUInt8(at + 5) === UNIX && attributes !== 0;
  const directory = name.endsWith('/');
  const mode = unix ? attributes & 0o7777 : directory ? 0o755 : 0o644;
  const item = { path: withoutEnd(name, '/'), mode, modified: timeOf(bytes.readUInt32LE(at + 12)) };
  if (directory) return { ...item, kind: 'directory' };
  const type = unix ? attributes & TYPE : 0;
  if (type === 0xa000) return { ...item, kind: 'link', target: dataOf(bytes, at, name).toString('utf8') };
  if (type !== 0 && type !== 0x8000) return refuse(`${name} is neither file, directory nor link`);
  return { ...item, kind: 'file', content: Content.of(dataOf(bytes, at, name)) };
}

function dataOf(bytes: Buffer, at: number, name: string): Buffer {
  if ((bytes.readUInt16LE(at + 8) & 1) !== 0) return refuse(`${name} is encrypted`);
  const method = bytes.readUInt16LE(at + 10);
  const packed = bytes.readUInt32LE(at + 20);
  const size = bytes.readUInt32LE(at + 24);
  const local = bytes.readUInt32LE(at + 42);
  if (local + 30 > bytes.length || bytes.readUInt32LE(local) !== LOCAL)
    return refuse(`${name} is not where it should be`);
  const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  const data = bytes.subarray(start, start + packed);
  if (method !== 0 && method !== 8) return refuse(`${name} is packed in a way that is not known here`);
  const whole = method === 0 ? data : inflateRawSync(data, { maxOutputLength: Math.max(1, size) });
  return whole.length === size ? whole : refuse(`${name} is broken`);
}

/** MS-DOS date and time, taken as UTC. */
function timeOf(value: number): number {
  const date = value >>> 16;
  const [year, month, day] = [1980 + (date >>> 9), ((date >>> 5) & 15) - 1, date & 31];
  return Date.UTC(year, month, day, (value >>> 11) & 31, (value >>> 5) & 63, (value & 31) * 2) / 1000;
}
