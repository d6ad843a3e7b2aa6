// Workers with keys that are made for a test.
import { newNkey } from '../../../engine/dispatch/enrolment/nkey.ts';
import type { Worker } from '../../../engine/dispatch/enrolment/worker.ts';
import { newIdentity } from '../../../engine/language/yaml/age.ts';
import { newPrivateKey } from '../../../engine/signature/private-key.ts';
import { publicKeyBlob } from '../../../engine/signature/public-key.ts';

export interface MadeWorker extends Worker {
  /** The seed of its NKey. */
  readonly seed: string;
}

/** A worker that nobody else is. */
export async function makeWorker(name: string, region: string, revoked?: string): Promise<MadeWorker> {
  const { seed, publicKey } = await newNkey();
  return {
    name,
    region,
    age: (await newIdentity()).recipient,
    ssh: { type: 'ssh-ed25519', blob: publicKeyBlob(newPrivateKey('').key), comment: '' },
    nats: publicKey,
    enrolled: '2026-05-01T09:30:00Z',
    revoked,
    seed,
  };
}
