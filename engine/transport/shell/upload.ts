// Large contents: sent through a channel of their own into a private file that only its user can read.

import { pipeline } from 'node:stream/promises';
import { lines, sh } from '../../base/script.ts';
import { withResolvers } from '../../base/with-resolvers.ts';
import { fail } from '../../language/problem/problem.ts';
import type { Channel } from '../channel/channel.ts';
import type { Stdin } from '../channel/connection.ts';
import { privatePlaces, roomyPlaces } from './frame.ts';
import { makeNonce } from './nonce.ts';
import { beginningOf, packed } from './packing.ts';
import UPLOAD from './upload.sh';

/** A place is passed over where less than this is free beyond the content, in KiB: others live there too. */
const spare = 16 * 1024;

/** What is in memory goes in pieces of so many bytes. */
const PIECE = 256 * 1024;

/** What upload.sh reads the beginning in. */
const BLOCK = 65_536;

/** As upload.sh tells. A command in braces is read whole before it runs: since shells read ahead, what follows is the content. */
function script(size: number, places: readonly string[], token: string, nonce: string): string {
  const room = Math.ceil(size / 1024) + spare;
  const given = sh`vrun_n=${nonce} vrun_token=${token} vrun_size=${size} vrun_head=${beginningOf(size) / BLOCK} vrun_room=${room} vrun_places=${places.join(' ')}`;
  return `${lines(sh`{`, given, UPLOAD, sh`}`).text}\n`;
}

/**
 * Puts `content` into a new file (0600, in a new directory 0700) and returns its path. `channel` is a POSIX shell that
 * reads its script from standard input; the content follows only once the script says so.
 * @throws ProblemError `step-failed` when the host has no room for it
 */
export async function upload(
  channel: Channel,
  host: string,
  content: Stdin,
  token: string,
  signal: AbortSignal,
): Promise<string> {
  signal.throwIfAborted();
  const onAbort = (): void => channel.destroy();
  signal.addEventListener('abort', onAbort, { once: true });
  const nonce = makeNonce();
  let unreadable: unknown;
  let path: string | undefined;
  const { promise: heard, resolve: hear } = withResolvers<boolean>();
  let said = '';
  let printed = '';
  channel.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  channel.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
    const [, word, more] = new RegExp(`${nonce}:(go|has):(.*)\n`).exec(printed) ?? [];
    if (word !== undefined) printed = '';
    if (word === 'go') {
      send(channel, content, heard, (error) => {
        unreadable = error;
      });
    }
    if (word === 'has') hear(more === 'gzip');
    path ??= new RegExp(`${nonce}:in:(/.*/c)\n`).exec(printed)?.[1];
  });
  const places = content instanceof Uint8Array ? privatePlaces : roomyPlaces;
  channel.stdin.write(script(content.length, places, token, nonce));
  await channel.ended;
  hear(false);
  signal.removeEventListener('abort', onAbort);
  signal.throwIfAborted();
  if (unreadable !== undefined) throw unreadable;
  if (path !== undefined) return path;
  return fail({
    code: 'step-failed',
    summary: `A file of ${content.length} bytes could not be sent to ${host}`,
    detail: said.trim() === '' ? 'The connection ended while it was sent.' : said.trim(),
  });
}

/**
 * A content that can't be read to its end is told of, and ends the channel, so that the host sees too few bytes and drops
 * them. Nobody waits for the sending itself: a channel that has ended takes no more and doesn't say so.
 */
function send(channel: Channel, content: Stdin, heard: Promise<boolean>, unreadable: (error: unknown) => void): void {
  const pieces = async function* () {
    try {
      yield* content instanceof Uint8Array ? cut(content) : content.chunks();
    } catch (error) {
      unreadable(error);
      throw error;
    }
  };
  pipeline(packed(pieces(), content.length, heard), channel.stdin).catch(() => channel.destroy());
}

function* cut(bytes: Uint8Array): Generator<Uint8Array, void> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}
