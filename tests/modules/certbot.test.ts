import { describe, expect, test } from 'vitest';
import certbot from '../../modules/certbot.ts';
import { table } from './table.ts';

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
