import { createServer, type IncomingMessage, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Missing, Secret } from '../../../engine/module/index.ts';
import { parseHttp } from '../../../engine/resources/http/answer.ts';
import http from '../../../modules/http.ts';
import { bind, output } from '../harness/bind.ts';
import { runScript } from '../harness/perform.ts';
import { table } from '../harness/table.ts';

const answer = {
  curl: 0,
  said: '',
  status: 200,
  headers: { 'x-frame-options': 'DENY', server: 'nginx' },
  body: '{"status":"ok","checks":[{"name":"db","ok":true}],"a.b":1}',
  truncated: false,
  seconds: 0.1,
  url: 'https://a.example/',
  daysLeft: 20,
  openssl: true,
};
const url = 'https://a.example/';

table(
  http,
  [
    {
      title: 'as expected',
      params: { url },
      have: answer,
      changes: [],
      result: { status: 200, content: answer.body, days_left: 20 },
    },
    {
      title: 'another status',
      params: { url },
      have: { ...answer, status: 502 },
      changes: [],
      failure: 'GET https://a.example/ is not as expected',
    },
    {
      title: 'one of several',
      params: { url, status_code: [200, 204] },
      have: { ...answer, status: 204 },
      changes: [],
    },
    {
      title: 'JSON: members, paths, names with dots',
      params: { url, json: { status: 'ok', 'checks.0.ok': true, 'a.b': 1 } },
      have: answer,
      changes: [],
    },
    {
      title: 'JSON: nested maps need the named members only',
      params: { url, json: { a: { b: 1 } } },
      have: { ...answer, body: '{"a":{"b":1,"c":2}}' },
      changes: [],
    },
    {
      title: 'JSON: lists are whole',
      params: { url, json: { a: [1] } },
      have: { ...answer, body: '{"a":[1,2]}' },
      changes: [],
      failure: 'not as expected',
    },
    {
      title: 'headers',
      params: { url, expect_headers: { 'X-Frame-Options': 'DENY', Server: '/^ngi/', 'X-None': false, server: true } },
      have: answer,
      changes: [],
    },
    {
      title: 'a header that is missing',
      params: { url, expect_headers: { 'X-None': true } },
      have: answer,
      changes: [],
      failure: 'not as expected',
    },
    {
      title: 'a pattern takes no longer on a large body',
      params: { url, expect_body: '/^(a|a)*$/' },
      have: { ...answer, body: `${'a'.repeat(300_000)}!` },
      changes: [],
      failure: `GET ${url} is not as expected`,
    },
    { title: 'a body', params: { url, expect_body: '/"ok":\\s*true/' }, have: answer, changes: [] },
    {
      title: 'a certificate that ends too soon',
      params: { url, tls: { min_days: 21 } },
      have: answer,
      changes: [],
      failure: 'not as expected',
    },
    {
      title: 'no answer',
      params: { url },
      have: { ...answer, curl: 7, said: 'curl: (7) refused', status: 0 },
      changes: [],
      failure: 'got no answer',
    },
    {
      title: 'a method that changes something is an act',
      params: { url, method: 'POST', body: new Secret('token', 'x') },
      changes: ['! POST https://a.example/', '  < ‹secret content›'],
    },
  ],
  /^$/,
);

test('all that is wrong is said', () => {
  const want = bind(http, {
    url,
    json: { status: 'bad', none: 1 },
    expect_body: 'x',
    expect_headers: { Server: 'apache' },
  });
  const { failure } = http.plan({ ...answer, status: 500, body: '{"status":"ok"}' }, want);
  expect(failure?.detail).toBe(
    [
      '  status is 500, not 200',
      '  header Server is nginx, not apache',
      '  the body does not hold x',
      '  json status is "ok", not "bad"',
      '  json none is missing, not 1',
      'Its body begins:',
      '  {"status":"ok"}',
    ].join('\n'),
  );
});

test('where the request is made', () => {
  expect(http.where(bind(http, { url }))).toBe('host');
  expect(http.where(bind(http, { url, from: 'controller' }))).toBe('controller');
});

describe('what is refused', () => {
  test.each([
    [{ url: 'ftp://a' }, 'wrong form'],
    [{ url: 'http://[' }, 'no URL'],
    [{ url: 'http://a/', tls: { min_days: 1 } }, 'Only https'],
    [{ url, expect_body: '/(/' }, 'pattern is broken'],
    [{ url, expect_body: '/a(?=b)/' }, 'pattern is broken'],
    [{ url, expect_headers: { server: '/(a)\\1/' } }, 'pattern is broken'],
    [{ url, headers: { 'X Y': 'a' } }, 'A name of the wrong form'],
    [{ url: new Secret('url', url) }, 'secret'],
  ])('%j', (params, words) => {
    expect(() => bind(http, params)).toThrow(words);
  });
});

