// The hardened site that the module nginx writes: from options to the text of a file in sites-available.
// Directives: https://nginx.org/en/docs/dirindex.html

export interface SiteOptions {
  readonly site: string;
  readonly domain: string;
  readonly aliases: readonly string[];
  /** `127.0.0.1:3005`, `http://…`, `https://…` or `unix:/run/app.sock`. */
  readonly upstream: string | undefined;
  readonly root: string | undefined;
  readonly tls: TlsOptions | undefined;
  /** Response headers by name; an empty value leaves the header out. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bodySize: string;
  readonly statics: readonly { readonly location: string; readonly alias: string; readonly expires: string }[];
  readonly acmeRoot: string;
  readonly redirectWww: boolean;
}

export interface TlsOptions {
  readonly certificate: string;
  readonly key: string;
  readonly protocols: readonly string[];
}

/** What the host decides: whether the certificate exists yet, whether it speaks IPv6, and how its nginx is told of HTTP/2. */
export interface SiteFacts {
  readonly certified: boolean;
  readonly ipv6: boolean;
  /** By a directive of its own; before 1.25.1 it was a word of ‹listen›. */
  readonly http2: 'directive' | 'listen';
}

/** What `nginx -v` says of HTTP/2: those built upon nginx, such as OpenResty, begin with its version. */
export function http2Of(said: string): SiteFacts['http2'] {
  const [, ...numbers] = /version: [A-Za-z]+\/(\d+)\.(\d+)\.(\d+)/.exec(said) ?? [];
  const [major = 0, minor = 0, patch = 0] = numbers.map(Number);
  const isNew = major > 1 || (major === 1 && (minor > 25 || (minor === 25 && patch >= 1)));
  return isNew ? 'directive' : 'listen';
}

const HSTS = 'Strict-Transport-Security';
const CSP = 'Content-Security-Policy';

/** The six headers of a hardened site, overridden by name. */
export const HARDENED: Readonly<Record<string, string>> = {
  [HSTS]: 'max-age=31536000; includeSubDomains',
  [CSP]:
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'strict-origin-when-cross-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};

/** Mozilla's intermediate profile, for TLS 1.2. */
const CIPHERS =
  'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305';

/** The whole file. Without a certificate the site speaks HTTP, with one HTTPS, and HTTP only redirects. */
export function siteText(options: SiteOptions, facts: SiteFacts): string {
  const tls = facts.certified ? options.tls : undefined;
  const names = [options.domain, ...options.aliases];
  const www = `www.${options.domain}`;
  const redirects = options.redirectWww && hasWww(options.domain) && !names.includes(www);
  const blocks = [
    '# Written by vrun: what is changed here by hand is overwritten.',
    ...(options.upstream === undefined ? [] : [upgradeMap(options), ...policyMap(options)]),
    ...(redirects ? [server(plain(facts), [www], [acme(options), '', ...redirect(options, tls)])] : []),
    ...(redirects && tls ? [server(secure(facts), [www], [certificate(tls), '', ...redirect(options, tls)])] : []),
    tls
      ? server(plain(facts), names, [
          acme(options),
          '',
          'location / {',
          '    return 301 https://$host$request_uri;',
          '}',
        ])
      : server(plain(facts), names, [acme(options), '', ...body(options, false)]),
    ...(tls ? [server(secure(facts), names, [certificate(tls), '', ...body(options, true)])] : []),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function hasWww(domain: string): boolean {
  return domain.includes('.') && !/^(www\.|\*\.|[\d.]+$)/.test(domain);
}

/** `Connection: upgrade` for websockets only; the variable is the site's own, since maps share one namespace. */
function upgradeMap(options: SiteOptions): string {
  return `map $http_upgrade ${connection(options)} {\n    default upgrade;\n    ''      close;\n}`;
}

function connection({ site }: SiteOptions): string {
  return variable('connection', site);
}

/**
 * The application's Content-Security-Policy is kept, since only it knows its nonces; the site's stands in where it sends none.
 * One that is given for the site itself is meant for all of it.
 */
function policyMap(options: SiteOptions): readonly string[] {
  if (!keepsPolicy(options)) return [];
  const { [CSP]: policy = '' } = headersOf(options);
  return [
    `map $upstream_http_content_security_policy ${variable('policy', options.site)} {\n    default '';\n    ''      ${quoted(policy)};\n}`,
  ];
}

function keepsPolicy({ headers, upstream }: SiteOptions): boolean {
  return upstream !== undefined && !Object.keys(headers).some((name) => name.toLowerCase() === CSP.toLowerCase());
}

function variable(what: string, site: string): string {
  return `$${what}_${site.replaceAll(/[^A-Za-z0-9]/g, '_')}`;
}

function plain({ ipv6 }: SiteFacts): readonly string[] {
  return ['listen 80;', ...(ipv6 ? ['listen [::]:80;'] : [])];
}

function secure({ ipv6, http2 }: SiteFacts): readonly string[] {
  const words = http2 === 'listen' ? 'ssl http2' : 'ssl';
  return [
    `listen 443 ${words};`,
    ...(ipv6 ? [`listen [::]:443 ${words};`] : []),
    ...(http2 === 'directive' ? ['http2 on;'] : []),
  ];
}

function server(listen: readonly string[], names: readonly string[], rest: readonly string[]): string {
  const rows = [...listen, `server_name ${names.join(' ')};`, 'server_tokens off;', '', ...rest];
  const lines = rows.flatMap((row) => row.split('\n'));
  return `server {\n${lines.map((line) => (line === '' ? '' : `    ${line}`)).join('\n')}\n}`;
}

/** ACME's HTTP challenge (RFC 8555, 8.3) has to be answered whatever else the site does. */
function acme({ acmeRoot }: SiteOptions): string {
  return `location ^~ /.well-known/acme-challenge/ {\n    root ${word(acmeRoot)};\n    default_type text/plain;\n    try_files $uri =404;\n}`;
}

function redirect({ domain }: SiteOptions, tls: TlsOptions | undefined): readonly string[] {
  return ['location / {', `    return 301 ${tls ? 'https' : '$scheme'}://${domain}$request_uri;`, '}'];
}

function certificate({ certificate: chain, key, protocols }: TlsOptions): string {
  return [
    `ssl_certificate ${word(chain)};`,
    `ssl_certificate_key ${word(key)};`,
    `ssl_protocols ${protocols.join(' ')};`,
    `ssl_ciphers ${CIPHERS};`,
    'ssl_prefer_server_ciphers off;',
    'ssl_session_timeout 1d;',
    'ssl_session_cache shared:vrun:10m;',
    'ssl_session_tickets off;',
  ].join('\n');
}

function body(options: SiteOptions, secured: boolean): readonly string[] {
  const { root, upstream, bodySize, statics } = options;
  const headers = headerLines(options, secured);
  return [
    `client_max_body_size ${bodySize};`,
    ...(root === undefined ? [] : [`root ${word(root)};`, 'index index.html;']),
    '',
    ...headers,
    '',
    '# Files whose name begins with a dot are not served.',
    'location ~ /\\.(?!well-known/) {',
    '    return 404;',
    '}',
    ...statics.flatMap((one) => ['', ...staticLocation(one, headers)]),
    '',
    'location / {',
    ...indent(
      upstream === undefined
        ? [root === undefined ? 'return 404;' : 'try_files $uri $uri/ =404;']
        : root === undefined
          ? proxy(options, upstream)
          : ['try_files $uri @upstream;'],
    ),
    '}',
    ...(upstream === undefined || root === undefined
      ? []
      : ['', 'location @upstream {', ...indent(proxy(options, upstream)), '}']),
  ];
}

/** A location with a header of its own inherits none, so all of them are said again. */
function staticLocation(
  { location, alias, expires }: SiteOptions['statics'][number],
  headers: readonly string[],
): readonly string[] {
  const tree = location.endsWith('/');
  // Both or neither end in a slash: otherwise `/static../` would lead out of the directory.
  const target = tree && !alias.endsWith('/') ? `${alias}/` : alias;
  return [
    `location ${tree ? '' : '= '}${word(location)} {`,
    ...indent([
      `alias ${word(target)};`,
      `expires ${expires};`,
      'access_log off;',
      ...(expires === 'off' || expires === 'epoch' ? [] : ['add_header Cache-Control "public, immutable" always;']),
      ...headers,
    ]),
    '}',
  ];
}

function proxy(options: SiteOptions, upstream: string): readonly string[] {
  return [
    `proxy_pass ${upstream.includes('://') ? upstream : `http://${upstream}`};`,
    'proxy_http_version 1.1;',
    'proxy_set_header Host $host;',
    'proxy_set_header X-Real-IP $remote_addr;',
    'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
    'proxy_set_header X-Forwarded-Proto $scheme;',
    'proxy_set_header Upgrade $http_upgrade;',
    `proxy_set_header Connection ${connection(options)};`,
    'proxy_read_timeout 300s;',
    // The site's own headers count, not a second copy from the application.
    ...Object.keys(headersOf(options))
      .filter((name) => name !== CSP || !keepsPolicy(options))
      .map((name) => `proxy_hide_header ${name};`),
  ];
}

function headerLines(options: SiteOptions, secured: boolean): readonly string[] {
  return Object.entries(headersOf(options))
    .filter(([name]) => secured || name !== HSTS) // RFC 6797, 7.2: never over plain HTTP
    .map(([name, value]) => {
      const kept = name === CSP && keepsPolicy(options);
      return `add_header ${name} ${kept ? variable('policy', options.site) : quoted(value)} always;`;
    });
}

function headersOf({ headers }: SiteOptions): Readonly<Record<string, string>> {
  const given = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const own = Object.entries(HARDENED).map(([name, value]) => [name, given.get(name.toLowerCase()) ?? value] as const);
  const known = new Set(Object.keys(HARDENED).map((name) => name.toLowerCase()));
  const added = Object.entries(headers).filter(([name]) => !known.has(name.toLowerCase()));
  return Object.fromEntries([...own, ...added].filter(([, value]) => value !== ''));
}

function word(text: string): string {
  return /^[A-Za-z0-9_./:@%+=,~-]+$/.test(text) ? text : quoted(text);
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

function indent(rows: readonly string[]): readonly string[] {
  return rows.map((row) => `    ${row}`);
}
