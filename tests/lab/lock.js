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
  let release = await tryLock(name);
  while (!release) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    release = await tryLock(name);
  }
  try {
    return await work();
  } finally {
    release();
  }
}

/**
 * Takes the machine-wide lock `name` for this process, unless it is held.
 * @param {string} name
 * @returns {Promise<(() => void) | undefined>} lets go of the lock; undefined when it is held
 */
export function tryLock(name) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (/** @type {NodeJS.ErrnoException} */ error) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(`\0vrun-lab/${name}`, () => {
      server.unref(); // holding a lock keeps no process alive
      resolve(() => void server.close());
    });
  });
}
