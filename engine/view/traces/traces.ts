// A run as a trace, for a collector that speaks OpenTelemetry's OTLP over HTTP. Whatever becomes of the collector, the run goes on.
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { readPlain } from '../../base/plain-file.ts';
import type { Event } from '../../event/event.ts';
import type { Problem } from '../../language/problem/problem.ts';
import type { Clock } from '../summary/view.ts';
import type { TracesTarget, Variables } from './asked.ts';
import { Sending } from './sending.ts';
import { RunSpans } from './spans.ts';

/** One request has so long, and all that is left at the end, in ms. */
const LIMIT = 2_000;

/** Spans that may wait to be sent, where OTEL_BSP_MAX_QUEUE_SIZE says nothing: the SDK's 2,048 are few for a thousand hosts. */
const QUEUE = 16_384;

/** Requests at a time: at the end the whole queue is sent at once, 512 spans each. */
const REQUESTS = 64;

export interface TracesOptions extends TracesTarget {
  readonly version: string;
  readonly variables: Variables;
  readonly clock: Clock;
}

/** A consumer of events. */
export interface Traces {
  event(event: Event): void;
  /** Sends what is left, two seconds at most. Resolves with a warning where not all of it has arrived. */
  close(): Promise<Problem | undefined>;
}

/** Makes spans of events from now on. @throws the operating system's error, or NotPlain, for a PEM file that can't be read */
export async function openTraces({ url, files, version, variables, clock }: TracesOptions): Promise<Traces> {
  const pem: Record<string, Buffer> = {};
  for (const [name, path] of Object.entries(files)) pem[name] = await readPlain(path);
  const agents: (HttpAgent | HttpsAgent)[] = [];
  const agentOf = (protocol: string) => {
    // Without a limit of the socket's own a connection that nobody answers is waited for by the kernel's time.
    const options = { keepAlive: true, timeout: LIMIT };
    const agent = protocol === 'http:' ? new HttpAgent(options) : new HttpsAgent({ ...options, ...pem });
    agents.push(agent);
    return agent;
  };
  const exporter = { url, timeoutMillis: LIMIT, concurrencyLimit: REQUESTS, httpAgentOptions: agentOf };
  const sending = new Sending(new OTLPTraceExporter(exporter));
  const queue = variables.OTEL_BSP_MAX_QUEUE_SIZE ? {} : { maxQueueSize: QUEUE };
  const counting = new Counting();
  const provider = new BasicTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': 'vrun', 'service.version': version }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [counting, new BatchSpanProcessor(sending, queue)],
  });
  const spans = new RunSpans(provider.getTracer('vrun', version), clock);
  const close = async () => {
    spans.end();
    const over = new AbortController();
    const late = delay(LIMIT, undefined, { signal: over.signal }).catch(() => undefined);
    await Promise.race([provider.shutdown().catch(() => undefined), late]); // what failed is known to `sending`
    over.abort();
    sending.giveUp();
    for (const agent of agents) agent.destroy();
    return counting.ended > sending.sent
      ? notSent(counting.ended - sending.sent, counting.ended, url, sending.failure)
      : undefined;
  };
  return { event: (event) => spans.see(event), close };
}

/** Counts spans that ended, of those that are to be sent: what didn't fit into the queue is missed by nobody else. */
class Counting implements SpanProcessor {
  ended = 0;

  onStart(): void {}

  onEnd(): void {
    this.ended += 1;
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}

function notSent(lost: number, all: number, url: string, failure: Error | undefined): Problem {
  const { origin, pathname } = new URL(url); // without a password that may be in it
  const why =
    failure === undefined ? 'more ended at a time than may wait (OTEL_BSP_MAX_QUEUE_SIZE)' : reasonOf(failure);
  return {
    code: 'system',
    severity: 'warning',
    summary: 'Not all traces have reached the collector',
    detail: `${lost} of ${all} spans weren’t taken by ${origin}${pathname}: ${why}.`,
    hint: 'The run itself and its record are whole. Without traces:\n    OTEL_SDK_DISABLED=true',
  };
}

/** An error for several addresses at once has a code, and no message. */
function reasonOf(failure: Error): string {
  const code = 'code' in failure ? String(failure.code) : '';
  const message = failure.message.trim().replaceAll(/\s+/g, ' ');
  return message.includes(code) ? message : `${message} ${code}`.trim();
}
