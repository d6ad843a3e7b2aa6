import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { Content } from '../../../engine/module/index.ts';
import nginx from '../../../modules/nginx/nginx.ts';
import { HARDENED, http2Of, type SiteOptions, siteText } from '../../../modules/nginx/site.ts';
import { bind } from '../harness/bind.ts';
import { entry } from '../harness/entries.ts';
import { runScript } from '../harness/perform.ts';
import { table } from '../harness/table.ts';

const hasNginx = spawnSync('nginx', ['-v']).error === undefined;

const options: SiteOptions = {
  site: 'app',
  domain: 'example.com',
  aliases: [],
  upstream: '127.0.0.1:3005',
  root: undefined,
  tls: undefined,
  headers: {},
  bodySize: '50m',
  statics: [],
  acmeRoot: '/var/www/html',
  redirectWww: true,
};
const TLS = { certificate: '/c.pem', key: '/k.pem', protocols: ['TLSv1.2', 'TLSv1.3'] };
const facts = { certified: false, ipv6: true, http2: 'listen' } as const;
const params = { domain: 'example.com', site: 'app', upstream: '127.0.0.1:3005' };
const text = siteText(options, facts);
const [AVAILABLE, ENABLED, DEFAULT] = [
  '/etc/nginx/sites-available/app',
  '/etc/nginx/sites-enabled/app',
  '/etc/nginx/sites-enabled/default',
];
const file = (content: string) => entry({ sha256: Content.of(content).sha256, text: content });
const link = (target: string) => entry({ kind: 'link', target });
const state = {
  file: file(text),
  link: link(AVAILABLE),
  defaultSite: undefined,
  certified: false,
  ipv6: true,
  http2: 'listen',
};
const WRITE = [`  > ${AVAILABLE} 0644 root:root ${JSON.stringify(text)}`, '  restore'];
const TEST = '  $ if said=$(nginx -t 2>&1); then exit 0; fi';

table(
  nginx,
  [
    { title: 'as it should be', params, have: state, changes: [], result: { site: AVAILABLE, tls: false } },
    {
      title: 'a new site: file, link, Debian’s own off, then nginx is asked',
      params,
      have: { ...state, file: undefined, link: undefined, defaultSite: link('/etc/nginx/sites-available/default') },
      changes: [
        '+ nginx site app: mode 0644, owner root, group root, enabled, default site off',
        ...WRITE,
        `  $ ln -s -- ${AVAILABLE} ${ENABLED}`,
        `  revert rm -f -- ${ENABLED}`,
        `  $ rm -f -- ${DEFAULT}`,
        `  revert ln -sfn -- /etc/nginx/sites-available/default ${DEFAULT}`,
        TEST,
        `  = path:${AVAILABLE}`,
        `  = path:${ENABLED}`,
      ],
    },
    {
      title: 'changed by hand',
      params,
      have: { ...state, file: file('other') },
      changes: ['~ nginx site app', ...WRITE, TEST],
    },
    {
      title: 'with its certificate there it turns to HTTPS',
      params: { ...params, tls: { certificate: '/c.pem', key: '/k.pem' } },
      have: { ...state, certified: true },
      changes: [
        '~ nginx site app: HTTPS',
        `  > ${AVAILABLE} 0644 root:root ${JSON.stringify(siteText({ ...options, tls: TLS }, { certified: true, ipv6: true, http2: 'listen' }))}`,
        '  restore',
        TEST,
      ],
    },
    {
      title: 'until then it stays as it is',
      params: { ...params, tls: { certificate: '/c.pem', key: '/k.pem' } },
      have: state,
      changes: [],
    },
    {
      title: 'a link that leads elsewhere',
      params,
      have: { ...state, link: link('/old') },
      changes: [
        '~ nginx site app: enabled',
        `  $ rm -f -- ${ENABLED} &&`,
        `  $ ln -s -- ${AVAILABLE} ${ENABLED}`,
        `  revert ln -sfn -- /old ${ENABLED}`,
        TEST,
      ],
    },
    {
      title: 'Debian’s own site stays',
      params: { ...params, default_site: true },
      have: { ...state, defaultSite: link('/x') },
      changes: [],
    },
    {
      title: 'not enabled',
      params: { ...params, enabled: false },
      have: state,
      changes: [
        '~ nginx site app: disabled',
        `  $ rm -f -- ${ENABLED}`,
        `  revert ln -sfn -- ${AVAILABLE} ${ENABLED}`,
        TEST,
      ],
    },
    {
      title: 'removed, once nginx agrees',
      params: { ...params, state: 'absent' },
      have: { ...state, defaultSite: link('/x') },
      changes: [
        '- nginx site app: removed, disabled',
        `  $ mv -f -- ${AVAILABLE} ${AVAILABLE}.vrun-old`,
        `  revert mv -f -- ${AVAILABLE}.vrun-old ${AVAILABLE}`,
        `  $ rm -f -- ${ENABLED}`,
        `  revert ln -sfn -- ${AVAILABLE} ${ENABLED}`,
        TEST,
        `  $ rm -f -- ${AVAILABLE}.vrun-old`,
      ],
    },
    {
      title: 'nothing to remove',
      params: { ...params, state: 'absent' },
      have: { ...state, file: undefined, link: undefined },
      changes: [],
    },
    {
      title: 'a directory in its place',
      params,
      have: { ...state, file: entry({ kind: 'directory' }) },
      changes: [],
      failure: 'is a directory',
    },
  ],
  /rm -f|ln -s|mv -f|nginx -t/,
);

