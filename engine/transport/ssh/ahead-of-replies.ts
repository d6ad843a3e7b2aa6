// What a login sends without waiting for a reply that can only be yes. ssh2 waits for each, which is a round trip a time: for
// the service of user authentication (RFC 4253, 10), and for whether a public key would do before it signs with it (RFC 4252, 7:
// a client may sign at once). A reply that is no after all counts as it ever did: the next key is tried.
import type { Client, ParsedKey } from 'ssh2';

type Sign = (data: Buffer, done: (signature: Buffer) => void) => void;

interface Handlers {
  EXT_INFO?: (protocol: unknown, extensions: unknown) => void;
  SERVICE_ACCEPT?: (protocol: unknown, name: string) => void;
}

/** What of ssh2 isn't in its types. */
interface Protocol {
  readonly _handlers: Handlers;
  service(name: string): void;
  authPK(user: string, key: ParsedKey, algorithm: string | undefined, sign?: Sign): void;
}

interface Inside {
  readonly _protocol?: Protocol;
}

/** Call it once the client connects. Where ssh2 is otherwise inside, it waits for each reply. */
export function sendAheadOfReplies(client: Client): void {
  const { _protocol: protocol }: Inside = client as Client & Inside;
  if (!protocol?._handlers) return;
  beginAuthentication(protocol);
  signAtOnce(protocol);
}

/** Once the host has told which signatures it takes (RFC 8308), which OpenSSH does with the end of the key exchange. */
function beginAuthentication(protocol: Protocol): void {
  const { _handlers: handlers, service } = protocol;
  const { EXT_INFO: told, SERVICE_ACCEPT: accepted } = handlers;
  let asked: string | undefined;
  let isTold = false;
  const begin = (name: string): void => {
    if (asked === undefined) return;
    asked = undefined;
    accepted?.(protocol, name);
  };
  protocol.service = (name) => {
    service.call(protocol, name);
    asked = name;
    if (isTold) begin(name);
  };
  handlers.EXT_INFO = (from, extensions) => {
    told?.(from, extensions);
    isTold = true;
    if (asked !== undefined) begin(asked);
  };
  handlers.SERVICE_ACCEPT = (_, name) => begin(name);
}

const HASHES: Readonly<Record<string, string>> = {
  'rsa-sha2-256': 'sha256',
  'rsa-sha2-512': 'sha512',
  'ssh-rsa': 'sha1',
};

/** A private key that is at hand signs; one that an agent or a passphrase keeps is asked for only when the host would take it. */
function signAtOnce(protocol: Protocol): void {
  const { authPK } = protocol;
  protocol.authPK = (user, key, algorithm, sign) => {
    const atHand = sign === undefined && key.isPrivateKey?.();
    const ask = (signs?: Sign) => authPK.call(protocol, user, key, algorithm, signs);
    if (!atHand) return ask(sign);
    ask((data, done) => {
      const signature = key.sign(data, algorithm && HASHES[algorithm]);
      if (signature instanceof Error) ask();
      else done(signature);
    });
  };
}
