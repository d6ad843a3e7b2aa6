import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Secret } from '../../../engine/module/index.ts';
import { prepareSteps } from '../../../engine/run/message/steps.ts';
import getUrl from '../../../modules/get-url/get-url.ts';
import { bind, output, type Params } from '../harness/bind.ts';
import { entry } from '../harness/entries.ts';
import { SHELLS } from '../harness/perform.ts';
import { table } from '../harness/table.ts';

const digest = createHash('sha256').update('tool\n').digest('hex');
const checksum = `sha256:${digest}`;
const url = 'https://example.com/dl/tool';
const dest = '/usr/local/bin/tool';
const want = { url, dest, checksum };
const have = (given: Parameters<typeof entry>[0], sum?: string) => ({
  entry: entry(given),
  blocker: undefined,
  digest: sum,
});

table(
  getUrl,
  [
    { title: 'the file is there', params: want, have: have({}, digest), changes: [], result: { dest, url, checksum } },
    {
      title: 'upper-case digits are the same digest',
      params: { ...want, checksum: `sha256:${digest.toUpperCase()}` },
      have: have({}, digest),
      changes: [],
    },
    {
      title: 'it is not there',
      params: { ...want, mode: '0755' },
      have: { entry: undefined, blocker: undefined, digest: undefined },
      changes: [
        `+ file ${dest}: mode 0755, from ${url}`,
        `  $ set -C; if command -v curl >/dev/null; then curl -q -sS -f -L -g --connect-timeout 30 --max-redirs 5 --proto '=https' --proto-redir '=https' -- ${url}`,
        '  $ chmod -- 0755 "$n" || exit 1',
        `  = path:${dest}`,
      ],
    },
    {
      title: 'only the mode differs, and nothing is fetched',
      params: { ...want, mode: '0755' },
      have: have({}, digest),
      changes: [`~ file ${dest}: mode 0644 → mode 0755`, `  $ chmod -- 00755 ${dest}`],
    },
    { title: 'a directory', params: want, have: have({ kind: 'directory' }), changes: [], failure: 'is a directory' },
    {
      title: 'a host that can fetch nothing',
      params: want,
      transcript: { stdout: '@tool\n@files\n41ed:0:0:100:1:40:2:1:root:root:/\n@exist\nd\nd\nd\n@digests\n@end\n' },
      missing: ['package:curl'],
      changes: [
        `+ file ${dest}: from ${url}`,
        `  $ set -C; if command -v curl >/dev/null; then curl -q -sS -f -L -g --connect-timeout 30 --max-redirs 5 --proto '=https' --proto-redir '=https' -- ${url}`,
        `  = path:${dest}`,
      ],
    },
  ],
  /curl -q|chmod --/,
);

test.each<[Params, string]>([
  [{ ...want, url: 'ftp://example.com/x' }, 'can be fetched'],
  [{ ...want, url: 'example.com/x' }, 'can be fetched'],
  [{ ...want, url: 'https://example.com/a b' }, 'can be fetched'],
  [{ ...want, url: 'https://me:secret@example.com/x' }, 'a user name or a password'],
  [{ ...want, url: 'https://token@example.com/x' }, 'a user name or a password'],
  [{ ...want, dest: 'tool' }, 'absolute'],
  [{ ...want, dest: '/srv/', url: 'https://example.com/' }, 'no file name'],
  [{ ...want, checksum: 'md5:d41d8cd98f00b204e9800998ecf8427e' }, 'wrong form'],
  [{ ...want, checksum: 'sha256:abc' }, 'wrong form'],
])('parameters that are refused: %j', (params, words) => {
  expect(() => bind(getUrl, params)).toThrow(words);
});

test('behind a slash the file has its name in the address', () => {
  expect(bind(getUrl, { ...want, dest: '/srv/dl/', url: `${url}?v=1` })).toMatchObject({ path: '/srv/dl/tool' });
});

