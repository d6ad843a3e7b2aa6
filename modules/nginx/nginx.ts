// A site of nginx, hardened, as a file in sites-available and its link in sites-enabled. A reload is left to a handler:
// `systemd: { unit: nginx, state: reloaded }`.
import { isMap } from '../../engine/base/plain-data.ts';
import { defineModule, LocalTemplate, named, pathThing, presence, Type } from '../../engine/module/index.ts';
import { cleanPath, hasControl, pathProblem } from '../../engine/resources/file/path.ts';
import { type NginxWant, parseNginx, pendingNginx, planNginx, probeNginx } from './plan.ts';

const NAME = '^(_|(\\*\\.)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?)$';
const path = (description: string, options: object = {}) => Type.String({ minLength: 1, description, ...options });

export default defineModule({
  name: 'nginx',
  summary: 'Manage a site of nginx',
  example: `
- name: Site
  nginx:
    domain: www.example.com
    upstream: 127.0.0.1:3000
  notify: Reload nginx
`,
  params: Type.Object({
    domain: Type.String({ pattern: NAME, description: 'Name that the site answers to' }),
    site: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$',
        description: 'Name of its file; the domain when not given',
      }),
    ),
    ...presence,
    enabled: Type.Boolean({ default: true, description: 'Whether it is linked into sites-enabled' }),
    aliases: Type.Array(Type.String({ pattern: NAME }), { default: [], description: 'Other names that it answers to' }),
    upstream: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9_./:@%\\[\\]-]+$',
        description: 'Where requests go: host:port, a URL or unix:/path of a socket',
      }),
    ),
    root: Type.Optional(path('Directory to serve; with an upstream, files that exist there come first')),
    template: Type.Optional(LocalTemplate({ description: 'A template of your own instead of the hardened site' })),
    tls: Type.Optional(
      Type.Object(
        {
          certificate: path('Absolute path of the certificate chain'),
          key: path('Absolute path of its private key'),
          protocols: Type.Array(Type.String({ pattern: '^TLSv1(\\.[0-3])?$' }), {
            default: ['TLSv1.2', 'TLSv1.3'],
            description: 'Versions of TLS',
          }),
        },
        { description: 'HTTPS, from when both files exist; until then the site speaks HTTP' },
      ),
    ),
    headers: Type.Record(Type.String({ pattern: '^[A-Za-z0-9-]+$' }), Type.String(), {
      additionalProperties: false,
      default: {},
      description:
        'Response headers besides the six hardened ones, or in their place; an empty text leaves one out. The Content-Security-Policy of an upstream is kept unless one is given here',
    }),
    client_max_body_size: Type.String({
      default: '50m',
      pattern: '^[0-9]+[kKmMgG]?$',
      description: 'Largest request body',
    }),
    static: Type.Array(
      Type.Object({
        location: path('Path in the URL; with a slash at the end all below it', { pattern: '^/' }),
        alias: path('Absolute path of the directory or file'),
        expires: Type.String({
          default: '1y',
          pattern: '^(off|epoch|max|([0-9]+(ms|[smhdwMy]))+)$',
          description: 'How long browsers may keep it',
        }),
      }),
      { default: [], description: 'Files that never change under their name, served with an immutable cache' },
    ),
    acme_root: path('Directory that answers ACME challenges', { default: '/var/www/html' }),
    redirect_www: Type.Boolean({ default: true, description: 'Redirect www.DOMAIN to the domain' }),
    default_site: Type.Boolean({ default: false, description: "Keep Debian's default site enabled" }),
  }),

  results: Type.Object({
    site: Type.String({ description: 'Path of its file' }),
    tls: Type.Boolean({ description: 'Whether both files of its certificate are there' }),
  }),
  manual: {
    reads:
      "The site's file and links, whether its certificate is there, whether the host has IPv6, and its nginx's version: from 1.25.1 on HTTP/2 is a directive of its own.",
    changes:
      'The file atomically, then the links; all of it goes back when `nginx -t` refuses it. nginx is not reloaded: notify a handler.',
    dryRun: 'What `nginx -t` says.',
    needs: "nginx with Debian's directories sites-available and sites-enabled.",
    tried: 'Debian 12: nginx 1.22.1.',
  },

  checkParams: (params) => {
    const { headers, static: statics, domain } = params;
    const tls: Readonly<Record<string, unknown>> = isMap(params.tls) ? params.tls : {};
    const paths = [
      ['root', params.root],
      ['acme_root', params.acme_root],
      ['tls.certificate', tls.certificate],
      ['tls.key', tls.key],
      ...(Array.isArray(statics) ? statics : []).map((one, index) => [
        `static.${index}.alias`,
        isMap(one) ? one.alias : undefined,
      ]),
    ].flatMap(([parameter, value]) => {
      if (typeof value !== 'string' || typeof parameter !== 'string') return [];
      const problem = pathProblem(value) ?? (value.includes('$') ? VARIABLE : undefined);
      return problem ? [{ parameter, ...problem }] : [];
    });
    const names = [domain, ...(Array.isArray(params.aliases) ? params.aliases : [])].filter(
      (name) => typeof name === 'string' && name.includes('..'),
    );
    const bad = Object.entries(isMap(headers) ? headers : {}).find(
      ([, text]) => typeof text === 'string' && hasControl(text),
    );
    return [
      ...paths,
      ...names.map((name) => ({
        parameter: name === domain ? 'domain' : 'aliases',
        summary: `‹${name}› is no server name`,
        hint: 'Write at least one letter or digit between two dots.',
      })),
      ...(bad
        ? [{ parameter: `headers.${bad[0]}`, summary: 'A header is one line', hint: 'Take the line break out.' }]
        : []),
      ...(typeof domain === 'string' && !/^[A-Za-z0-9]/.test(domain) && !('site' in params)
        ? [{ parameter: 'site', summary: 'The site needs a name', hint: 'Say with site what its file is called.' }]
        : []),
      ...('template' in params
        ? ['upstream', 'root', 'headers', 'static'].flatMap((parameter) => {
            const given = params[parameter];
            const unset =
              given === undefined || (typeof given === 'object' && given !== null && Object.keys(given).length === 0);
            return unset
              ? []
              : [
                  {
                    parameter,
                    summary: `${parameter} is for the site that vrun writes`,
                    hint: 'Leave out one of the two.',
                  },
                ];
          })
        : []),
    ];
  },

  prepare: (params): NginxWant => ({
    options: {
      site: params.site ?? params.domain,
      domain: params.domain,
      aliases: params.aliases,
      upstream: params.upstream,
      root: params.root,
      tls: params.tls && {
        ...params.tls,
        certificate: cleanPath(params.tls.certificate),
        key: cleanPath(params.tls.key),
      },
      headers: params.headers,
      bodySize: params.client_max_body_size,
      statics: params.static,
      acmeRoot: params.acme_root,
      redirectWww: params.redirect_www,
    },
    own: params.template?.content,
    present: params.state === 'present',
    enabled: params.enabled,
    keepDefault: params.default_site,
  }),

  probeMany: probeNginx,
  parseMany: parseNginx,
  about: ({ site, domain }) => [
    ...pathThing(named`/etc/nginx/sites-available/${site ?? domain}`),
    ...pathThing(named`/etc/nginx/sites-enabled/${site ?? domain}`),
  ],
  looksAt: ({ tls }) => (isMap(tls) ? [...pathThing(tls.certificate), ...pathThing(tls.key)] : []),
  pending: pendingNginx,
  plan: planNginx,
});

const VARIABLE = { summary: 'A path must not hold a $', hint: 'nginx would take it for a variable.' };
