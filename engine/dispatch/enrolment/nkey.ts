// NKeys, by which NATS knows its clients: Ed25519 keys in base32, public ones of users begin with U and their seeds with SU.
import { Secret } from '../../language/value/secret.ts';

/** The library, which few commands need. It is CommonJS: bundled, it has a default export alone. */
const nkeys = async () => (await import('@nats-io/nkeys')).default;

/** A seed that nobody has, and its public key. */
export async function newNkey(): Promise<{ readonly seed: string; readonly publicKey: string }> {
  const { createUser } = await nkeys();
  const pair = createUser();
  return { seed: new TextDecoder().decode(pair.getSeed()), publicKey: pair.getPublicKey() };
}

/** The public key of a user's seed; undefined for anything else. */
export async function publicNkey(seed: Secret): Promise<string | undefined> {
  if (!/^SU[A-Z2-7]{56}$/.test(seed.reveal())) return undefined;
  const { fromSeed } = await nkeys();
  try {
    return fromSeed(new TextEncoder().encode(seed.reveal())).getPublicKey();
  } catch {
    return undefined;
  }
}

/** True for the public key of a user, its checksum included. */
export async function isPublicNkey(text: string): Promise<boolean> {
  if (!/^U[A-Z2-7]{55}$/.test(text)) return false;
  const { fromPublic } = await nkeys();
  try {
    fromPublic(text);
    return true;
  } catch {
    return false;
  }
}

/** The seed of a file that holds one, as `nk -gen user` writes it. */
export function seedIn(text: string): Secret {
  return new Secret('nats.seed', text.trim());
}
