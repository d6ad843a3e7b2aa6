// A connection to Redis by its protocol, RESP2: https://redis.io/docs/latest/develop/reference/protocol-spec/
import { connect } from 'node:net';

/**
 * Connects, authenticates and selects the database that the URL names.
 * @param {string} url  `redis://[:password@]host[:port][/database]`
 */
export async function openRedis(url) {
  const { hostname, port, password, pathname } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port || 6379) });
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));

  /** @type {{ resolve: (value: any) => void, reject: (error: Error) => void }[]} */
  const waiting = [];
  let received = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
    for (let reply = readReply(received, 0); reply; reply = readReply(received, 0)) {
      received = received.subarray(reply.end);
      const asked = waiting.shift();
      if (reply.value instanceof Error) asked?.reject(reply.value);
      else asked?.resolve(reply.value);
    }
  });
  const lost = (/** @type {Error | undefined} */ error) => {
    for (const { reject } of waiting.splice(0)) reject(error ?? new Error('Redis closed the connection'));
  };
  socket.on('error', lost).on('close', () => lost(undefined));

  /**
   * @param {...string} words
   * @returns {Promise<any>} text, number, list or null
   */
  const send = (...words) =>
    new Promise((resolve, reject) => {
      if (socket.destroyed) return reject(new Error('Redis closed the connection'));
      waiting.push({ resolve, reject });
      socket.write(
        words.reduce((text, word) => `${text}$${Buffer.byteLength(word)}\r\n${word}\r\n`, `*${words.length}\r\n`),
      );
    });
  const close = () => socket.destroy();
  try {
    if (password !== '') await send('AUTH', decodeURIComponent(password));
    if (pathname.length > 1) await send('SELECT', pathname.slice(1));
  } catch (error) {
    close();
    throw error;
  }
  return { send, close };
}

/**
 * The reply that begins at `at`; undefined while it isn't there as a whole.
 * @param {Buffer} bytes
 * @param {number} at
 * @returns {{ value: any, end: number } | undefined}
 */
export function readReply(bytes, at) {
  const line = bytes.indexOf('\r\n', at);
  if (line < 0) return undefined;
  const kind = String.fromCharCode(bytes[at] ?? 0);
  const text = bytes.toString('utf8', at + 1, line);
  const end = line + 2;
  switch (kind) {
    case '+':
      return { value: text, end };
    case '-':
      return { value: new Error(`Redis says: ${text}`), end };
    case ':':
      return { value: Number(text), end };
    case '$': {
      const size = Number(text);
      if (size < 0) return { value: null, end };
      if (bytes.length < end + size + 2) return undefined;
      return { value: bytes.toString('utf8', end, end + size), end: end + size + 2 };
    }
    case '*': {
      if (Number(text) < 0) return { value: null, end };
      const items = [];
      let next = end;
      for (let left = Number(text); left > 0; left -= 1) {
        const item = readReply(bytes, next);
        if (!item) return undefined;
        items.push(item.value);
        next = item.end;
      }
      return { value: items, end: next };
    }
    default:
      throw new Error(`Redis sent what is no reply: ${kind}${text}`);
  }
}
