// Large outputs: what a script prints, through a channel of its own, as it comes.

import { lines, sh } from '../../base/script.ts';
import { fail } from '../../language/problem/problem.ts';
import type { Channel } from '../channel/channel.ts';
import type { DownloadOptions } from '../channel/connection.ts';
import APART from './apart.sh';
import AS_USER from './as-user.sh';
import DOWNLOAD from './download.sh';
import { makeNonce } from './nonce.ts';

/** The marks stand around the output; what is printed can't hold them, since the nonce only came by standard input. */
function scriptOf({ script, user }: DownloadOptions, nonce: string): string {
  const own = user === undefined ? script : sh`vrun_as ${user} ${script}`.text;
  return `${lines(sh`{ vrun_n=${nonce} vrun_script=${own}`, AS_USER, APART, DOWNLOAD, sh`}`).text}\n`;
}

/**
 * The output of the script in pieces. `channel` is a POSIX shell that reads its script from standard input.
 * @throws ProblemError `step-failed` with what the script said, when its status isn't 0; `connection-lost` when the
 * output has no end
 */
export async function* download(
  channel: Channel,
  host: string,
  options: DownloadOptions,
): AsyncGenerator<Uint8Array, void> {
  const { signal } = options;
  signal.throwIfAborted();
  const onAbort = (): void => channel.destroy();
  signal.addEventListener('abort', onAbort, { once: true });
  const nonce = makeNonce();
  const begin = Buffer.from(`${nonce}:go:\n`);
  const tail = `${nonce}:end:255:\n`.length;
  let said = '';
  let held: Buffer = Buffer.alloc(0);
  let begun = false;
  channel.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4096);
  });
  channel.stdin.end(scriptOf(options, nonce));
  try {
    for await (const chunk of channel.stdout) {
      held = Buffer.concat([held, chunk]);
      const at = begun ? 0 : held.indexOf(begin);
      if (!begun && at < 0) continue;
      if (!begun) held = held.subarray(at + begin.length);
      begun = true;
      if (held.length <= tail) continue;
      yield held.subarray(0, -tail);
      held = held.subarray(-tail);
    }
    signal.throwIfAborted();
    const end = held.lastIndexOf(`${nonce}:end:`);
    const [, status] = end < 0 ? [] : (/:end:(\d+):\n$/.exec(held.toString('latin1', end)) ?? []);
    if (status === undefined) {
      fail({
        code: 'connection-lost',
        summary: `The connection to ${host} was lost`,
        detail: 'It ended while a file was brought from there.',
      });
    }
    if (status !== '0') {
      await channel.ended; // what it said comes by another pipe, and may come later
      const detail = said.trim() === '' ? `It ended with status ${status} and said nothing.` : said.trim();
      fail({ code: 'step-failed', summary: `A file could not be brought from ${host}`, detail });
    }
    if (end > 0) yield held.subarray(0, end);
  } finally {
    signal.removeEventListener('abort', onAbort);
    channel.destroy();
  }
}
