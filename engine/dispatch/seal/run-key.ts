// The key of one dispatched run: made by its coordinator, wrapped as an age file for the workers that may take part.
import { createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import { fail, type Problem, ProblemError } from '../../language/problem/problem.ts';
import type { Secret } from '../../language/value/secret.ts';
import { recipientOf } from '../../language/yaml/age.ts';

/** 32 random bytes. What is sealed with keys made of them says who may read it, and not who has written it. */
export interface RunKey {
  readonly secret: KeyObject;
}

/** Bytes of a run's key. */
const LENGTH = 32;

/** A key that no other run has. */
export function newRunKey(): RunKey {
  return { secret: createSecretKey(randomBytes(LENGTH)) };
}

/**
 * The key of one region's part of the run (HKDF-SHA-256, RFC 5869). Whoever has it finds neither the run's nor another region's: what
 * workers of one region get into the broker as if it were another's, doesn't open there.
 */
export function keyOfRegion({ secret }: RunKey, region: string): RunKey {
  return { secret: createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', `vrun-region-v1 ${region}`, LENGTH))) };
}

/**
 * The key as an age file (age-encryption.org/v1, binary) that each of the recipients (`age1…`, X25519) can open. The file names none
 * of them.
 * @throws ProblemError `enrolment` without recipients, and for what is none
 */
export async function wrap({ secret }: RunKey, recipients: readonly string[]): Promise<Uint8Array> {
  if (recipients.length === 0) {
    fail({
      code: 'enrolment',
      summary: 'No worker is enrolled that could open the key of this run',
      detail: 'Every worker is revoked, or there is none.',
      hint: 'On the worker’s machine ‹vrun worker enroll› prints what this takes:\n    vrun worker add FILE',
    });
  }
  // only dispatched runs need it, and the library takes long to load
  const { Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  const problems: Problem[] = [];
  for (const recipient of new Set(recipients)) {
    try {
      encrypter.addRecipient(recipient);
    } catch {
      problems.push({ code: 'enrolment', summary: `‹${recipient}› is no age recipient` });
    }
  }
  if (problems.length > 0) throw new ProblemError(problems);
  return encrypter.encrypt(secret.export());
}

/**
 * The key that a worker's identity (`AGE-SECRET-KEY-1…`) opens.
 * @throws ProblemError `not-enrolled` where it wasn't wrapped for that worker, `seal-broken` for what was cut or changed,
 * `secret-unreadable` for what is no identity
 */
export async function unwrap(bytes: Uint8Array, identity: Secret): Promise<RunKey> {
  const { Decrypter } = await import('age-encryption');
  const decrypter = new Decrypter();
  try {
    decrypter.addIdentity(identity.reveal());
  } catch {
    fail({ code: 'secret-unreadable', summary: 'The worker’s identity is no age key' });
  }
  let opened: Uint8Array;
  try {
    opened = await decrypter.decrypt(bytes);
  } catch (error) {
    return /no identity matched/.test(String(error))
      ? fail(notAmong(await recipientOf(identity.reveal())))
      : fail(BROKEN);
  }
  if (opened.length !== LENGTH) fail(BROKEN);
  return { secret: createSecretKey(opened) };
}

const BROKEN: Problem = {
  code: 'seal-broken',
  summary: 'The key of this run can’t be opened',
  detail: 'It was cut or changed on its way through the broker. Nothing of the run was begun here.',
  hint: 'Start the run again. If it happens again, look at who may write to the broker.',
};

function notAmong(recipient: string): Problem {
  return {
    code: 'not-enrolled',
    summary: 'The key of this run isn’t for this worker',
    detail: `Those may open it that workers.yml listed, and hadn’t revoked, when the run began. This worker is ${recipient}.`,
    hint: 'Enroll it, and start the run again. What to add on the operator’s machine is printed here by:\n    vrun worker enroll --name NAME --region REGION',
  };
}
