// One publish into a stream, answered by that stream: anything else on the same subject is a fault of how the broker is set up.
import { JetStreamApiCodes, JetStreamApiError, type JetStreamPublishOptions, type PubAck } from '@nats-io/jetstream';
import { fail } from '../../language/problem/problem.ts';
import type { Broker } from './broker.ts';

/** Kept free in a message for its headers, which count. */
const FOR_HEADERS = 4_096;

/**
 * Publishes once, and waits for the answer as long as a publish may take.
 * @throws ProblemError where the bytes are too many, or where another stream than `stream` took them; what the client throws
 */
export async function publish(
  broker: Broker,
  stream: string,
  subject: string,
  bytes: Uint8Array,
  options: Partial<JetStreamPublishOptions>,
): Promise<PubAck> {
  if (bytes.length > largestPayload(broker)) refuseSize(bytes.length, largestPayload(broker));
  const ack = await broker.js.publish(subject, bytes, { ...options, timeout: broker.times.publish });
  const domain = ack.domain ?? '';
  if (ack.stream === stream && domain === broker.domain) return ack;
  const named = (name: string) => (name === '' ? 'no domain' : `the domain ‹${name}›`);
  return fail({
    code: 'broker-unfit',
    summary: 'Another stream takes what is published',
    detail: `${subject} went to ${ack.stream} of ${named(domain)}, and belongs to ${stream} of ${named(broker.domain)}.`,
    hint: 'A leaf node and its hub must not both have streams for vrun: delete those of the leaf node.',
  });
}

/** How many bytes one message can carry, in bytes. */
export function largestPayload({ maxPayload }: Broker): number {
  return maxPayload - FOR_HEADERS;
}

/** True where the subject's last message was another than was expected. */
export function isWrongSequence(error: unknown): boolean {
  if (!(error instanceof JetStreamApiError)) return false;
  const { StreamWrongLastSequence, StreamWrongLastSequenceUnknown } = JetStreamApiCodes;
  return error.code === StreamWrongLastSequence || error.code === StreamWrongLastSequenceUnknown;
}

function refuseSize(bytes: number, most: number): never {
  return fail({
    code: 'broker-unfit',
    summary: 'A message is too large for the broker',
    detail: `It has ${bytes} bytes, and ${most} are the most.`,
    hint: "In the server's configuration, for example:\n  max_payload: 4MB",
  });
}
