// One SSH server in a process of this project, on loopback, that runs `sh` in a temporary home.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { ROOT, threeTimes } from './scene.js';

/** @returns {Promise<import('./scene.js').Scene>} */
export async function embeddedScene() {
  const directory = mkdtempSync(join(tmpdir(), 'vrun-demo-'));
  const program = join(directory, 'server.cjs');
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['tests/demo/serve.ts'],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['cpu-features', '*.node'],
    logLevel: 'error',
  });
  const server = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(createInterface(server.stdout), 'line');
  const { address, port, user, home, identityFile, knownHosts } = JSON.parse(line);
  const inventory = join(directory, 'hosts.yml');
  const host = { host: address, port, user, identity_file: identityFile, known_hosts: knownHosts };
  writeFileSync(inventory, JSON.stringify({ all: { hosts: { embedded: host } } })); // JSON is YAML
  return {
    acts: threeTimes(['runbooks/hello.yml', '-i', inventory, '-e', `directory=${home}/hello`]),
    async close() {
      server.stdin.end(); // its sign to stop and to remove what it made
      if (server.exitCode === null) await once(server, 'exit');
      rmSync(directory, { recursive: true, force: true });
      return [
        'On Linux with root the same command boots three Debian servers, hardens them,',
        'deploys a web platform to them, and finds a file that was tampered with.',
      ];
    },
  };
}
