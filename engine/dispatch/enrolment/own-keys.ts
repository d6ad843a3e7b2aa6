// The keys of this machine's worker, each in a file of its own: made once, never overwritten, never shown.
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createFile } from '../../audit/chain/durable-file.ts';
import { hasCode, systemReason } from '../../base/file-error.ts';
import { readPlainText } from '../../base/plain-file.ts';
import { fail, type Problem, ProblemError } from '../../language/problem/problem.ts';
import { Secret } from '../../language/value/secret.ts';
import { newIdentity, readAgeIdentity, recipientOf } from '../../language/yaml/age.ts';
import { newPrivateKey } from '../../signature/private-key.ts';
import { findKey, type SigningKey } from '../../signature/signing-key.ts';
import { newNkey, publicNkey, seedIn } from './nkey.ts';
import { toTheSecond, type Worker } from './worker.ts';

/** What a worker opens, signs and logs in with. */
export interface OwnKeys {
  /** `AGE-SECRET-KEY-1…` */
  readonly identity: Secret;
  /** Its public half, `age1…`. */
  readonly age: string;
  readonly signingKey: SigningKey;
  /** `SU…` */
  readonly seed: Secret;
  /** Its public half, `U…`. */
  readonly nats: string;
  /** When the identity was made, UTC. */
  readonly made: string;
}

/** The files of a worker's directory. */
export function keyFiles(directory: string): Readonly<Record<'identity' | 'signingKey' | 'seed', string>> {
  return {
    identity: join(directory, 'age-identity'),
    signingKey: join(directory, 'signing-key'),
    seed: join(directory, 'nats.seed'),
  };
}

/** Makes the keys that aren't there, 0600 in a directory that is 0700 if it is made here. @returns the files that it made */
export async function makeOwnKeys(directory: string, comment: string): Promise<readonly string[]> {
  const files = keyFiles(directory);
  const identity = await newIdentity();
  const contents: readonly (readonly [file: string, content: string])[] = [
    [files.identity, `# created: ${toTheSecond(new Date())}\n# public key: ${identity.recipient}\n${identity.key}\n`],
    [files.signingKey, newPrivateKey(comment).file],
    [files.seed, `${(await newNkey()).seed}\n`],
  ];
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const made: string[] = [];
  for (const [file, content] of contents) if (await createFile(file, content)) made.push(file);
  return made;
}

/** Reads the keys. @throws ProblemError with all that is missing or is no key; it quotes none of them */
export async function readOwnKeys(directory: string): Promise<OwnKeys> {
  const files = keyFiles(directory);
  const problems: Problem[] = [];
  const told = async <T>(reading: Promise<T>): Promise<T | undefined> => {
    try {
      return await reading;
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      const hint = `Make what is missing in ${directory}:\n    vrun worker enroll --name NAME --region REGION`;
      problems.push(...error.problems.map((problem) => ({ ...problem, hint })));
      return undefined;
    }
  };
  const age = await told(readIdentity(files.identity));
  const signingKey = await told(readSigningKey(files.signingKey));
  const nats = await told(readSeed(files.seed));
  if (problems.length > 0 || !age || !signingKey || !nats) throw new ProblemError(problems);
  return { ...age, signingKey, ...nats };
}

/** The worker as others are to know it. */
export function enrolledAs({ age, signingKey, nats, made }: OwnKeys, name: string, region: string): Worker {
  return { name, region, age, ssh: signingKey.publicKey, nats, enrolled: made, revoked: undefined };
}

async function readIdentity(file: string): Promise<Pick<OwnKeys, 'identity' | 'age' | 'made'>> {
  const [first] = await readAgeIdentity(file);
  if (first === undefined || !('key' in first)) return notAKey(file, 'an age identity');
  const created = Date.parse(/^# created: *(\S+)$/m.exec(await readText(file))?.[1] ?? '');
  const made = new Date(Number.isNaN(created) ? (await stat(file)).mtimeMs : created);
  return {
    identity: new Secret('age-identity', first.key),
    age: await recipientOf(first.key).catch(() => notAKey(file, 'an age identity')),
    made: toTheSecond(made),
  };
}

async function readSigningKey(file: string): Promise<SigningKey> {
  const key = await findKey(file, {});
  return key.publicKey.type === 'ssh-ed25519' ? key : notAKey(file, 'an Ed25519 key as ssh-keygen writes it');
}

/** Reads the seed of an NKey of a user. @throws ProblemError where it isn't there or is none */
export async function readSeed(file: string): Promise<Pick<OwnKeys, 'seed' | 'nats'>> {
  const seed = seedIn(await readText(file));
  return { seed, nats: (await publicNkey(seed)) ?? notAKey(file, 'the seed of an NKey of a user') };
}

async function readText(file: string): Promise<string> {
  return readPlainText(file).catch((error: unknown) => {
    const detail = systemReason(error) ?? (error instanceof Error ? error.message : String(error));
    const missing = hasCode(error, 'ENOENT');
    return fail({
      code: missing ? 'file-missing' : 'file-unreadable',
      summary: `‹${file}› ${missing ? "isn't there" : "can't be read"}`,
      detail,
    });
  });
}

function notAKey(file: string, wanted: string): never {
  return fail({ code: 'enrolment', summary: `‹${file}› doesn't hold ${wanted}` });
}
