// A real Next.js application, built by `vrun build`, as its visitors see it in Chromium: before, during and after deployments.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeLab, LAB_START_MS } from '../describe-lab.ts';
import { buildNext } from '../next-build.js';
import { plantScript, type Visitor, visitorOf } from './browser.ts';
import { converges, look, marks, Platform, visit, why } from './platform.ts';

/** Two builds of a minute each on two cores, and three times that on a busy machine. */
const BUILD_MS = 600_000;

const SETTINGS = {
  worker: true,
  worker_command: 'node scripts/worker.js',
  first_run: 'node scripts/seed.js && date >>/var/lib/vantus/first-runs',
  more_settings: {
    ADMIN_BOOTSTRAP_EMAIL: 'first@lab.test',
    ADMIN_BOOTSTRAP_PASSWORD: 'of the lab',
    BOOTSTRAP_ACCOUNT_ENABLED: 'true',
  },
};
const WITH = ['-e', JSON.stringify(SETTINGS)];
const DONE = ['Build Proof', 'Security', 'Environment', 'Database', 'Service', 'Nginx', 'Audit'].map((line) => [
  line,
  'x',
]);

type Built = Awaited<ReturnType<typeof buildNext>>;
type Page = Awaited<ReturnType<Visitor['open']>>;

describeLab('a Next.js application', () => {
  let platform: Platform;
  let host = '';
  let site = '';
  let one: Built;
  let two: Built;
  let visitor: Visitor;
  beforeAll(async () => {
    [platform, one, two] = await Promise.all([Platform.borrow(1), buildNext('one'), buildNext('two')]);
    [host = ''] = platform.hosts;
    site = `https://${host}.lab.test/`;
  }, LAB_START_MS + BUILD_MS);
  afterAll(async () => {
    await visitor?.end();
    platform.end();
  });

  /** Posts the form by its button. A page of the version before is loaded anew by what the next one answers, and says nothing then. */
  const post = async (page: Page, text: string, button: 'keep' | 'later' = 'keep'): Promise<void> => {
    await page.locator('input[name=text]').fill(text);
    await page.locator(`#${button}`).click();
    await page.getByText(button === 'keep' ? text : `Queued: ${text}`, { exact: true }).waitFor();
  };

  const rows = (of: string) => look(host, `sqlite3 -readonly /var/lib/vantus/prod.db "SELECT count(*) FROM ${of}"`);

  test('bootstrap and deploy: all seven lines, and a second run changes nothing', async () => {
    await converges(platform, host, 'bootstrap.yml', undefined, ...WITH);
    const run = await converges(platform, host, 'deploy.yml', one, ...WITH);
    expect(marks(run)).toEqual(Object.fromEntries(DONE));
    await look(host, 'echo of before | install -o vantus -g vantus /dev/stdin /var/lib/vantus/uploads/photo');
    expect(JSON.parse(await visit(host, '/proof/build.json'))).toMatchObject({ commit: one.commit.slice(0, 12) });
  }, 600_000);

  test('the page in Chromium: over TLS, with its own nonces, no script blocked, and alive', async () => {
    visitor = await visitorOf([host]);
    const page = await visitor.open();
    const answer = await page.goto(site);
    expect(await answer?.securityDetails()).toMatchObject({ subjectName: `${host}.lab.test` });
    const { 'content-security-policy': policy = '', ...headers } = (await answer?.allHeaders()) ?? {};
    const nonce = /script-src 'self' 'nonce-([^']+)'/.exec(policy)?.[1];
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' });
    expect(headers['strict-transport-security']).toMatch(/max-age=\d{8}/);
    const scripts = await page.locator('script:not([src])').evaluateAll((found) => found.map((one) => one.nonce));
    expect(scripts.length).toBeGreaterThan(2);
    expect(new Set(scripts)).toEqual(new Set([nonce]));

    await page.locator('#count').click();
    expect(await page.locator('#count').innerText()).toBe('Pressed 1 times');
    await post(page, 'first');
    expect(await page.locator('#said').innerText()).toBe('Kept: first');
    expect((await page.reload())?.headers()['content-security-policy']).not.toBe(policy);
    expect(await page.locator('li').allInnerTexts()).toContain('first');
    expect(visitor.faults).toEqual([]);
    await page.close();
  }, 240_000);

  test('a job goes through Redis to the worker', async () => {
    const page = await visitor.open();
    await page.goto(site);
    await post(page, 'by the worker', 'later');
    await expect
      .poll(
        async () => {
          await page.reload();
          return page.locator('li').allInnerTexts();
        },
        { timeout: 30_000 },
      )
      .toContain('by the worker');
    await page.close();
  }, 240_000);

  test.each([
    ['deploy.yml', 'two'],
    ['rollback.yml', 'one'],
  ])(
    '%s while the page is used: no request fails, and version %s is seen',
    async (runbook, version) => {
      const stays = await visitor.open();
      const page = await visitor.open();
      await stays.goto(site);
      let over = false;
      let rounds = 0;
      const used = (async () => {
        for (; !over || rounds < 3; rounds += 1) {
          await page.goto(site);
          await page.locator('#count').click();
          await page.locator('#count', { hasText: 'Pressed 1 times' }).waitFor();
          await post(page, `${runbook} ${rounds}`);
          await post(stays, `${runbook} stays ${rounds}`);
        }
      })().catch((error: unknown) => String(error));
      const run = await platform.run(runbook, two, ...WITH);
      over = true;
      expect([await used, ...visitor.faults]).toEqual([undefined]);
      expect(run.status, why(run)).toBe(0);
      await page.goto(site);
      expect(await page.locator('#greeting').innerText()).toBe(`Version ${version} is running.`);
      await post(stays, `${runbook}, the page of before`);
      expect(visitor.faults).toEqual([]);
      const kept = await rows(`Note WHERE text LIKE '${runbook}%'`);
      expect(Number(kept)).toBe(2 * rounds + 1);
      await Promise.all([page.close(), stays.close()]);
    },
    600_000,
  );

  test('what is done once was done once, and uploads are kept', async () => {
    expect(await look(host, 'wc -l </var/lib/vantus/first-runs')).toBe('1');
    expect(await rows('Administrator')).toBe('1');
    expect(await look(host, 'cat /var/lib/vantus/uploads/photo')).toBe('of before');
  });

  test('verify finds nothing', async () => {
    const verify = await platform.run('verify.yml', one, ...WITH);
    expect(verify.status, why(verify)).toBe(0);
    expect(marks(verify)).toEqual(Object.fromEntries(DONE));
  }, 240_000);

  test('a script that nobody gave the nonce is blocked, and the console says so', async () => {
    const page = await visitor.open();
    await page.goto(site);
    expect(await plantScript(page)).toBeUndefined();
    expect(visitor.faults.join('\n')).toMatch(/Content Security Policy/);
  }, 240_000);
});
