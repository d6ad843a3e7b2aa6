// A link to a host, on loopback, that can fall silent, as where a link goes down, or cut what goes through it.
import { once } from 'node:events';
import { createServer, connect as dial, type Socket } from 'node:net';

export interface Link {
  readonly port: number;
  /** Connections taken so far. */
  readonly taken: number;
  /** Those of them that are open. */
  readonly open: number;
  /** How often whoever connects has spoken once the host had: what each of these waits for is a round trip. */
  readonly answers: number;
  /** From now on nothing passes, and nobody is told. */
  fallSilent(): void;
  /** Connections made from now on pass; those before stay as they are. */
  heal(): void;
  /** Breaks the connections that are open. */
  cut(): void;
  close(): void;
}

/**
 * `cutAtFirst`: how many of the connections are broken as soon as they are made. `late`: milliseconds for which a
 * connection that is taken is left lying, as by a kernel whose sshd doesn't come to it. `delay`: milliseconds that what the
 * host says is on its way.
 */
export async function startLink(port: number, { cutAtFirst = 0, late = 0, delay = 0 } = {}): Promise<Link> {
  const sockets = new Set<Socket>();
  const taking = new Set<Socket>();
  let taken = 0;
  let silent = false;
  const dead = new WeakSet<Socket>();
  let answers = 0;
  let spoke: Socket | undefined;
  const server = createServer((socket) => {
    taken += 1;
    taking.add(socket);
    socket.on('error', () => undefined).on('close', () => taking.delete(socket));
    if (taken <= cutAtFirst) socket.destroy();
    else if (late === 0) join(socket);
    else setTimeout(join, late, socket);
  }).listen(0, '127.0.0.1');
  const join = (near: Socket): void => {
    const far = dial(port, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => {
        if (from === near && spoke === far) answers += 1;
        if (from === near) spoke = near;
        const pass = (): void => {
          if (from === far) spoke = far;
          if (!isSilent(near)) to.write(chunk);
        };
        if (from === near || delay === 0) pass();
        else setTimeout(pass, delay);
      });
      from.on('error', () => undefined).on('close', () => isSilent(near) || to.destroy());
    }
  };
  const isSilent = (socket: Socket): boolean => silent || dead.has(socket);
  await once(server, 'listening');
  const address = server.address();
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: address === null || typeof address === 'string' ? 0 : address.port,
    get taken() {
      return taken;
    },
    get open() {
      return taking.size;
    },
    get answers() {
      return answers;
    },
    fallSilent: () => {
      silent = true;
    },
    heal: () => {
      for (const socket of sockets) dead.add(socket);
      silent = false;
    },
    cut,
    close: () => {
      cut();
      server.close();
    },
  };
}
