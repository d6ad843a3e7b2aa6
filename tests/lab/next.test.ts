// A real Next.js application, made a release by `vrun build` and started as the release says: what Chromium makes of it.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeLab } from './describe-lab.ts';
import { plantScript, type Visitor, visitorOf } from './must-hold/browser.ts';
import { buildNext } from './next-build.js';

/** Two builds of a minute each on two cores; on a busy machine several times that. */
const BUILDS_MS = 900_000;
/** What waits for a server to start, a browser, or both. */
const PATIENCE_MS = 240_000;

/** In the visitor's own network, where nobody else listens. */
const PORT = '3005';
const SITE = `http://127.0.0.1:${PORT}/`;

const execute = promisify(execFile);

type Built = Awaited<ReturnType<typeof buildNext>>;

describeLab('a release of a Next.js application', () => {
  const directory = mkdtempSync(join(tmpdir(), 'vrun-next-data-'));
  let one: Built;
  let two: Built;
  let environment: NodeJS.ProcessEnv = {};
  let server: ChildProcess | undefined;
  let visitor: Visitor;
  beforeAll(async () => {
    [one, two] = await Promise.all([buildNext('one'), buildNext('two')]);
    visitor = await visitorOf([]);
    const names = ['NEXTAUTH_SECRET', 'MFA_ENCRYPTION_KEY', 'CSRF_SECRET', 'CRON_SECRET', 'SESSION_ENCRYPTION_KEY'];
    environment = {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      HOSTNAME: '127.0.0.1',
      PORT,
      DEPLOY_DOMAIN: 'lab.test',
      NEXTAUTH_URL: 'https://lab.test',
      DATABASE_URL: `file:${join(directory, 'prod.db')}`,
      CHECKPOINT_DISABLE: '1',
      ...Object.fromEntries(names.map((name) => [name, name.padEnd(43, '+/')])),
    };
  }, BUILDS_MS);
  afterAll(async () => {
    await stop(server);
    await visitor?.end();
    rmSync(directory, { recursive: true, force: true });
  });

  /** Puts a copy of a release, since Next.js writes beside itself where it can, in the place of the one that runs: its migrations, and then its own start command. */
  const serve = async (release: Built): Promise<void> => {
    await stop(server);
    const cwd = join(directory, release.id);
    await execute('cp', ['-R', '--preserve=mode,links', '--reflink=auto', release.tree, cwd]);
    await execute('node_modules/.bin/prisma', ['migrate', 'deploy'], { cwd, env: environment });
    const [file = '', ...args] = [...visitor.inside, ...release.start.split(' ')];
    server = spawn(file, args, { cwd, env: environment, stdio: 'ignore' });
    const [curl = '', ...asks] = [...visitor.inside, 'curl', '--fail', '--silent', `${SITE}api/proof/headers`];
    await expect
      .poll(
        () =>
          execute(curl, asks).then(
            ({ stdout }) => JSON.parse(stdout).ok,
            () => false,
          ),
        { timeout: 60_000 },
      )
      .toBe(true);
  };

  test('it brings a proof with the names of its gates, and starts by the standalone server', () => {
    const proof = JSON.parse(readFileSync(join(one.tree, 'public/proof/build.json'), 'utf8'));
    expect(proof).toMatchObject({ generated: true, builtAt: one.builtAt, commit: one.commit.slice(0, 12) });
    expect(proof.gatesConfigured).toEqual(['ESLint enforced', 'Vitest unit suite', 'Playwright e2e suite']);
    expect(one.start).toBe('node server.js');
  });

  test(
    'without its environment it does not start',
    async () => {
      const [file = '', ...args] = one.start.split(' ');
      const incomplete = { ...environment, CSRF_SECRET: '' };
      const child = spawn(file, args, { cwd: one.tree, env: incomplete, stdio: ['ignore', 'ignore', 'pipe'] });
      let said = '';
      child.stderr.on('data', (chunk) => {
        said += chunk;
      });
      expect((await once(child, 'close'))[0]).toBe(78);
      expect(said).toContain('CSRF_SECRET is missing');
    },
    PATIENCE_MS,
  );

  test(
    'in Chromium no script is blocked, the page is alive, and an action is done',
    async () => {
      await serve(one);
      const page = await visitor.open();
      const answer = await page.goto(SITE);
      const policy = answer?.headers()['content-security-policy'] ?? '';
      const nonce = /script-src 'self' 'nonce-([^']+)'/.exec(policy)?.[1];
      const scripts = await page.locator('script:not([src])').evaluateAll((found) => found.map((one) => one.nonce));
      expect(scripts.length).toBeGreaterThan(2);
      expect(new Set(scripts)).toEqual(new Set([nonce]));
      await page.locator('#count').click();
      expect(await page.locator('#count').innerText()).toBe('Pressed 1 times');
      await page.locator('input[name=text]').fill('first');
      await page.locator('#keep').click();
      await page.getByText('Kept: first', { exact: true }).waitFor();
      expect((await page.reload())?.headers()['content-security-policy']).not.toBe(policy);
      expect(await page.locator('li').allInnerTexts()).toEqual(['first']);
      expect(visitor.faults).toEqual([]);
    },
    PATIENCE_MS,
  );

  test(
    'a page of one version posts to the next, which has its migration',
    async () => {
      const page = await visitor.open();
      await page.goto(SITE);
      expect(await page.locator('#greeting').innerText()).toBe('Version one is running.');
      await serve(two);
      await page.locator('input[name=text]').fill('second');
      await page.locator('#keep').click();
      await page.getByText('second', { exact: true }).waitFor();
      await page.reload();
      expect(await page.locator('#greeting').innerText()).toBe('Version two is running.');
      expect(await page.locator('li').allInnerTexts()).toEqual(['second', 'first']);
      expect(visitor.faults).toEqual([]);
    },
    PATIENCE_MS,
  );

  test(
    'a script that nobody gave the nonce is blocked, and that is told',
    async () => {
      const page = await visitor.open();
      await page.goto(SITE);
      expect(await plantScript(page)).toBeUndefined();
      expect(visitor.faults.join('\n')).toMatch(/Content Security Policy/);
    },
    PATIENCE_MS,
  );
});

async function stop(server: ChildProcess | undefined): Promise<void> {
  if (server === undefined || server.exitCode !== null) return;
  server.kill();
  await once(server, 'close');
}
