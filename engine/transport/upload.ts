// Large contents: sent through a channel of their own into a private file that only its user can read.
import { fail } from '../language/problem.ts';
import type { Channel } from './channel.ts';
import { privatePlaces } from './frame.ts';
import { makeNonce } from './nonce.ts';

const script = (size: number, token: string, nonce: string): string => `{ umask 077
for d in ${privatePlaces.join(' ')}; do d=$(mktemp -d "$d/vrun.${token}.XXXXXXXXXX" 2>/dev/null) && break; d=; done
[ -n "$d" ] || { echo "there is no place for a private file" >&2; exit 1; }
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
  content: Uint8Array,
  token: string,
  signal: AbortSignal,
): Promise<string> {
  signal.throwIfAborted();
  const onAbort = (): void => channel.destroy();
  signal.addEventListener('abort', onAbort, { once: true });
  const nonce = makeNonce();
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
      channel.stdin.end(content);
    }
    path ??= new RegExp(`${nonce}:in:(/.*/c)\n`).exec(printed)?.[1];
  });
  channel.stdin.write(script(content.length, token, nonce));
  await channel.ended;
  signal.removeEventListener('abort', onAbort);
  signal.throwIfAborted();
  if (path !== undefined) return path;
  return fail({
    code: 'step-failed',
    summary: `A file of ${content.length} bytes could not be sent to ${host}`,
    detail: said.trim() === '' ? 'The connection ended while it was sent.' : said.trim(),
  });
}