describe('what the step does with answers', () => {
  const directory = mkdtempSync(join(tmpdir(), 'vrun-get-url-'));
  const path = join(directory, 'tool');
  let server: Server;
  let base = '';
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/tool') response.end('tool\n');
      else if (request.url === '/moved') response.writeHead(302, { location: '/tool' }).end();
      else if (request.url === '/loop') response.writeHead(302, { location: '/loop' }).end();
      else if (request.url === '/page') response.end('<html>Please log in\u001b[31m</html>\n');
      else if (request.url?.startsWith('/private')) {
        const { authorization, 'x-token': token } = request.headers;
        const known = authorization === `Basic ${Buffer.from('me:s"e\\cret').toString('base64')}` && token === 't';
        if (known)
          response.end(request.url === '/private/SUMS' ? `${digest}  dl/tool\n${'0'.repeat(64)}  other\n` : 'tool\n');
        else response.writeHead(401).end();
      } else if (request.url?.startsWith('/sums/')) response.end(decodeURIComponent(request.url.slice(6)));
      else response.writeHead(404).end('nothing here');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo; // a TCP server's address is never a string
    base = `http://127.0.0.1:${port}`;
  });
  afterAll(() => {
    server.close();
    rmSync(directory, { recursive: true });
  });

  /** Not runScript: it would block the server. */
  const fetched = async (file: string, shell: readonly string[], given: Params = {}) => {
    const { execFile } = await import('node:child_process');
    const bound = bind(getUrl, { url: `${base}/${file}`, dest: path, checksum, ...given });
    const [change] = getUrl.plan({ entry: undefined, blocker: undefined, digest: undefined }, bound).changes;
    const [step] = change ? prepareSteps(change, undefined) : [];
    const [program = '', ...options] = shell;
    return new Promise<{ failed: boolean; stderr: string }>((resolve) => {
      const child = execFile(
        program,
        [...options, '-c', `cd /; umask 022\n${step?.frame.script}`],
        (error, _out, stderr) => resolve({ failed: error !== null, stderr }),
      );
      child.stdin?.end(step && 'run' in step.step ? step.step.stdin?.bytes() : undefined);
    });
  };
  /** What a probe on this machine is understood as. */
  const probed = async (given: Params): Promise<unknown> => {
    const { execFile } = await import('node:child_process');
    const bound = bind(getUrl, given);
    const stdout = await new Promise<string>((resolve) => {
      const child = execFile('dash', ['-c', getUrl.probe([bound])?.text ?? ''], (_error, out) => resolve(out));
      child.stdin?.end(getUrl.input([bound])?.bytes());
    });
    return getUrl.parse(output({ stdout }), [bound])[0];
  };

  const secret = {
    headers: { 'X-Token': new Secret('token', 't') },
    url_username: 'me',
    url_password: new Secret('pw', 's"e\\cret'),
  };

  test('who asks is told to curl on its standard input, and in no word', async () => {
    expect((await fetched('private', ['dash'])).stderr).toContain('401');
    expect(await fetched('private', ['dash'], secret)).toEqual({ failed: false, stderr: '' });
    expect(readFileSync(path, 'utf8')).toBe('tool\n');
    const bound = bind(getUrl, { ...want, ...secret });
    const { changes } = getUrl.plan({ entry: undefined, blocker: undefined, digest: undefined }, bound);
    for (const word of ['X-Token', 'me:', 's\\"e']) expect(JSON.stringify(changes)).not.toContain(word);
    rmSync(path);
  });

  test('the old file is kept where that is wanted', async () => {
    writeFileSync(path, 'old');
    expect(await fetched('tool', ['dash'], { backup: true })).toEqual({ failed: false, stderr: '' });
    const [kept = ''] = readdirSync(directory).filter((name) => name !== 'tool');
    expect(readFileSync(join(directory, kept), 'utf8')).toBe('old');
    rmSync(join(directory, kept));
    rmSync(path);
  });

  test.each([
    ['as sha256sum has it', `${'1'.repeat(64)} *x\n${digest.toUpperCase()} *./a/tool\r\n`],
    ['as BSD has it', `SHA256 (tool) = ${digest}\nSHA512 (tool) = ${'0'.repeat(128)}\n`],
    ['one digest alone', `${digest}\n`],
    ['beside others of another length', `${'0'.repeat(128)}  tool\n${digest}  tool\n`],
  ])('a file of digests, %s', async (_, text) => {
    const sums = { url: `${base}/tool`, dest: path, checksum: `sha256:${base}/sums/${encodeURIComponent(text)}` };
    expect(await probed(sums)).toMatchObject({ asked: { digest } });
    const plan = getUrl.plan(await probed(sums), bind(getUrl, sums));
    expect([plan.changes.length, plan.result]).toEqual([1, { url: sums.url, dest: path, checksum }]);
    writeFileSync(path, 'tool\n');
    expect(getUrl.plan(await probed(sums), bind(getUrl, sums)).changes).toEqual([]);
    rmSync(path);
  });

  test.each([
    ['that has none', 'sums/x', 'has no sha256 of tool'],
    ['that has two', `sums/${encodeURIComponent(`${'1'.repeat(64)} tool\n${'2'.repeat(64)} tool\n`)}`, 'more than one'],
    ['of another file', `sums/${encodeURIComponent(`${'1'.repeat(64)} toolbox\n`)}`, 'has no sha256'],
    ['that is not there', 'none', 'cannot be fetched'],
  ])('a file of digests %s', async (_, file, words) => {
    const given = { url: `${base}/tool`, dest: path, checksum: `sha256:${base}/${file}` };
    expect(getUrl.plan(await probed(given), bind(getUrl, given)).failure?.summary).toContain(words);
  });

  test('a file of digests for those who may see it', async () => {
    const given = { url: `${base}/private/tool`, dest: path, checksum: `sha256:${base}/private/SUMS`, ...secret };
    expect(await probed(given)).toMatchObject({ asked: { digest } });
  });

  describe.each(SHELLS.map((words) => [words.join(' '), words] as const))('with %s', (_, shell) => {
    test('the file, and one behind a redirect', async () => {
      for (const file of ['tool', 'moved']) {
        expect(await fetched(file, shell, { mode: '0750' })).toEqual({ failed: false, stderr: '' });
        expect(readFileSync(path, 'utf8')).toBe('tool\n');
        expect(statSync(path).mode & 0o777).toBe(0o750);
        expect(readdirSync(directory)).toEqual(['tool']);
        rmSync(path);
      }
    });

    test.each([
      ['none', /404/],
      ['loop', /redirect/i],
      ['page', /not the wanted file: it has 32 bytes[\s\S]*Please log in \[31m/],
    ])('%s is refused, and the old file stays', async (file, words) => {
      writeFileSync(path, 'old');
      const { failed, stderr } = await fetched(file, shell);
      expect(failed).toBe(true);
      expect(stderr).toMatch(words);
      expect(stderr).not.toContain('\u001b');
      expect([readdirSync(directory), readFileSync(path, 'utf8')]).toEqual([['tool'], 'old']);
    });
  });

  test('sha512', async () => {
    const sha512 = createHash('sha512').update('tool\n').digest('hex');
    expect(await fetched('tool', ['dash'], { checksum: `sha512:${sha512}` })).toEqual({ failed: false, stderr: '' });
    expect((await fetched('tool', ['dash'], { checksum: `sha512:${'0'.repeat(128)}` })).stderr).toContain(sha512);
  });
});
