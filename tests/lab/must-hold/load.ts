// Real requests for as long as something else goes on: by wrk as fast as they are answered, or as a few visitors come. On the lab's network alone.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:https';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from 'node:tls';
import { exitOf, outputOf } from './project.ts';

export interface Traffic {
  /** Ends it. `faults` are lines about what wasn't answered with 2xx or 3xx. */
  stop(): Promise<{ readonly requests: number; readonly faults: readonly string[] }>;
}

/** Longer than any test: `stop` ends it. */
const SECONDS = 300;

/** Asks `url` for `host` again and again until stopped, each time on a new connection, as visitors come. */
export function load(url: string, host: string): Traffic {
  const headers = ['-H', `Host: ${host}`, '-H', 'Connection: close'];
  const wrk = spawn('wrk', ['-t1', '-c2', `-d${SECONDS}`, '--timeout', '10', ...headers, url], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { stdout } = outputOf(wrk);
  const end = exitOf(wrk);
  return {
    stop: async () => {
      wrk.kill('SIGINT'); // it tells what it has seen, then
      await end;
      const text = await stdout;
      return {
        requests: Number(/(\d+) requests in/.exec(text)?.[1] ?? 0),
        faults: text.split('\n').filter((line) => /Socket errors|Non-2xx/.test(line)),
      };
    },
  };
}

/** Asks for a page again and again, ten times a second at most, each time on a new connection: for what takes long and needs the machine, too. */
export function visits(address: string, host: string, path: string): Traffic {
  const faults: string[] = [];
  let requests = 0;
  let over = false;
  const visit = () =>
    new Promise<string>((resolve) => {
      const asked = get(
        {
          host: address,
          servername: host,
          path,
          headers: { host },
          agent: false,
          rejectUnauthorized: false,
          timeout: 20_000,
        },
        (answer) => answer.resume().on('end', () => resolve(`${answer.statusCode}`)),
      );
      asked
        .on('timeout', () => asked.destroy(new Error('no answer in time')))
        .on('error', (error) => resolve(error.message));
    });
  const all = (async () => {
    while (!over) {
      const said = await visit();
      requests += 1;
      if (said !== '200') faults.push(`${new Date().toISOString()} ${said}`);
      await pause(100);
    }
  })();
  return {
    stop: async () => {
      over = true;
      await all;
      return { requests, faults };
    },
  };
}

/** A visitor on a slow line: half of the request is sent at once, the rest when it is told to be. */
export async function slowVisit(address: string, host: string, path: string) {
  const socket = connect({ host: address, port: 443, servername: host, rejectUnauthorized: false });
  const answer = text(socket);
  await once(socket, 'secureConnect');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n`);
  return {
    /** @returns the first line of the answer */
    rest: async () => {
      socket.write('Connection: close\r\n\r\n');
      return (await answer).split('\r\n', 1)[0];
    },
  };
}