describe('against a server on loopback', () => {
  const seen: { method: string | undefined; headers: IncomingMessage['headers']; body: string }[] = [];
  let server: Server;
  let base = '';
  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        seen.push({ method: request.method, headers: request.headers, body });
        if (request.url === '/moved') response.writeHead(302, { Location: '/', 'X-First': '1' }).end('moved');
        else if (request.url === '/large') response.end('x'.repeat(100_000));
        else response.writeHead(200, { 'X-Twice': ['a', 'b'], 'Content-Type': 'text/plain' }).end('é\r\n\r\nend');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    base = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  });
  afterAll(() => server.close());

  /** The server lives in this process: the script must not block it. */
  const ask = async (params: Record<string, unknown>) => {
    const { spawn } = await import('node:child_process');
    const want = bind(http, params);
    const acts = http.plan(undefined, want).changes.flatMap(({ steps }) => steps);
    const [act] = acts.flatMap((step) => ('run' in step ? [step] : []));
    const safe = http.input([want]);
    const script = safe ? http.probe([want]) : act?.run;
    const child = spawn('dash', ['-c', script?.text ?? ''], { stdio: 'pipe' });
    child.stdin.end((safe ?? act?.stdin)?.bytes());
    const parts = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    child.stdout.on('data', (chunk) => parts.stdout.push(chunk));
    child.stderr.on('data', (chunk) => parts.stderr.push(chunk));
    await new Promise((resolve) => child.on('close', resolve));
    const [stdout, stderr] = [Buffer.concat(parts.stdout), Buffer.concat(parts.stderr)];
    return parseHttp(output({ stdout: `${stdout}`, stderr: `${stderr}`, stdoutBytes: stdout }));
  };
  const hasCurl = runScript('command -v curl').status === 0;

  test.runIf(hasCurl)('status, headers, body', async () => {
    expect(await ask({ url: base })).toMatchObject({
      curl: 0,
      status: 200,
      headers: { 'x-twice': 'a, b' },
      body: 'é\r\n\r\nend',
    });
  });

  test.runIf(hasCurl)('a redirect is followed, and the last answer counts', async () => {
    const got = await ask({ url: `${base}/moved` });
    expect(got).toMatchObject({ status: 200, url: `${base}/`, body: 'é\r\n\r\nend' });
    expect(got).not.toHaveProperty('headers.x-first');
    expect(await ask({ url: `${base}/moved`, follow_redirects: 'none' })).toMatchObject({
      status: 302,
      headers: { 'x-first': '1' },
    });
  });

  test.runIf(hasCurl)('what is sent arrives byte for byte, and nothing of it is in the script', async () => {
    const odd = '"quo\\ted"\n\ttab é \r\n$HOME @file';
    await ask({
      url: base,
      method: 'PUT',
      body: odd,
      headers: { 'X-Token': new Secret('token', 's3cr"et\\'), 'X-Empty': '' },
    });
    expect(seen.at(-1)).toMatchObject({ method: 'PUT', body: odd, headers: { 'x-token': 's3cr"et\\', 'x-empty': '' } });
    const want = bind(http, { url: base, headers: { A: new Secret('token', 'hunter2') } });
    expect(http.probe([want])?.text).not.toContain('hunter2');
    expect(http.input([want])?.secret).toBe(true);
  });

  test.runIf(hasCurl)('the kinds of bodies', async () => {
    await ask({ url: base, method: 'POST', body: '{}', body_format: 'json' });
    expect(seen.at(-1)).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/json' } });
    await ask({ url: base, method: 'POST', body: 'a=1' });
    expect(seen.at(-1)?.headers).not.toHaveProperty('content-type');
    await ask({ url: base, method: 'HEAD' });
    expect(seen.at(-1)?.method).toBe('HEAD');
  });

  test.runIf(hasCurl)('nobody listens', async () => {
    expect(await ask({ url: 'http://127.0.0.1:1/' })).toMatchObject({
      curl: 7,
      status: 0,
      said: expect.stringContaining('curl: (7)'),
    });
  });
});

describe('what curl said', () => {
  const parse = (said: Parameters<typeof output>[0]) => http.parse(output(said), [bind(http, { url })])[0];

  test('no curl', () => {
    const missing = parse({ stderr: '@none\n' });
    expect(missing).toBeInstanceOf(Missing);
    expect(missing).toMatchObject({ needs: ['command:curl'], failure: { summary: 'curl is not installed' } });
  });

  test('days of a certificate, by the clock of the machine that asked', () => {
    const meta = '@meta 200 0 0 0.1 https://a.example/\n@curl 0\n';
    const at = Date.UTC(2026, 0, 1) / 1000;
    expect(parse({ stderr: `${meta}@expires ${at} Jan 11 12:00:00 2026 GMT\n` })).toMatchObject({
      daysLeft: 10,
      openssl: true,
    });
    expect(parse({ stderr: `${meta}@expires ${at} \n` })).toMatchObject({ daysLeft: undefined, openssl: true });
    expect(parse({ stderr: `${meta}@expires none\n` })).toMatchObject({ openssl: false });
  });

  test('half an answer is an error', () => {
    expect(() => parse({ stdout: 'HTTP/1.1 200 OK\r\n\r\n' })).toThrow('did not say');
  });
});
