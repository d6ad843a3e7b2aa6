import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import certbot from '../../../modules/certbot/certbot.ts';
import { runHook } from '../../../modules/certbot/scripts.ts';
import type { CertificateWant } from '../../../modules/certbot/want.ts';
import { bind, output } from '../harness/bind.ts';
import { SHELLS } from '../harness/perform.ts';
import { table } from '../harness/table.ts';

const DAY = 86_400;
const NOW = 1_790_000_000;
const SERVER = 'https://acme-v02.api.letsencrypt.org/directory';
const params = { domains: ['example.com', 'www.example.com'], email: 'ops@example.com', agree_tos: true };

const timer = {
  load: 'loaded',
  active: 'active',
  sub: 'waiting',
  file: 'enabled',
  entries: [],
  type: '',
  remains: false,
};
const certificate = {
  from: NOW - 30 * DAY,
  until: NOW + 60 * DAY,
  now: NOW,
  issuer: 'CN = R11',
  selfSigned: false,
  names: ['example.com', 'www.example.com'],
  keyType: 'ecdsa',
  chained: true,
  paired: true,
};
const have = {
  root: true,
  managed: true,
  found: ['live', 'archive', 'renewal'],
  certificate,
  renewal: { server: SERVER, authenticator: 'webroot', webroots: ['/var/www/html'] },
  hook: undefined,
  units: [timer],
};
const bare = { ...have, managed: false, found: [], certificate: undefined, renewal: { webroots: [] } };
const to = 'example.com, www.example.com; issued by acme-v02.api.letsencrypt.org';
const provides = [
  '  = path:/etc/letsencrypt/live/example.com/fullchain.pem',
  '  = path:/etc/letsencrypt/live/example.com/privkey.pem',
];
const renewed = (why: string) => [`~ certificate example.com: ${why} → ${to}`, ...provides];

table(
  certbot,
  [
    { title: 'a good certificate', params, have, changes: [], result: { days_left: 60 } },
    {
      title: 'the names in another order, and twice',
      params: { ...params, domains: ['www.example.com', 'Example.com', 'example.com'], cert_name: 'example.com' },
      have,
      changes: [],
    },
    { title: 'none yet', params, have: bare, changes: [`+ certificate example.com: ${to}`, ...provides] },
    {
      title: 'self-signed is never done',
      params,
      have: { ...have, managed: false, found: ['live'], certificate: { ...certificate, selfSigned: true } },
      changes: renewed('self-signed'),
    },
    {
      title: 'few days left',
      params,
      have: { ...have, certificate: { ...certificate, until: NOW + 30 * DAY } },
      changes: renewed('30 of 60 days left'),
    },
    {
      title: 'a day more than few',
      params,
      have: { ...have, certificate: { ...certificate, until: NOW + 31 * DAY } },
      changes: [],
    },
    {
      title: 'expired',
      params,
      have: { ...have, certificate: { ...certificate, until: NOW - 2 * DAY } },
      changes: renewed('expired 2 days ago'),
    },
    {
      title: 'another name',
      params,
      have: { ...have, certificate: { ...certificate, names: ['example.com'] } },
      changes: renewed('example.com'),
    },
    {
      title: 'a key that is not its own',
      params,
      have: { ...have, certificate: { ...certificate, paired: false } },
      changes: renewed('a key that is not its own'),
    },
    {
      title: 'a broken chain',
      params,
      have: { ...have, certificate: { ...certificate, chained: false } },
      changes: renewed('a chain that does not belong to it'),
    },
    {
      title: 'one that certbot renews by a server of its own stays, and is renewed through the site from now on',
      params: { ...params, preflight: false },
      have: { ...have, renewal: { server: SERVER, authenticator: 'standalone', webroots: [] } },
      changes: ['~ renewal of certificate example.com: by standalone → through /var/www/html'],
    },
    {
      title: 'another directory',
      params: { ...params, preflight: false },
      have: { ...have, renewal: { ...have.renewal, webroots: ['/srv/acme'] } },
      changes: ['~ renewal of certificate example.com: through /srv/acme → through /var/www/html'],
    },
    {
      title: 'another authority',
      params: { ...params, staging: true },
      have,
      changes: [
        `~ certificate example.com: issued by acme-v02.api.letsencrypt.org → ${to.replace('v02', 'staging-v02')}`,
        ...provides,
      ],
    },
    {
      title: 'removed',
      params: { domains: ['example.com'], state: 'absent' },
      have,
      changes: ['- certificate example.com: gone'],
    },
    { title: 'nothing to remove', params: { domains: ['example.com'], state: 'absent' }, have: bare, changes: [] },
    {
      title: 'what is not certbot’s is not removed unasked',
      params: { domains: ['example.com'], state: 'absent' },
      have: { ...bare, found: ['live'], certificate: { ...certificate, selfSigned: true } },
      changes: [],
      failure: "/etc/letsencrypt/live/example.com is not certbot's",
    },
    {
      title: 'without root',
      params,
      have: { ...bare, root: false },
      changes: [],
      failure: 'only root may look at certificates',
    },
  ],
  /^ {2}=/,
);

