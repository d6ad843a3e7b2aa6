// The keys of an ssh-agent, and keys offered as an agent would: the private half is only wanted once the host takes the public one.
import { connect } from 'node:net';
import ssh2, { type ParsedKey, type SigningRequestOptions } from 'ssh2';
import { keyType } from '../known-hosts/known-hosts.ts';

const requestIdentities = Buffer.from([0, 0, 0, 1, 11]); // SSH_AGENTC_REQUEST_IDENTITIES (draft-ietf-sshm-ssh-agent)
const patience = 2000;

/** The public keys in the agent behind `socket`, as blobs of any type, in its order; undefined when it doesn't answer. */
export async function agentKeys(socket: string): Promise<Buffer[] | undefined> {
  const answer = await ask(socket);
  return answer.length === 0 ? undefined : blobsIn(answer);
}

function ask(socket: string): Promise<Buffer> {
  return new Promise((resolve) => {
    const client = connect(socket);
    let answer = Buffer.alloc(0);
    client.setTimeout(patience, () => client.destroy());
    client.on('error', () => undefined); // 'close' follows
    client.on('close', () => resolve(answer));
    client.on('data', (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      if (answer.length >= 4 && answer.length >= 4 + answer.readUInt32BE(0)) client.destroy();
    });
    client.write(requestIdentities);
  });
}

/** The keys in an SSH_AGENT_IDENTITIES_ANSWER (12): a count, then for each a blob and a comment. */
function blobsIn(answer: Buffer): Buffer[] {
  const blobs: Buffer[] = [];
  if (answer.length < 9 || answer[4] !== 12) return blobs;
  let at = 9;
  for (let left = answer.readUInt32BE(5); left > 0 && at + 4 <= answer.length; left--) {
    const end = at + 4 + answer.readUInt32BE(at);
    if (end + 4 > answer.length) break;
    blobs.push(answer.subarray(at + 4, end));
    at = end + 4 + answer.readUInt32BE(end);
  }
  return blobs;
}

type Signed = (error: Error | undefined | null, signature?: Buffer) => void;
type Sign = (key: ParsedKey, data: Buffer, options: SigningRequestOptions, done: Signed) => void;

/** Some public keys in an order of ours, and how to sign with them. */
export class KeyRing extends ssh2.BaseAgent<ParsedKey> {
  readonly blobs: readonly Buffer[];
  readonly #sign: Sign;

  private constructor(blobs: readonly Buffer[], sign: Sign) {
    super();
    this.blobs = blobs;
    this.#sign = sign;
  }

  /** Keys whose private halves are in an agent. */
  static ofAgent(socket: string, blobs: readonly Buffer[]): KeyRing {
    const agent = ssh2.createAgent(socket);
    return new KeyRing(blobs, (key, data, options, done) => agent.sign(key, data, options, done));
  }

  /** One key whose private half is opened when it is needed. */
  static ofFile(blob: Buffer, open: () => Promise<ParsedKey | Error>): KeyRing {
    return new KeyRing([blob], (_key, data, { hash }, done) => {
      void open().then((key) => {
        const signature = key instanceof Error ? key : signatureOf(key, data, hash);
        if (signature instanceof Error) done(signature);
        else done(undefined, signature);
      });
    });
  }

  override getIdentities(done: (error: Error | undefined | null, keys?: ParsedKey[]) => void): void {
    const keys = this.blobs.flatMap((blob) => {
      const key = ssh2.utils.parseKey(`${keyType(blob)} ${blob.toString('base64')}`);
      return key instanceof Error ? [] : [key];
    });
    done(undefined, keys);
  }

  override sign(
    key: ParsedKey | string | Buffer,
    data: Buffer,
    options: SigningRequestOptions | Signed,
    done?: Signed,
  ): void {
    const [how, answer] = typeof options === 'function' ? [{}, options] : [options, done];
    const parsed = typeof key === 'string' || Buffer.isBuffer(key) ? ssh2.utils.parseKey(key) : key;
    if (answer === undefined) return;
    if (parsed instanceof Error) answer(parsed);
    else this.#sign(parsed, data, how, answer);
  }
}

function signatureOf(key: ParsedKey, data: Buffer, hash: string | undefined): Buffer | Error {
  const signature: Buffer | Error = key.sign(data, hash);
  return signature;
}
