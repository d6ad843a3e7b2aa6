// Contents packed on their way to a host, where that is quicker: how long their beginning takes says how fast the wire is.
import { promisify } from 'node:util';
import { gzip, constants as zlib } from 'node:zlib';

const deflate = promisify(gzip);

/** So many bytes go as they are, and the host says when it has them. */
const BEGINNING = 1024 * 1024;

/** How many bytes of a content of this size are its beginning: none where the rest would be little. */
export const beginningOf = (size: number): number => (size < 2 * BEGINNING ? 0 : BEGINNING);

/**
 * What goes over the wire for a content of `size` bytes: its beginning, a line that says how the rest comes, `gzip` or `plain`, and
 * the rest; as gzip, each piece is a member of the file (RFC 1952, 2.2). `heard` resolves once the host has the beginning, to
 * whether it can unpack.
 */
export async function* packed(
  pieces: AsyncIterable<Uint8Array>,
  size: number,
  heard: Promise<boolean>,
): AsyncGenerator<Uint8Array, void> {
  const begun = performance.now();
  let ahead = beginningOf(size);
  let packs: boolean | undefined;
  for await (const piece of pieces) {
    const plain = piece.subarray(0, ahead);
    const rest = piece.subarray(ahead);
    if (plain.length > 0) yield plain;
    ahead -= plain.length;
    if (ahead > 0) continue;
    if (packs === undefined) {
      packs =
        plain.length > 0 && (await heard) && (await isQuicker(plain, (performance.now() - begun) / beginningOf(size)));
      yield Buffer.from(packs ? 'gzip\n' : 'plain\n');
    }
    if (rest.length > 0) yield packs ? await deflated(rest) : rest;
  }
}

/** Whether deflating and sending what is left takes less than sending all, where a byte takes `pace` milliseconds on the wire. */
async function isQuicker(sample: Uint8Array, pace: number): Promise<boolean> {
  const begun = performance.now();
  const { length } = await deflated(sample);
  const took = (performance.now() - begun) / sample.length;
  return took + pace * (length / sample.length) < pace;
}

function deflated(piece: Uint8Array): Promise<Buffer> {
  return deflate(piece, { level: zlib.Z_BEST_SPEED });
}
