// What a server says in the clear before the keys are exchanged: lines, its name, and the algorithms that it has (RFC 4253, 4.2 and 7.1).
import type { Duplex } from 'node:stream';

export interface ServerHello {
  /** What it said before its name, or in its place: why it lets nobody in. */
  readonly lines: readonly string[];
  /** `SSH-2.0-…`; undefined when it never came to that. */
  readonly name: string | undefined;
  /** Its algorithms, undefined when it never came to that. */
  readonly kex: readonly string[] | undefined;
  readonly hostKeys: readonly string[] | undefined;
}

/** Far more than a server says before the keys are exchanged. */
const LIMIT = 16 * 1024;

/** Listens to the beginning of what comes from `socket`, whoever else reads it; the result tells what it was so far. */
export function hearHello(socket: Duplex): () => ServerHello {
  let heard = Buffer.alloc(0);
  const onData = (chunk: Buffer): void => {
    heard = Buffer.concat([heard, chunk]);
    if (heard.length > LIMIT) socket.off('data', onData);
  };
  socket.on('data', onData);
  return () => {
    socket.off('data', onData);
    return parseServerHello(heard);
  };
}

export function parseServerHello(data: Buffer): ServerHello {
  const lines: string[] = [];
  let at = 0;
  for (;;) {
    const end = data.indexOf('\n', at);
    const line = data.toString('latin1', at, end < 0 ? data.length : end).replace(/\r$/, '');
    if (line.startsWith('SSH-'))
      return { lines, name: line, ...algorithmsIn(data.subarray(end < 0 ? data.length : end + 1)) };
    if (line !== '') lines.push(line);
    if (end < 0) return { lines, name: undefined, kex: undefined, hostKeys: undefined };
    at = end + 1;
  }
}

/** A packet: length, length of the padding, SSH_MSG_KEXINIT (20), a cookie of 16 bytes, lists of names. */
function algorithmsIn(packet: Buffer): Pick<ServerHello, 'kex' | 'hostKeys'> {
  const kex = packet.length > 22 && packet[5] === 20 ? nameList(packet, 22) : undefined;
  return { kex: kex?.names, hostKeys: kex === undefined ? undefined : nameList(packet, kex.end)?.names };
}

function nameList(packet: Buffer, at: number): { readonly names: readonly string[]; readonly end: number } | undefined {
  if (at + 4 > packet.length) return undefined;
  const end = at + 4 + packet.readUInt32BE(at);
  if (end > packet.length) return undefined;
  return { names: packet.toString('latin1', at + 4, end).split(','), end };
}