describe('the hardened site', () => {
  const blocks = (given: string) => given.split(/^server \{$/m).slice(1);

  test('headers are said in every location that says one', () => {
    const site = siteText(
      { ...options, statics: [{ location: '/static/', alias: '/srv/static', expires: '1y' }] },
      facts,
    );
    const names = Object.keys(HARDENED).filter((name) => name !== 'Strict-Transport-Security');
    for (const name of names) expect(site.match(new RegExp(`add_header ${name} `, 'g'))?.length, name).toBe(2);
    for (const name of names) {
      expect(site.includes(`proxy_hide_header ${name};`), name).toBe(name !== 'Content-Security-Policy');
    }
    expect(site).toContain('alias /srv/static/;');
  });

  test('the application’s policy is kept, and the site’s stands in; one that is given is for all of it', () => {
    const kept = 'map $upstream_http_content_security_policy $policy_app {';
    expect(text).toContain(`${kept}\n    default '';\n    ''      "default-src 'self';`);
    expect(text).toContain('add_header Content-Security-Policy $policy_app always;');
    for (const [name, policy] of [
      ['content-security-policy', "default-src 'none'"],
      ['Content-Security-Policy', ''],
    ]) {
      const given = siteText({ ...options, headers: { [name ?? '']: policy ?? '' } }, facts);
      expect(given).not.toContain('$policy_app');
      expect(given.includes('proxy_hide_header Content-Security-Policy;')).toBe(policy !== '');
    }
    expect(siteText({ ...options, upstream: undefined, root: '/srv' }, facts)).not.toContain('$policy_app');
  });

  test('HSTS over HTTPS only (RFC 6797, 7.2)', () => {
    expect(text).not.toContain('add_header Strict-Transport-Security');
    const secure = siteText({ ...options, tls: TLS }, { ...facts, certified: true });
    expect(secure.match(/add_header Strict-Transport-Security/g)?.length).toBe(1);
    expect(blocks(secure)[2]).toContain('return 301 https://$host$request_uri;');
  });

  test('headers are changed, left out and added by name, whatever its case', () => {
    const site = siteText(
      { ...options, headers: { 'x-frame-options': 'SAMEORIGIN', 'Referrer-Policy': '', 'X-More': 'say "hi"' } },
      facts,
    );
    expect(site).toContain('add_header X-Frame-Options "SAMEORIGIN" always;');
    expect(site).toContain('add_header X-More "say \\"hi\\"" always;');
    expect(site).not.toContain('Referrer-Policy');
  });

  test('www leads to the domain, unless it is served itself or there is none', () => {
    expect(blocks(text)).toHaveLength(2);
    expect(blocks(text)[0]).toContain('server_name www.example.com;');
    for (const other of [
      { aliases: ['www.example.com'] },
      { domain: 'www.example.com' },
      { domain: '10.0.0.1' },
      { domain: '_' },
      { redirectWww: false },
    ]) {
      expect(blocks(siteText({ ...options, ...other }, facts))).toHaveLength(1);
    }
  });

  test.each([
    ['nginx version: nginx/1.18.0 (Ubuntu)', 'listen'],
    ['nginx version: nginx/1.22.1', 'listen'],
    ['nginx version: nginx/1.25.0', 'listen'],
    ['nginx version: nginx/1.25.1', 'directive'],
    ['nginx version: nginx/1.26.3', 'directive'],
    ['nginx version: nginx/2.0.0', 'directive'],
    ['nginx version: openresty/1.21.4.2', 'listen'],
    ['nginx version: openresty/1.27.1.1', 'directive'],
    ['', 'listen'],
  ])('HTTP/2 with %j', (said, way) => {
    expect(http2Of(said)).toBe(way);
    const site = siteText({ ...options, tls: TLS }, { certified: true, ipv6: true, http2: http2Of(said) });
    const listens = site.match(/listen .*443.*|http2 on;/g);
    const [v4, v6] = ['listen 443 ssl', 'listen [::]:443 ssl'];
    const block = way === 'listen' ? [`${v4} http2;`, `${v6} http2;`] : [`${v4};`, `${v6};`, 'http2 on;'];
    expect(listens).toEqual([...block, ...block]);
  });

  test("the host's nginx decides, and a site of another time is written anew", () => {
    const want = bind(nginx, { ...params, tls: { certificate: TLS.certificate, key: TLS.key } });
    const had = siteText({ ...options, tls: TLS }, { certified: true, ipv6: true, http2: 'listen' });
    const have = { ...state, file: file(had), certified: true };
    expect(nginx.plan(have, want).changes).toEqual([]);
    expect(nginx.plan({ ...have, http2: 'directive' }, want).changes).toHaveLength(1);
  });

  test('the challenge is answered over HTTP whatever else happens', () => {
    const secure = siteText({ ...options, tls: TLS }, { ...facts, certified: true });
    for (const block of blocks(secure).filter((one) => one.includes('listen 80;')))
      expect(block).toContain('acme-challenge');
  });

  test('an exact file, a socket, files before the application, no IPv6', () => {
    const site = siteText(
      {
        ...options,
        upstream: 'unix:/run/app.sock',
        root: '/srv/my site',
        statics: [{ location: '/favicon.ico', alias: '/srv/f.ico', expires: 'off' }],
      },
      { ...facts, ipv6: false },
    );
    expect(site).toContain('location = /favicon.ico {');
    expect(site).toContain('proxy_pass http://unix:/run/app.sock;');
    expect(site).toContain('root "/srv/my site";');
    expect(site).toContain('try_files $uri @upstream;');
    expect(site).not.toContain('[::]');
    expect(site).not.toContain('immutable');
  });

  test.runIf(hasNginx)('nginx accepts it', () => {
    const all = [
      text,
      siteText({ ...options, site: 'b', root: '/srv/x', aliases: ['*.example.org'] }, { ...facts, ipv6: false }),
    ].join('\n');
    const config = `events {}\npid /dev/null;\nerror_log stderr;\nhttp { access_log off;\n${all.replaceAll('listen 80', 'listen 127.0.0.1:18080').replaceAll('listen [::]:80', 'listen [::1]:18080')} }\n`;
    const { stderr, status } = spawnSync('nginx', ['-t', '-c', '/dev/stdin'], { input: config, encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, expect.stringContaining('successful')]);
  });
});

describe.skipIf(hasNginx)('on a host without nginx', () => {
  const read = (given: Record<string, unknown>) => {
    const want = bind(nginx, given);
    const [script] = [nginx.probe([want])];
    return { want, have: nginx.parse(runScript(script?.text ?? ''), [want])[0] };
  };

  test('the site is predicted as it will be once nginx is installed', () => {
    const fresh = { file: undefined, defaultSite: { kind: 'link' } };
    expect(read(params).have).toMatchObject({ needs: ['package:nginx'], fresh });
  });

  test('there is nothing to remove', () => {
    const { have, want } = read({ ...params, state: 'absent' });
    expect(nginx.plan(have, want).changes).toEqual([]);
  });
});

describe('what is refused', () => {
  test.each([
    [{ domain: 'a b' }, 'wrong form'],
    [{ domain: 'a;b' }, 'wrong form'],
    [{ domain: '_' }, 'needs a name'],
    [{ domain: 'a', root: 'srv' }, 'absolute'],
    [{ domain: 'a', root: '/srv/$x' }, 'must not hold a $'],
    [{ domain: 'a', headers: { A: 'b\nc' } }, 'one line'],
    [{ domain: 'a', template: 'x', upstream: 'b' }, 'is for the site that vrun writes'],
    [{ domain: 'a', client_max_body_size: '50mb' }, 'wrong form'],
    [{ domain: 'a', upstream: 'b; evil' }, 'wrong form'],
  ])('%j', (given, words) => {
    expect(() => bind(nginx, given, { x: '' })).toThrow(words);
  });
});
