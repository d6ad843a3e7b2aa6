// A certificate of an ACME authority, such as Let's Encrypt, that certbot gets and renews through a web server's files.
import {
  defineModule,
  named,
  OneOf,
  pathThing,
  presence,
  Strings,
  Type,
  things,
  treeThing,
} from '../../engine/module/index.ts';
import { checkPaths, cleanPath } from '../../engine/resources/file/path.ts';
import { secretInAddress } from '../../engine/resources/http/address-secret.ts';
import { planCertificate } from './plan.ts';
import { probeCertificate } from './probe.ts';
import { parseCertificate } from './state.ts';
import { type CertificateWant, PRODUCTION, STAGING } from './want.ts';

const DOMAIN = /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+$/;

export default defineModule({
  name: 'certbot',
  summary: 'Manage a certificate of an ACME authority',
  example: `
- name: Certificate
  certbot:
    domains: [example.com, www.example.com]
    email: ops@example.com
    agree_tos: true
    deploy_hook: systemctl reload nginx
  notify: Reload nginx
`,
  params: Type.Object({
    domains: Strings({ description: 'Names that it is for, all of them and no others; they have to lead to the host' }),
    email: Type.Optional(
      Type.String({ pattern: '^[A-Za-z0-9][^@\\s]*@[^@\\s]+$', description: 'Where the authority may write to' }),
    ),
    agree_tos: Type.Optional(
      Type.Boolean({ description: "Has to be true: that you agree to the authority's terms of service" }),
    ),
    ...presence,
    cert_name: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$',
        description: 'Name of its directory in /etc/letsencrypt/live; the first domain when not given',
      }),
    ),
    webroot: Type.String({
      default: '/var/www/html',
      minLength: 1,
      description: 'Directory that the web server serves challenges from: acme_root of nginx',
    }),
    server: Type.Optional(
      Type.String({
        pattern: '^https://[!-~]+$',
        description: "URL of the authority's directory; Let's Encrypt's when not given",
      }),
    ),
    staging: Type.Boolean({
      default: false,
      description: "Use Let's Encrypt's server for trials, whose certificates no browser trusts",
    }),
    ca_bundle: Type.Optional(
      Type.String({
        minLength: 1,
        description: "File on the host with the authorities that the server's own certificate is from",
      }),
    ),
    key_type: OneOf(['ecdsa', 'rsa'], { default: 'ecdsa', description: 'Kind of its private key' }),
    renew_before_days: Type.Integer({
      default: 30,
      minimum: 1,
      description: 'It is renewed when it has no more days than these left',
    }),
    deploy_hook: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'Shell commands to run on the host when there is a new certificate, also at later renewals',
      }),
    ),
    preflight: Type.Boolean({
      default: true,
      description: 'Fetch a file through each name first, and ask the authority only if that works',
    }),
  }),

  results: Type.Object({
    certificate: Type.String({ description: 'Path of the certificate and its chain' }),
    key: Type.String({ description: 'Path of its private key' }),
    days_left: Type.Optional(
      Type.Integer({ description: 'Days that the certificate had left before; not where there was none' }),
    ),
  }),
  manual: {
    reads:
      "The certificate with openssl (names, issuer, days, key, chain), certbot's settings for its renewal, the deploy hook, and certbot's timer.",
    changes:
      'A file is fetched through each name first; then certbot asks for the certificate, and the old one stays until the new one is there. Where only the way of its renewal is another one, certbot’s settings are changed and the certificate stays. What is in its place and not certbot’s is put aside and comes back if that fails. The hook runs once for each certificate. absent deletes it, also where certbot is gone already.',
    dryRun: 'Whether the names lead to the host, and whether the authority issues.',
    needs: 'certbot with its timer (Debian: certbot), openssl, a web server on port 80.',
    tried:
      'certbot 2.1 on Debian 12, against pebble 2.4. Of 4.0 and 5.5 only what they say of their version and leave in their files.',
  },

  checkParams: (params) => {
    const { domains, state, agree_tos: agreed, staging, server, deploy_hook: hook } = params;
    const names = typeof domains === 'string' ? [domains] : Array.isArray(domains) ? domains : [];
    const bad = names.find((name) => typeof name === 'string' && !DOMAIN.test(name));
    const present = state !== 'absent' && typeof state !== 'object';
    return [
      ...checkPaths(params, ['webroot', 'ca_bundle']),
      ...secretInAddress('server', server, 'Leave it out: certbot makes an account with the authority.'),
      ...(bad === undefined ? [] : [badDomain(bad)]),
      ...(names.length === 0 && Array.isArray(domains)
        ? [{ parameter: 'domains', summary: 'There is no domain in it', hint: 'Name at least one.' }]
        : []),
      ...(present && !('email' in params)
        ? [
            {
              parameter: undefined,
              summary: 'certbot needs an email',
              hint: 'The authority warns there before a certificate ends.',
            },
          ]
        : []),
      ...(present && agreed !== true && typeof agreed !== 'object' && typeof agreed !== 'symbol'
        ? [
            {
              parameter: 'agree_tos' in params ? 'agree_tos' : undefined,
              summary: "The authority's terms have to be agreed to",
              hint: "Read them (Let's Encrypt: https://letsencrypt.org/repository/) and write agree_tos: true.",
            },
          ]
        : []),
      ...(staging === true && 'server' in params && server !== STAGING
        ? [{ parameter: 'staging', summary: "staging is for Let's Encrypt", hint: 'Leave staging or server out.' }]
        : []),
      ...(typeof hook === 'string' && hook.trim() === ''
        ? [{ parameter: 'deploy_hook', summary: 'The hook is empty', hint: 'Leave it out.' }]
        : []),
    ];
  },

  prepare: (params): CertificateWant => {
    const domains = (typeof params.domains === 'string' ? [params.domains] : params.domains).map((name) =>
      name.toLowerCase(),
    );
    return {
      present: params.state === 'present',
      name: params.cert_name ?? domains[0] ?? '',
      domains: [...new Set(domains)],
      email: params.email ?? '',
      webroot: cleanPath(params.webroot),
      server: params.server ?? (params.staging ? STAGING : PRODUCTION),
      caBundle: params.ca_bundle === undefined ? undefined : cleanPath(params.ca_bundle),
      keyType: params.key_type,
      renewBeforeDays: params.renew_before_days,
      hook: params.deploy_hook,
      preflight: params.preflight,
    };
  },

  probe: probeCertificate,
  parse: parseCertificate,
  about: ({ domains, cert_name: given }) => {
    const name = given ?? (Array.isArray(domains) ? domains[0] : domains);
    const files = pathThing(named`/etc/letsencrypt/renewal/${name}.conf`);
    return [...things('certificate', name), ...treeThing(named`/etc/letsencrypt/live/${name}`), ...files];
  },
  plan: planCertificate,
});

function badDomain(name: string) {
  const wildcard = name.startsWith('*');
  return {
    parameter: 'domains',
    summary: `‹${name}› is no domain for a certificate`,
    ...(wildcard ? { detail: 'A wildcard is proved through DNS, and this module proves names through HTTP.' } : {}),
    hint: wildcard ? 'Name each host.' : 'Write it as in example.com or www.example.com.',
  };
}
