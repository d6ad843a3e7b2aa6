// The embedded server as a process: says where it listens, and ends with its standard input.
import { startEmbeddedServer } from '../embedded/server.ts';

async function serve(): Promise<void> {
  const server = await startEmbeddedServer();
  const { address, port, user, home, identityFile, knownHosts } = server;
  process.stdout.write(`${JSON.stringify({ address, port, user, home, identityFile, knownHosts })}\n`);
  process.stdin.on('end', () => void server.close()).resume();
}

void serve();
