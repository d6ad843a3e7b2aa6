// A client of ssh-agent that lists keys and signs (draft-ietf-sshm-ssh-agent). It gives whole signature blobs, which
// hardware keys need: their flags and counter stand after the signature.
import net from 'node:net';
import type { PublicKey } from './public-key.ts';
import { uint32, WireReader, wireString } from './wire.ts';

const LIST = 11;
const IDENTITIES = 12;
const SIGN = 13;
const SIGNATURE = 14;
/** Asks an RSA key for rsa-sha2-512. */
const SHA2_512 = 4;

const LONGEST_REPLY = 256 * 1024;
/** Milliseconds. Signing waits longer: somebody may have to touch a key or confirm. */
const LIST_TIMEOUT = 10_000;
const SIGN_TIMEOUT = 120_000;

/** The keys that an agent holds. @throws Error when it can't be reached or answers something else */
export async function agentSigningKeys(socket: string): Promise<PublicKey[]> {
  const reply = await ask(socket, Buffer.of(LIST), LIST_TIMEOUT);
  if (reply.byte() !== IDENTITIES) throw new Error('the agent does not list its keys');
  const count = reply.uint32();
  return Array.from({ length: count }, () => {
    const blob = Buffer.from(reply.string());
    return { type: new WireReader(blob).text(), blob, comment: reply.text() };
  });
}

/** The SSH signature blob over `data` by the agent's key. @throws Error when the agent refuses */
export async function agentSign(socket: string, blob: Uint8Array, data: Uint8Array): Promise<Buffer> {
  const flags = new WireReader(blob).text() === 'ssh-rsa' ? SHA2_512 : 0;
  const request = Buffer.concat([Buffer.of(SIGN), wireString(blob), wireString(data), uint32(flags)]);
  const reply = await ask(socket, request, SIGN_TIMEOUT);
  if (reply.byte() !== SIGNATURE) throw new Error('the agent refused to sign');
  return Buffer.from(reply.string());
}

function ask(socket: string, request: Uint8Array, timeout: number): Promise<WireReader> {
  return new Promise((resolve, reject) => {
    const connection = net.connect(socket);
    const chunks: Buffer[] = [];
    let length = 0;
    connection.setTimeout(timeout, () => connection.destroy(new Error('the agent does not answer')));
    connection.on('error', reject);
    connection.on('close', () => reject(new Error('the agent closed the connection')));
    connection.on('data', (chunk) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length > LONGEST_REPLY) connection.destroy(new Error('the agent answers too much'));
      const all = Buffer.concat(chunks);
      if (all.length < 4 || all.length < 4 + all.readUInt32BE(0)) return;
      resolve(new WireReader(all.subarray(4, 4 + all.readUInt32BE(0))));
      connection.destroy();
    });
    connection.write(wireString(request));
  });
}
