// How we log in: the keys to try, in ssh's order, each private one read or asked for only when its turn comes.
import { join } from 'node:path';
import type { AnyAuthMethod } from 'ssh2';
import { fingerprint } from '../../base/digest.ts';
import { keyTypeOf, kindOfKey } from '../known-hosts/host-key.ts';
import { keyType } from '../known-hosts/known-hosts.ts';
import { agentKeys, KeyRing } from './agent-keys.ts';
import type { ConnectContext } from './context.ts';
import type { LoginKey } from './identity.ts';
import { foreignKind, readIdentityFile, rsaBits } from './identity-file.ts';

/** What to log in with. */
export interface Identities {
  readonly user: string;
  readonly files: readonly string[];
  /** The files were named by someone; otherwise they are ssh's defaults and may be missing. */
  readonly named: boolean;
  /** The socket of ssh-agent. */
  readonly agent: string | undefined;
  /** Of the agent's keys only those of `files` (IdentitiesOnly). */
  readonly only: boolean;
  /** Signature algorithms that may be used (PubkeyAcceptedAlgorithms); undefined for all. */
  readonly algorithms: readonly string[] | undefined;
  /** An RSA key of fewer bits isn't used (RequiredRSASize). */
  readonly leastRsaBits: number;
  /** The option because of which no key may be tried. */
  readonly without: string | undefined;
  /** What else ssh's configuration would try, and can't be here. */
  readonly foreign: readonly string[];
}

/** What was tried, for the message when none of it was enough. */
export interface Tried {
  readonly keys: string[];
  readonly notes: string[];
  /** The ways in that the host named. */
  readonly accepts: string[];
}

/** ssh's default identities (ssh(1), -i), in its order, where `ssh -G` wasn't asked. */
export function defaultIdentityFiles(home: string): string[] {
  return ['id_rsa', 'id_ecdsa', 'id_ecdsa_sk', 'id_ed25519', 'id_ed25519_sk', 'id_mldsa44_ed25519'].map((name) =>
    join(home, '.ssh', name),
  );
}

/**
 * The ways to log in, one after the other, in ssh's order: the agent's keys that are named, the agent's others (unless
 * only named ones are wanted), then the named ones that the agent doesn't have. So what is enough for ssh is enough here,
 * even where the host closes the door after a few wrong keys.
 */
export async function* authMethods(
  identities: Identities,
  context: ConnectContext,
  tried: Tried,
): AsyncGenerator<AnyAuthMethod, void> {
  const { user, agent, files, named, only, without } = identities;
  tried.notes.push(...identities.foreign);
  if (without !== undefined) {
    tried.notes.push(`any key: ssh's configuration says ${without}`);
    return;
  }
  const own = await Promise.all(files.map((file) => readIdentityFile(file, context)));
  const offered = new Set<string>();
  if (agent !== undefined) {
    const ring = await fromAgent(agent, own, identities, tried);
    for (const blob of ring?.blobs ?? []) offered.add(blob.toString('base64'));
    if (ring !== undefined && ring.blobs.length > 0) {
      tried.keys.push(`the keys in ssh-agent${only ? ' that are named' : ''}`);
      yield { type: 'agent', username: user, agent: ring };
    }
  }
  for (const identity of own) {
    const { blob } = identity;
    if (blob !== undefined && offered.has(blob.toString('base64'))) continue;
    const unusable = identity.unusable ?? refusal(blob, identities);
    if (unusable === undefined) yield* fileMethod(identity, user, tried);
    else if (named || !identity.missing || blob !== undefined) tried.notes.push(`${identity.file}: ${unusable}`);
  }
}

/** Which of the agent's keys to offer, in which order. Undefined when there is no agent behind the socket. */
async function fromAgent(
  socket: string,
  own: readonly LoginKey[],
  identities: Identities,
  tried: Tried,
): Promise<KeyRing | undefined> {
  const named = new Set(own.flatMap(({ blob }) => (blob === undefined ? [] : [blob.toString('base64')])));
  if (identities.only && named.size === 0) return undefined;
  const isNamed = (blob: Buffer): boolean => named.has(blob.toString('base64'));
  const blobs = await agentKeys(socket);
  if (blobs === undefined) {
    tried.notes.push(`ssh-agent: nobody answers at ${socket}`);
    return undefined;
  }
  const wanted = [...blobs.filter(isNamed), ...(identities.only ? [] : blobs.filter((blob) => !isNamed(blob)))];
  const usable = wanted.filter((blob) => {
    const foreign = foreignKind(keyType(blob));
    if (foreign !== undefined) tried.notes.push(`ssh-agent's ${keyType(blob)} key: ${foreign}`);
    return foreign === undefined && refusal(blob, identities) === undefined;
  });
  return KeyRing.ofAgent(socket, usable);
}

async function* fileMethod(identity: LoginKey, user: string, tried: Tried): AsyncGenerator<AnyAuthMethod, void> {
  const { file, blob } = identity;
  if (identity.key === undefined && blob !== undefined) {
    // The passphrase is only worth asking for once the host says that it would take the key.
    tried.keys.push(`${file} (${kindOfKey(keyType(blob))} ${fingerprint(blob)})`);
    yield { type: 'agent', username: user, agent: KeyRing.ofFile(blob, identity.open) };
    return;
  }
  const key = await identity.open();
  if (key instanceof Error) {
    tried.notes.push(`${file}: ${key.message}`);
    return;
  }
  tried.keys.push(`${file} (${kindOfKey(key.type)} ${fingerprint(key.getPublicSSH())})`);
  yield { type: 'publickey', username: user, key };
}

/** Why ssh's configuration forbids a key. */
function refusal(blob: Buffer | undefined, { algorithms, leastRsaBits }: Identities): string | undefined {
  if (blob === undefined) return undefined;
  const type = keyType(blob);
  if (algorithms !== undefined && !algorithms.some((algorithm) => keyTypeOf(algorithm) === type)) {
    return `PubkeyAcceptedAlgorithms in ssh's configuration leaves out ${type}`;
  }
  const bits = rsaBits(blob);
  return bits === undefined || bits >= leastRsaBits
    ? undefined
    : `an RSA key of ${bits} bits, fewer than ${leastRsaBits}`;
}
