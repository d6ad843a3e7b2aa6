// A collector of traces: takes OTLP over HTTP, as JSON, on a free port of the loopback.
import { createServer, type IncomingHttpHeaders } from 'node:http';

type Value = string | number | boolean | undefined;

export interface Span {
  readonly name: string;
  readonly kind: number;
  readonly trace: string;
  readonly id: string;
  readonly parent: string | undefined;
  /** In ms since the epoch. */
  readonly start: number;
  readonly end: number;
  readonly attributes: Readonly<Record<string, Value>>;
  /** Of a failure: what went wrong. */
  readonly error: string | undefined;
  readonly events: readonly string[];
  readonly resource: Readonly<Record<string, Value>>;
}

export interface Collector {
  readonly url: string;
  readonly spans: Span[];
  readonly requests: { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: string }[];
  /** Names, each below its parent by two spaces, in the order of their start; with what `more` says of each. */
  tree(more?: (span: Span) => string): string[];
  span(name: string): Span;
  close(): void;
}

/** `answer`: the status of each answer; undefined for none at all. */
export async function startCollector(answer: () => number | undefined = () => 200): Promise<Collector> {
  const spans: Span[] = [];
  const requests: Collector['requests'] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString('utf8');
    requests.push({ path: request.url ?? '', headers: request.headers, body });
    const status = answer();
    if (status === undefined) return;
    if (status === 200) spans.push(...spansOf(body));
    response.writeHead(status, { 'Content-Type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    requests,
    tree: (more = () => '') => below(spans, undefined, more, ''),
    span: (name) => {
      const found = spans.find((span) => span.name === name);
      if (!found) throw new Error(`no span ‹${name}›`);
      return found;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function below(
  spans: readonly Span[],
  parent: string | undefined,
  more: (span: Span) => string,
  indent: string,
): string[] {
  return spans
    .filter((span) => span.parent === parent)
    .toSorted((one, other) => one.start - other.start || one.end - other.end || one.name.localeCompare(other.name))
    .flatMap((span) => [`${indent}${span.name}${more(span)}`, ...below(spans, span.id, more, `${indent}  `)]);
}

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number; readonly boolValue?: boolean };
}

interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly name: string;
        readonly kind: number;
        readonly traceId: string;
        readonly spanId: string;
        readonly parentSpanId?: string;
        readonly startTimeUnixNano: string;
        readonly endTimeUnixNano: string;
        readonly attributes: readonly Attribute[];
        readonly status: { readonly code: number; readonly message?: string };
        readonly events: readonly { readonly name: string }[];
      }[];
    }[];
  }[];
}

function spansOf(body: string): Span[] {
  const { resourceSpans }: Sent = JSON.parse(body);
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        name: span.name,
        kind: span.kind,
        trace: span.traceId,
        id: span.spanId,
        parent: span.parentSpanId,
        start: Number(BigInt(span.startTimeUnixNano) / 1_000_000n),
        end: Number(BigInt(span.endTimeUnixNano) / 1_000_000n),
        attributes: valuesOf(span.attributes),
        error: span.status.code === 2 ? span.status.message : undefined,
        events: span.events.map(({ name }) => name),
        resource: valuesOf(resource.attributes),
      })),
    ),
  );
}

function valuesOf(attributes: readonly Attribute[]): Record<string, Value> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue ?? value.boolValue]),
  );
}
