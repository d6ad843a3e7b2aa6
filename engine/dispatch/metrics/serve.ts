// `/metrics` over HTTP, on this machine's loopback alone.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, isIPv6 } from 'node:net';
import { hasCode, systemReason } from '../../base/file-error.ts';
import { fail } from '../../language/problem/problem.ts';
import type { MetricsAddress } from './address.ts';
import type { Offered } from './worker-metrics.ts';

const PATH = '/metrics';

/** Whoever asks has so long for the request, in ms. */
const PATIENCE = 5_000;

/** Few ask: what collects, and perhaps a person. */
const CONNECTIONS = 16;

export interface MetricsServer {
  /** With the port that it came to. */
  readonly url: string;
  close(): void;
}

/** Offers metrics from now on. @throws ProblemError `system` where the port is taken or not to be had */
export async function serveMetrics({ host, port }: MetricsAddress, offered: Offered): Promise<MetricsServer> {
  const server = createServer({ requestTimeout: PATIENCE, headersTimeout: PATIENCE }, (request, response) => {
    void answer(request, response, offered);
  });
  server.maxConnections = CONNECTIONS;
  const place = `${isIPv6(host) ? `[${host}]` : host}`;
  try {
    server.listen({ host, port });
    await once(server, 'listening');
  } catch (error) {
    refuse(`${place}:${port}`, error);
  }
  const { port: actual } = server.address() as AddressInfo; // not of a pipe, and it listens
  return {
    url: `http://${place}:${actual}${PATH}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, offered: Offered): Promise<void> {
  const { method, url = '' } = request;
  request.resume();
  if (url.replace(/\?.*$/, '') !== PATH) return say(response, 404, `There is only ${PATH}.\n`);
  if (method !== 'GET' && method !== 'HEAD') return say(response, 405, 'GET or HEAD.\n', { Allow: 'GET, HEAD' });
  try {
    const text = await offered.metrics();
    response.writeHead(200, { 'Content-Type': offered.contentType, 'Content-Length': Buffer.byteLength(text) });
    response.end(method === 'HEAD' ? undefined : text);
  } catch {
    say(response, 500, 'The figures can’t be had.\n');
  }
}

function say(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', ...headers });
  response.end(text);
}

function refuse(place: string, error: unknown): never {
  const reason = systemReason(error);
  if (reason === undefined) throw error;
  return fail({
    code: 'system',
    summary: `Metrics can’t be offered at ${place}`,
    detail: hasCode(error, 'EADDRINUSE') ? 'The port is taken, perhaps by another worker.' : `${reason}.`,
    hint: 'Another one, or 0 for any that is free:\n    --metrics 0',
  });
}
