// A journal's lines as values: for whoever reads events back. Nothing is verified here.
import { parseCanonical } from '../../signature/canonical.ts';
import { byteLines } from './byte-lines.ts';
import type { JournalLine } from './journal.ts';

/** The first `most` lines, as far as they can be read, one at a time. @throws what reading the file throws */
export async function* journalLines(file: string, most = Number.POSITIVE_INFINITY): AsyncGenerator<JournalLine> {
  let count = 0;
  for await (const { bytes, whole } of byteLines(file)) {
    const value = whole && count < most ? readLine(bytes) : undefined;
    if (value === undefined) return;
    count += 1;
    yield value;
  }
}

function readLine(bytes: Buffer): JournalLine | undefined {
  try {
    const value = parseCanonical(bytes.subarray(0, -1));
    if (typeof value !== 'object' || value === null || !('type' in value)) return undefined;
    return value as JournalLine; // written by Journal; whoever must be sure that it was verifies first
  } catch {
    return undefined;
  }
}
