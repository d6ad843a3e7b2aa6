// Real requests for as long as something else goes on, by wrk: two connections, on the lab's network alone.
import { spawn } from 'node:child_process';
import { exitOf, outputOf } from './project.ts';

export interface Traffic {
  /** Ends it. `faults` are wrk's lines about what wasn't answered with 2xx or 3xx. */
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
