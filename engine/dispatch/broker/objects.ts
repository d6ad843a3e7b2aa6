// Bundles of a run, by their digest: whole or not at all. They lie in a stream of our own and not in the client's object store, whose
// chunks don't say which run they are of: those of a put that was killed would stay for ever.
import { headers } from '@nats-io/transport-node';
import { sha256 } from '../../base/digest.ts';
import { fail } from '../../language/problem/problem.ts';
import type { Broker } from './broker.ts';
import { persist } from './persist.ts';
import { largestPayload, publish } from './publish.ts';
import { decodeToken, encodeToken, OBJECTS } from './subjects.ts';

const CHUNK = 256 * 1024;
const COUNT = 'Vrun-Chunks';

/**
 * Stores bytes under `<run>/<sha256>`, which is returned; once where it is called again.
 * @throws the reason of `signal`; ProblemError
 */
export async function putObject(broker: Broker, run: string, bytes: Uint8Array, signal?: AbortSignal): Promise<string> {
  const digest = sha256(bytes);
  const size = Math.min(CHUNK, largestPayload(broker));
  const count = Math.max(1, Math.ceil(bytes.length / size));
  for (let index = 0; index < count; index++) {
    const chunk = bytes.subarray(index * size, (index + 1) * size);
    const counted = headers();
    counted.set(COUNT, String(count));
    const subject = subjectOf(encodeToken(run), digest, index);
    await persist(broker, () => publish(broker, OBJECTS, subject, chunk, { headers: counted }), signal);
  }
  return `${encodeToken(run)}/${digest}`;
}

/**
 * The bytes of a name that `putObject` gave. They are seen to be those of the digest before anybody has them.
 * @throws ProblemError `broker-data` where they are missing or altered; the reason of `signal`
 */
export async function getObject(broker: Broker, name: string, signal?: AbortSignal): Promise<Uint8Array> {
  const [, run = '', digest = ''] = /^([\w=-]+)\/([0-9a-f]{64})$/.exec(name) ?? refuse(name, 'this is no name of one');
  const chunks: Uint8Array[] = [];
  let count = 1;
  for (let index = 0; index < count; index++) {
    const subject = subjectOf(run, digest, index);
    const found = await persist(broker, () => broker.jsm.direct.getMessage(OBJECTS, { last_by_subj: subject }), signal);
    if (found === null)
      return refuse(name, index === 0 ? 'it is not there' : `a part of it is missing (${index + 1} of ${count})`);
    if (index === 0) count = Number(found.header.get(COUNT));
    chunks.push(found.data);
  }
  const bytes = Buffer.concat(chunks);
  return sha256(bytes) === digest ? bytes : refuse(name, 'it was altered: its digest is another');
}

function subjectOf(run: string, digest: string, index: number): string {
  return `vrun.obj.${run}.${digest}.${index}`;
}

function refuse(name: string, why: string): never {
  const [run = ''] = name.split('/');
  return fail({
    code: 'broker-data',
    summary: "A run's bundle in the broker is not what was put there",
    detail: `‹${name.slice(0, 160)}›: ${why}.`,
    hint: `Go on with it from the coordinator, which puts it there again:\n  vrun resume ${decodeToken(run).slice(0, 80)}`,
  });
}