describe('parameters', () => {
  const problems = (more: object) =>
    certbot.checkParams({ domains: ['example.com'], ...more }).map(({ summary }) => summary);
  test('what they must be', () => {
    expect(problems({ email: 'a@b.c', agree_tos: true })).toEqual([]);
    expect(problems({ state: 'absent' })).toEqual([]);
    expect(problems({})).toEqual(['certbot needs an email', "The authority's terms have to be agreed to"]);
    expect(problems({ email: 'a@b.c', agree_tos: false })).toEqual(["The authority's terms have to be agreed to"]);
    expect(problems({ email: 'a@b.c', agree_tos: true, domains: ['*.example.com'] })).toHaveLength(1);
    expect(problems({ email: 'a@b.c', agree_tos: true, webroot: '../x' })).toHaveLength(1);
  });
});

/** A recorded answer with other settings of certbot's for renewal. */
function withRenewal(rows: readonly string[]): string {
  const file = new URL('./transcripts/bookworm/self-signed.json', import.meta.url);
  const { probes }: { readonly probes: readonly { readonly stdout: string | readonly string[] }[] } = JSON.parse(
    readFileSync(file, 'utf8'),
  );
  const [recorded] = probes;
  return [recorded?.stdout ?? '']
    .flat()
    .join('\n')
    .replace(/^@renewal\n(?:(?!@).*\n)*/m, `@renewal\n${rows.map((row) => `${row}\n`).join('')}`);
}

test.each([
  // As certbot 5.5 leaves it once a name was dropped and the directory is another one.
  [
    'a name that was dropped',
    ['webroot_path /srv/w,', 'map site.test /srv/w', 'map www.site.test /var/www/html'],
    ['/srv/w'],
  ],
  ['a name that has none of its own', ['webroot_path /var/www/html, /srv/w,'], ['/srv/w']],
  ['two directories', ['map site.test /srv/a', 'map app.site.test /srv/b'], ['/srv/a', '/srv/b']],
])('how its names are proved at a renewal: %s', (_, rows, webroots) => {
  const want = bind(certbot, { ...params, domains: ['site.test', ...(webroots.length > 1 ? ['app.site.test'] : [])] });
  const [state] = certbot.parse(output({ stdout: withRenewal(['server x', 'authenticator webroot', ...rows]) }), [
    want,
  ]);
  const known = Object(state);
  expect((known.fresh ?? known).renewal.webroots).toEqual(webroots);
});

describe.each(SHELLS.map((words) => [words.join(' '), words] as const))(
  'the hook at the first issue, with %s',
  (_, shell) => {
    // Recorded of certbot 2.1.0, 4.0.0 and 5.5.0; from 5.3 on it runs the hooks of its directory itself.
    test.each([
      ['certbot 2.1.0', true],
      ['certbot 4.0.0', true],
      ['certbot 5.2.2', true],
      ['certbot 5.3.0', false],
      ['certbot 5.5.0', false],
      ['certbot 6.0.0', false],
      ['nothing that says a version', true],
    ])('%s: %s', (version, runs) => {
      const bin = mkdtempSync(join(tmpdir(), 'vrun-certbot-'));
      try {
        writeFileSync(join(bin, 'certbot'), `#!/bin/sh\necho '${version}'\n`);
        chmodSync(join(bin, 'certbot'), 0o755);
        const { run } = runHook(bind(certbot, { ...params, cert_name: 'none-such' }) as CertificateWant);
        const [program = '', ...options] = shell;
        const env = { PATH: `${bin}:${process.env.PATH ?? ''}` };
        const made = () => execFileSync(program, [...options, '-c', run.text], { env, stdio: 'pipe' });
        if (runs) expect(made).toThrow('none-such');
        else expect(made().toString()).toBe('');
      } finally {
        rmSync(bin, { recursive: true });
      }
    });
  },
);

test('a directory for challenges that can be none is foreseen', () => {
  const plan = certbot.plan({ ...bare, inTheWay: '/var/www' }, bind(certbot, params));
  expect([plan.changes, plan.failure?.summary]).toEqual([[], '/var/www is not a directory']);
});
