// Locks between processes, as abstract unix sockets: the kernel lets go of one when its holder dies, so none is ever stale.
import { createServer } from 'node:net';

/**
 * Runs `work` while holding the machine-wide lock `name`, waiting for it as long as another process holds it.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(name, work) {
  let server = await tryListen(name);
  while (!server) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    server = await tryListen(name);
  }
  try {
    return await work();
  } finally {
    server.close();
  }
}

/**
 * @param {string} name
 * @returns {Promise<import('node:net').Server | undefined>} undefined when another holds it
 */
function tryListen(name) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (/** @type {NodeJS.ErrnoException} */ error) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(`\0vrun-lab/${name}`, () => resolve(server));
  });
}
