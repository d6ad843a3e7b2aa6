// A bell that a host rings when it comes to a place: it waits there until the test has done what it wants at that moment.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** Where hosts reach this machine. */
const CONTROLLER = '10.231.77.1';

/** On the host: `ring PLACE`. Without anybody who listens it goes on at once. */
const RING = `#!/bin/bash
{ exec 3<>"/dev/tcp/${CONTROLLER}/$(cat /etc/bell-port)"; } 2>/dev/null || exit 0
echo "$1" >&3
read -r -t 100 _ <&3
exit 0
`;

export class Bell {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #wanted: { readonly place: string; readonly act: () => void | Promise<void> } | undefined;

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined); // the host may be gone
      socket.on('close', () => this.#sockets.delete(socket));
      socket.once('data', (place: Buffer) => void this.#rung(place.toString().trim()).then(() => socket.end('on\n')));
    });
  }

  static async start(): Promise<Bell> {
    const server = createServer().listen(0, CONTROLLER);
    await once(server, 'listening');
    return new Bell(server);
  }

  /** Makes `/usr/local/bin/ring` on a host, as a script for its root. */
  get script(): string {
    const { port } = this.#server.address() as AddressInfo; // a TCP listener's address is never a string
    return `echo ${port} >/etc/bell-port; cat >/usr/local/bin/ring <<'END'\n${RING}END\nchmod 755 /usr/local/bin/ring`;
  }

  /** Calls back once, as soon as a host comes to `place`, and lets it go on afterwards. */
  at(place: string, act: () => void | Promise<void>): void {
    this.#wanted = { place, act };
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #rung(place: string): Promise<void> {
    const wanted = this.#wanted;
    if (wanted?.place !== place) return;
    this.#wanted = undefined;
    await wanted.act();
  }
}
