// Real requests for as long as something else goes on, by autocannon: bounded, on the lab's network alone.
import autocannon from 'autocannon';

export interface Traffic {
  /** Ends it. `failed` counts what was not answered with 2xx: errors, timeouts, resets, other statuses. */
  stop(): Promise<{ readonly requests: number; readonly failed: number }>;
}

const CONNECTIONS = 4;
const REQUESTS_A_SECOND = 100;
/** Longer than any test: `stop` ends it. */
const SECONDS = 300;

/** Asks `url` for `host` again and again until stopped, each time on a new connection, as visitors come. */
export function load(url: string, host: string): Traffic {
  let settle: (result: autocannon.Result) => void = () => undefined;
  const end = new Promise<autocannon.Result>((resolve) => {
    settle = resolve;
  });
  const run = autocannon(
    {
      url,
      connections: CONNECTIONS,
      overallRate: REQUESTS_A_SECOND,
      reconnectRate: 1,
      duration: SECONDS,
      timeout: 10,
      headers: { host, connection: 'close' },
      servername: host,
      tlsOptions: { rejectUnauthorized: false },
    },
    (_error, result) => settle(result),
  );
  return {
    stop: async () => {
      run.stop();
      const { requests, errors, timeouts, non2xx, resets } = await end;
      return { requests: requests.total, failed: errors + timeouts + non2xx + resets };
    },
  };
}
