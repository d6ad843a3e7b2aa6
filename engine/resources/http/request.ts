// One HTTP request by curl(1). All that may be secret goes to curl's standard input (-K -), never into an argv.
import { lines, type Script, sh } from '../../base/script.ts';
import { Secret } from '../../language/value/secret.ts';
import { Content } from '../../module/content.ts';

export interface HttpRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, Content>>;
  readonly body: Content | undefined;
  readonly format: 'raw' | 'json' | 'form';
  /** Seconds for all of it. */
  readonly timeout: number;
  readonly redirects: 'none' | 'safe' | 'all';
  readonly validateCerts: boolean;
  readonly caPath: string | undefined;
  /** `HOST:PORT:ADDRESS`, as curl's --resolve. */
  readonly resolve: readonly string[];
  /** Whether the certificate's last day is to be read. */
  readonly expiry: boolean;
}

const SAFE = ['GET', 'HEAD', 'OPTIONS'];

/** RFC 9110, 9.2.1: methods that change nothing. */
export function isSafe({ method }: Pick<HttpRequest, 'method'>): boolean {
  return SAFE.includes(method);
}

/** Succeeds where a request can be made. */
export const HAS_CURL = sh`command -v curl >/dev/null`;

const META = 'meta %{http_code} %{size_header} %{size_download} %{time_total} %{url_effective}\\n';

/** Standard output: headers of every answer, then the body. Standard error: curl's words and our lines after `@`. */
export function requestScript(request: HttpRequest): Script {
  return lines(
    sh`command -v curl >/dev/null || { echo @none >&2; exit 0; }`,
    sh`curl -q -sS -i -K - -w ${`%{stderr}@${META}`}; s=$?; echo "@curl $s" >&2`,
    request.expiry ? expiryScript(request) : undefined,
    sh`exit 0`,
  );
}

/** curl's configuration: https://curl.se/docs/manpage.html#-K. Secret when anything in it is. */
export function requestConfig(request: HttpRequest): Content {
  const { url, method, headers, body, timeout, redirects, validateCerts, caPath, resolve } = request;
  const names = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const type = { raw: undefined, json: 'application/json', form: 'application/x-www-form-urlencoded' }[request.format];
  const rows = [
    option('url', url),
    'globoff', // brackets and braces are part of the URL
    option('proto', '=http,https'),
    option('max-time', `${timeout}`),
    ...(method === 'HEAD' ? ['head'] : method === 'GET' && !body ? [] : [option('request', method)]),
    ...Object.entries(headers).map(([name, value]) => option('header', header(name, textOf(value)))),
    ...(body && type !== undefined && !names.has('content-type') ? [option('header', `Content-Type: ${type}`)] : []),
    ...(body && type === undefined && !names.has('content-type') ? [option('header', 'Content-Type:')] : []),
    ...(body ? [option('data-raw', textOf(body))] : []),
    ...(redirects === 'all' || (redirects === 'safe' && isSafe(request))
      ? ['location', option('max-redirs', '10'), option('proto-redir', '=http,https')]
      : []),
    ...(validateCerts ? [] : ['insecure']),
    ...(caPath === undefined ? [] : [option('cacert', caPath)]),
    ...resolve.map((entry) => option('resolve', entry)),
  ];
  const text = `${rows.join('\n')}\n`;
  const secret = [...Object.values(headers), ...(body ? [body] : [])].some((content) => content.secret);
  return Content.of(secret ? new Secret('request', text) : text);
}

function textOf(content: Content): string {
  return content.bytes().toString('utf8');
}

/** An empty value is written with a semicolon, or curl would take the header away. */
function header(name: string, value: string): string {
  return value === '' ? `${name};` : `${name}: ${value}`;
}

function option(name: string, value: string): string {
  const escaped = value
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
  return `${name} = "${escaped}"`;
}

/** `@expires DATE` as openssl writes it; read from the certificate itself, valid or not. */
function expiryScript({ url, timeout, resolve }: HttpRequest): Script {
  const { hostname, port } = new URL(url);
  const host = hostname.replaceAll(/[[\]]/g, '');
  const service = port === '' ? '443' : port;
  const entry = resolve.find((one) => one.startsWith(`${hostname}:${service}:`));
  const address = entry?.slice(`${hostname}:${service}:`.length) ?? hostname;
  return lines(
    sh`if command -v openssl >/dev/null; then`,
    sh`  d=$(timeout ${timeout} openssl s_client -connect ${`${address}:${service}`} -servername ${host} </dev/null 2>/dev/null | openssl x509 -noout -enddate 2>/dev/null)`,
    sh`  echo "@expires $(date +%s) \${d#notAfter=}" >&2`,
    sh`else echo '@expires none' >&2; fi`,
  );
}
