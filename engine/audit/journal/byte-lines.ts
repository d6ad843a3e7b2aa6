// A file's lines as bytes, one at a time: a journal may be far larger than memory should be.
import { openPlain } from '../../base/plain-file.ts';
import { LONGEST_LINE } from '../../signature/canonical.ts';

/** A line with its newline; without one (`whole` is false) it is what stands after the last newline. */
export interface ByteLine {
  readonly bytes: Buffer;
  readonly whole: boolean;
}

/** The lines of a file, in order. @throws Error for a line longer than 64 MiB, and what reading throws */
export async function* byteLines(file: string): AsyncGenerator<ByteLine> {
  let parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of (await openPlain(file)).createReadStream({ highWaterMark: 256 * 1024 })) {
    const bytes: Buffer = chunk;
    let start = 0;
    for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
      yield { bytes: Buffer.concat([...parts, bytes.subarray(start, end + 1)]), whole: true };
      parts = [];
      length = 0;
      start = end + 1;
    }
    if (start < bytes.length) parts.push(bytes.subarray(start));
    length += bytes.length - start;
    if (length > LONGEST_LINE) throw new Error('a line is longer than 64 MiB');
  }
  if (parts.length > 0) yield { bytes: Buffer.concat(parts), whole: false };
}
