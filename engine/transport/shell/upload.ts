// Large contents: sent through a channel of their own into a private file that only its user can read.

import { pipeline } from 'node:stream/promises';
import { fail } from '../../language/problem/problem.ts';
import type { Channel } from '../channel/channel.ts';
import type { Stdin } from '../channel/connection.ts';
import { privatePlaces, roomyPlaces } from './frame.ts';
import { makeNonce } from './nonce.ts';

/** A place is passed over where less than this is free beyond the content, in KiB: others live there too. */
const spare = 16 * 1024;

/** `df -Pk` is POSIX; a place that it says nothing of is tried. */
const script = (size: number, places: readonly string[], token: string, nonce: string): string => `{ umask 077
n=${Math.ceil(size / 1024) + spare}; d=
for p in ${places.join(' ')}; do
f=$(df -Pk "$p" 2>/dev/null | awk 'NR == 2 { print $4 }'); [ "\${f:-$n}" -ge $n ] || continue
d=$(mktemp -d "$p/vrun.${token}.XXXXXXXXXX" 2>/dev/null) && break; d=
done
[ -n "$d" ] || { echo "none of ${places.join(' ')} has room for a private file of ${size} bytes" >&2; exit 1; }
trap 'rm -rf "$d"; exit 1' HUP TERM PIPE
echo ${nonce}:go:
if head -c ${size} >"$d/c" && [ "$(wc -c <"$d/c")" -eq ${size} ]; then echo "${nonce}:in:$d/c"; exit; fi
rm -rf "$d"; exit 1; }
`;

/**
 * Puts `content` into a new file (0600, in a new directory 0700) and returns its path. `channel` is a POSIX shell that
 * reads its script from standard input; since shells read ahead, the content follows only once the script says so.
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
  let said = '';
  let printed = '';
  channel.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  channel.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
    if (printed.includes(`${nonce}:go:`)) {
      printed = '';
      send(channel, content, (error) => {
        unreadable = error;
      });
    }
    path ??= new RegExp(`${nonce}:in:(/.*/c)\n`).exec(printed)?.[1];
  });
  const places = content instanceof Uint8Array ? privatePlaces : roomyPlaces;
  channel.stdin.write(script(content.length, places, token, nonce));
  await channel.ended;
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
function send(channel: Channel, content: Stdin, unreadable: (error: unknown) => void): void {
  if (content instanceof Uint8Array) {
    channel.stdin.end(content);
    return;
  }
  const chunks = async function* () {
    try {
      yield* content.chunks();
    } catch (error) {
      unreadable(error);
      throw error;
    }
  };
  pipeline(chunks, channel.stdin).catch(() => channel.destroy());
}
