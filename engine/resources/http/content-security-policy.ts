// What a Content-Security-Policy lets a page do that came with it: https://www.w3.org/TR/CSP3/ (the sections are named below).
import { createHash } from 'node:crypto';

/** Source lists by directive, in small letters; of several policies each has to allow a thing. */
export type Policy = ReadonlyMap<string, readonly string[]>;

/** What is asked for: an element with its content or address, or an attribute. */
export interface Use {
  readonly kind: 'script' | 'style';
  /** `attr`: an event handler, or style="…". */
  readonly as: 'elem' | 'attr';
  readonly nonce: string | undefined;
  /** What is inline; undefined of what has an address. */
  readonly content: string | undefined;
  /** Where it is, without what is inline. */
  readonly address: URL | undefined;
  /** The element's `integrity`. */
  readonly integrity: string;
}

/** 2.2.1 and 2.2.2; the first of a directive counts. */
export function readPolicies(header: string): readonly Policy[] {
  return header
    .split(',')
    .map((text) => {
      const directives = new Map<string, readonly string[]>();
      for (const directive of text.split(';')) {
        const [name = '', ...values] = directive.trim().split(/[\t\n\f\r ]+/);
        if (name !== '' && !directives.has(name.toLowerCase())) directives.set(name.toLowerCase(), values);
      }
      return directives;
    })
    .filter((directives) => directives.size > 0);
}

/** The directive that forbids it, as it stands in the policy, or undefined. `page` is where the page is. */
export function forbidding(policy: Policy, use: Use, page: URL): string | undefined {
  // 6.8.3: the most special directive there is.
  const names = [`${use.kind}-src-${use.as}`, `${use.kind}-src`, 'default-src'];
  const name = names.find((one) => policy.has(one));
  if (name === undefined) return undefined;
  const sources = policy.get(name) ?? [];
  const allowed = use.content === undefined ? mayLoad(sources, use, page) : mayBeInline(sources, use, use.content);
  return allowed ? undefined : [name, ...sources].join(' ');
}

/** 6.7.3.3 */
function mayBeInline(sources: readonly string[], { kind, as, nonce }: Use, content: string): boolean {
  const strict = kind === 'script' && has(sources, "'strict-dynamic'");
  const special = strict || sources.some((source) => NONCE.test(source) || HASH.test(source));
  if (has(sources, "'unsafe-inline'") && !special) return true;
  if (as === 'elem' && hasNonce(sources, nonce)) return true;
  return (as === 'elem' || has(sources, "'unsafe-hashes'")) && sources.some((source) => isHashOf(source, content));
}

/** 6.7.1.1 for scripts, 6.1.14 for styles. */
function mayLoad(sources: readonly string[], { kind, nonce, address, integrity }: Use, page: URL): boolean {
  if (hasNonce(sources, nonce)) return true;
  const digests = integrity.split(/\s+/).filter((word) => /^sha(256|384|512)-/.test(word));
  if (
    kind === 'script' &&
    digests.length > 0 &&
    digests.every((one) => has(sources, `'${one.replace(/\?.*/, '')}'`, true))
  )
    return true;
  if (kind === 'script' && has(sources, "'strict-dynamic'")) return false;
  return address !== undefined && sources.some((source) => matches(source, address, page));
}

const NONCE = /^'nonce-([A-Za-z0-9+/_-]+={0,2})'$/i;
const HASH = /^'(sha256|sha384|sha512)-([A-Za-z0-9+/_-]+={0,2})'$/i;

function has(sources: readonly string[], word: string, exactly = false): boolean {
  return sources.some((source) => (exactly ? source === word : source.toLowerCase() === word));
}

function hasNonce(sources: readonly string[], nonce: string | undefined): boolean {
  return nonce !== undefined && nonce !== '' && sources.some((source) => NONCE.exec(source)?.[1] === nonce);
}

function isHashOf(source: string, content: string): boolean {
  const [, algorithm = '', digest = ''] = HASH.exec(source) ?? [];
  if (algorithm === '') return false;
  const found = createHash(algorithm.toLowerCase()).update(content, 'utf8').digest('base64');
  return found === digest.replaceAll('-', '+').replaceAll('_', '/');
}

/** Port of a scheme where none is written. */
const PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443', 'ws:': '80', 'wss:': '443' };
const HOST_SOURCE =
  /^(?:([a-z][a-z0-9+.-]*):\/\/)?(\*|(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*)(?::(\d+|\*))?(\/[^?#]*)?$/i;

/** 6.7.2.8: whether an address matches a source. */
function matches(source: string, address: URL, page: URL): boolean {
  const word = source.toLowerCase();
  if (word === "'self'") return isOrigin(address, page);
  if (word === '*') return /^(https?|wss?):$/.test(address.protocol) || address.protocol === page.protocol;
  if (/^[a-z][a-z0-9+.-]*:$/.test(word)) return schemeFits(word, address.protocol);
  const [, scheme, host, port, path] = HOST_SOURCE.exec(source) ?? [];
  if (host === undefined) return false;
  return (
    schemeFits(scheme === undefined ? page.protocol : `${scheme.toLowerCase()}:`, address.protocol) &&
    hostFits(host.toLowerCase(), address.hostname) &&
    portFits(port, address) &&
    pathFits(path, address.pathname)
  );
}

function isOrigin(address: URL, page: URL): boolean {
  if (address.origin === page.origin) return true;
  const standard = (url: URL) => url.port === '' || url.port === PORTS[url.protocol];
  return (
    address.hostname === page.hostname &&
    schemeFits(page.protocol, address.protocol) &&
    standard(address) &&
    standard(page)
  );
}

/** 6.7.2.9: a secure scheme will do for its plain one. */
function schemeFits(wanted: string, found: string): boolean {
  return wanted === found || `${wanted.slice(0, -1)}s:` === found || (wanted === 'ws:' && /^https?:$/.test(found));
}

function hostFits(wanted: string, found: string): boolean {
  if (wanted === '*') return true;
  return wanted.startsWith('*.') ? found.endsWith(wanted.slice(1)) : wanted === found;
}

function portFits(wanted: string | undefined, { port, protocol }: URL): boolean {
  const found = port === '' ? PORTS[protocol] : port;
  if (wanted === undefined) return found === PORTS[protocol];
  return wanted === '*' || wanted === found || (wanted === '80' && found === '443');
}

function pathFits(wanted: string | undefined, found: string): boolean {
  if (wanted === undefined || wanted === '/') return true;
  return wanted.endsWith('/') ? found.startsWith(wanted) : wanted === found;
}
