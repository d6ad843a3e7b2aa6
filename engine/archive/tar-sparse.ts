// Files with holes in a tar archive: GNU's old header, and the three ways of pax headers
// (https://www.gnu.org/software/tar/manual/html_section/Sparse-Formats.html), of which bsdtar writes the last.
import { Content } from '../module/index.ts';
import { refuseArchive } from './refusal.ts';

const BLOCK = 512;
const ZEROS = Buffer.alloc(1 << 20);
/** A larger file of holes isn't made of a small archive, in bytes. */
const LIMIT = 2 ** 31;

/** The parts of a file that an archive holds, in order, each with its place. */
export interface Spread {
  readonly size: number;
  readonly parts: readonly (readonly [at: number, length: number])[];
  /** How long the headers are that only this kind has. */
  readonly headers?: number;
}

/**
 * From a header of type `S` and those that follow it.
 * @param after what comes behind the header
 */
export function oldSparse(
  header: Buffer,
  after: Buffer,
  numberAt: (block: Buffer, at: number, length: number) => number,
): Spread {
  const parts: [number, number][] = [];
  const read = (block: Buffer, from: number, count: number) => {
    for (let index = 0; index < count; index++) {
      const at = from + index * 24;
      const length = numberAt(block, at + 12, 12);
      if (length > 0) parts.push([numberAt(block, at, 12), length]);
    }
  };
  read(header, 386, 4);
  let headers = 0;
  for (let more = header[482] !== 0; more; headers += BLOCK) {
    const block = after.subarray(headers, headers + BLOCK);
    if (block.length < BLOCK) return refuseArchive('it ends in the middle of a header');
    read(block, 0, 21);
    more = block[504] !== 0;
  }
  return { size: numberAt(header, 483, 12), parts, headers };
}

/** From pax records without their `GNU.sparse.`; in version 1.0 the data begins with the places. */
export function paxSparse(
  records: readonly (readonly [string, string])[],
  data: Buffer,
): (Spread & { readonly path: string | undefined; readonly data: Buffer }) | undefined {
  const all = (name: string) => records.filter(([key]) => key === name).map(([, value]) => value);
  const last = (name: string) => all(name).at(-1);
  const size = Number(last('realsize') ?? last('size') ?? Number.NaN);
  const path = last('name');
  const major = last('major');
  if (major === '1' && last('minor') === '0') return { path, size, ...leading(data) };
  if (major !== undefined && major !== '0')
    return refuseArchive(`it holds sparse files of a version that is not known here`);
  const map = last('map')?.split(',');
  const offsets = all('offset');
  const flat = map ?? all('numbytes').flatMap((length, index) => [offsets[index] ?? '', length]);
  return { path, size, parts: pairs(flat), data };
}

/** Decimal numbers on lines of their own, how many pairs there are first; then the parts, from a block's start on. */
function leading(data: Buffer): { readonly parts: Spread['parts']; readonly data: Buffer } {
  const numbers: string[] = [];
  let at = 0;
  for (let wanted = 1; numbers.length < wanted; ) {
    const end = data.indexOf(0x0a, at);
    if (end < 0 || end - at > 20) return refuseArchive('the places of a sparse file in it are broken');
    numbers.push(data.toString('latin1', at, end));
    at = end + 1;
    if (numbers.length === 1) wanted = 1 + 2 * Number(numbers[0]);
  }
  return { parts: pairs(numbers.slice(1)), data: data.subarray(Math.ceil(at / BLOCK) * BLOCK) };
}

function pairs(numbers: readonly string[]): Spread['parts'] {
  const parts: [number, number][] = [];
  for (let index = 0; index + 1 < numbers.length; index += 2) {
    const length = Number(numbers[index + 1]);
    if (length !== 0) parts.push([Number(numbers[index]), length]);
  }
  return parts;
}

/** The whole file, its holes as zeros. */
export function spreadOut({ size, parts, data }: Spread & { readonly data: Buffer }, path: string): Content {
  const broken = () => refuseArchive(`the places of the sparse file ${path} are broken`);
  if (!Number.isSafeInteger(size) || size < 0) return broken();
  if (size > LIMIT) return refuseArchive(`${path} is larger than ${LIMIT} bytes once its holes are filled`);
  const contents: Content[] = [];
  let at = 0;
  let taken = 0;
  const fillTo = (end: number) => {
    for (; at < end; at += Math.min(ZEROS.length, end - at)) {
      contents.push(Content.of(ZEROS.subarray(0, Math.min(ZEROS.length, end - at))));
    }
  };
  for (const [start, length] of parts) {
    if (!(start >= at && length > 0 && start + length <= size && taken + length <= data.length)) return broken();
    fillTo(start);
    contents.push(Content.of(data.subarray(taken, taken + length)));
    at += length;
    taken += length;
  }
  if (taken !== data.length) return broken();
  fillTo(size);
  return Content.joined(contents);
}
