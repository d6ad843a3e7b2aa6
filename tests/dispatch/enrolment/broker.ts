// What a client hears of a real nats-server that speaks the protocol itself, and what that says of a configuration.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import nkeys from '@nats-io/nkeys';
import { serverOf } from '../../nats-server/install.js';

/** What `nats-server -t` of a release says of a configuration, and whether it may be used. */
export function checked(release: string, configuration: string): { readonly ok: boolean; readonly said: string } {
  const directory = mkdtempSync(join(tmpdir(), 'vrun-broker-'));
  const file = join(directory, 'server.conf');
  writeFileSync(file, configuration);
  const { status, stderr, stdout } = spawnSync(serverOf(release), ['-t', '-c', file], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  rmSync(directory, { recursive: true });
  return { ok: status === 0, said: `${stdout}${stderr}` };
}

/** One connection, whose commands are answered one after the other. */
export class Client {
  readonly #socket: Socket;
  #heard = '';

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => {
      this.#heard += chunk.toString('latin1');
    });
    socket.on('error', (error) => {
      this.#heard += `-ERR ${error.message}\r\n`;
    });
  }

  /** Logs in with the seed of an NKey. @throws Error with what the server says to that */
  static async login(port: number, seed: string): Promise<Client> {
    const client = new Client(connect(port, '127.0.0.1'));
    const { nonce } = JSON.parse(/^INFO (\{.*\})/.exec(await client.#until(/^INFO .*\r\n/))?.[1] ?? '{}');
    const pair = nkeys.fromSeed(Buffer.from(seed));
    const sig = Buffer.from(pair.sign(Buffer.from(nonce))).toString('base64url');
    const hello = {
      verbose: false,
      pedantic: false,
      lang: 'test',
      version: '0',
      protocol: 1,
      nkey: pair.getPublicKey(),
      sig,
    };
    const refused = await client.#said(`CONNECT ${JSON.stringify(hello)}\r\n`);
    if (refused.length > 0) {
      client.close();
      throw new Error(refused.join());
    }
    return client;
  }

  /** What the server objects to in publishing to these subjects. */
  async publishing(subjects: readonly string[]): Promise<readonly string[]> {
    return this.#said(subjects.map((subject) => `PUB ${subject} 0\r\n\r\n`).join(''));
  }

  /** What the server objects to in listening to these subjects. */
  async listening(subjects: readonly string[]): Promise<readonly string[]> {
    return this.#said(subjects.map((subject, index) => `SUB ${subject} ${index + 1}\r\n`).join(''));
  }

  close(): void {
    this.#socket.destroy();
  }

  /** The errors that come before the answer to a PING. */
  async #said(commands: string): Promise<readonly string[]> {
    this.#heard = '';
    this.#socket.write(`${commands}PING\r\n`);
    const heard = await this.#until(/^PONG\r\n|^-ERR 'Authorization.*\r\n/m);
    return [...heard.matchAll(/^-ERR '(.*)'\r\n/gm)].map(([, error = '']) => error);
  }

  async #until(pattern: RegExp): Promise<string> {
    for (let tries = 0; tries < 500; tries++) {
      if (pattern.test(this.#heard)) return this.#heard;
      await wait(10);
    }
    throw new Error(`the server said only: ${this.#heard}`);
  }
}
