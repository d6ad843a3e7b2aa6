// The running service: its database, its server, and how both end.
import { createServer } from 'node:http';
import { openDatabase } from './database.js';
import { answer } from './routes.js';

/** Milliseconds that requests in flight have to finish. */
const PATIENCE = 15_000;

/**
 * Connects to the database, notes the start there, and listens.
 * @param {ReturnType<typeof import('./settings.js').readSettings>['settings']} settings
 * @param {import('./release.js').Release} release
 */
export async function startService(settings, release) {
  const { client, kind } = await openDatabase(settings.databaseUrl);
  const start = await client.start.create({ data: { commit: release.commit } });
  /** @type {Set<import('node:http').ServerResponse>} */
  const inFlight = new Set();
  let stopping = false;
  const { domain, redisUrl } = settings;
  const context = { client, kind, release, domain, redisUrl, startedAt: start.startedAt };

  const server = createServer(async (request, response) => {
    inFlight.add(response);
    response.on('close', () => inFlight.delete(response));
    if (stopping) response.setHeader('Connection', 'close');
    try {
      await answer(request, response, context);
    } catch (error) {
      console.error(`${request.method} ${request.url} failed: ${error}`);
      if (!response.headersSent) response.writeHead(500, { 'Content-Type': 'text/plain' });
      response.end('Something went wrong.\n');
    }
  });
  server.keepAliveTimeout = 65_000; // longer than nginx keeps its own end
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.port, settings.host, () => resolve(undefined));
  });

  const stop = async () => {
    stopping = true;
    // Whoever keeps a connection open must not send the next request to a service that ends.
    for (const response of inFlight) if (!response.headersSent) response.setHeader('Connection', 'close');
    const closed = new Promise((resolve) => server.close(resolve));
    const deadline = setTimeout(() => server.closeAllConnections(), PATIENCE);
    await closed;
    clearTimeout(deadline);
    await client.start.update({ where: { id: start.id }, data: { stoppedAt: new Date() } });
    await client.$disconnect();
  };
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : settings.port;
  return { port, version: release.version, database: kind, inFlight: () => inFlight.size, stop };
}
