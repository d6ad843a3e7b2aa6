// How a host fetches something by HTTP: with curl or wget, and where the request says who asks with curl alone, which is
// told of that on its standard input.
import { type Script, sh } from '../../engine/base/script.ts';
import { Secret } from '../../engine/language/value/secret.ts';
import { Content } from '../../engine/module/content.ts';

export interface Requester {
  /** May be secret. */
  readonly headers: Readonly<Record<string, Content>>;
  readonly username: string | undefined;
  readonly password: Content | undefined;
}

const REDIRECTS = 5;

/** True when curl has to be told more than the address. */
export function saysMore({ headers, username, password }: Requester): boolean {
  return Object.keys(headers).length > 0 || username !== undefined || password !== undefined;
}

/** Prints what is at the address. From https no redirect leads back to http; BusyBox's wget checks no certificate. */
export function fetching(url: string, requester: Requester): Script {
  const redirects = url.startsWith('https:') ? '=https' : '=http,https';
  const more = saysMore(requester);
  const curl = sh`curl -q -sS -f -L -g --connect-timeout 30 --max-redirs ${REDIRECTS} --proto ${redirects} --proto-redir ${redirects} ${more ? ['-K', '-', '--'] : ['--']} ${url}`;
  if (more) return curl;
  const wget = sh`wget -nv -O - --connect-timeout=30 --tries=1 --max-redirect=${REDIRECTS} -- ${url}`;
  const plain = url.startsWith('https:')
    ? sh`{ echo 'this wget checks no certificates: install curl' >&2; false; }`
    : sh`wget -q -O - -T 30 ${url}`;
  return sh`if command -v curl >/dev/null; then ${curl}
elif wget --version 2>/dev/null | grep -q GNU; then ${wget}
else ${plain}; fi`;
}

/** curl's configuration (https://curl.se/docs/manpage.html#-K) for its standard input; undefined where nothing is to be said. */
export function requesterConfig(requester: Requester): Content | undefined {
  if (!saysMore(requester)) return undefined;
  const { headers, username = '', password } = requester;
  const text = (content: Content) => content.bytes().toString('utf8');
  const rows = [
    ...Object.entries(headers).map(([name, value]) => option('header', `${name}: ${text(value)}`)),
    ...(requester.username === undefined && password === undefined
      ? []
      : [option('user', `${username}:${password ? text(password) : ''}`)]),
  ].join('\n');
  const secret = [...Object.values(headers), ...(password ? [password] : [])].some((content) => content.secret);
  return Content.of(secret ? new Secret('request', `${rows}\n`) : `${rows}\n`);
}

/** An empty header is written with a semicolon, or curl would take it away. */
function option(name: string, value: string): string {
  const whole = name === 'header' ? value.replace(/: $/, ';') : value;
  const escaped = whole
    .replace(/[\\"]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
  return `${name} = "${escaped}"`;
}
