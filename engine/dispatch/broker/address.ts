// Addresses of brokers as they are typed: `nats://host:port`, `tls://host:port`, or without the scheme.
import { fail } from '../../language/problem/problem.ts';

const PORT = 4222;

/** One server. `secure` where the address itself asks for TLS. */
export interface Address {
  /** `host:port`, an IPv6 address in brackets. */
  readonly place: string;
  readonly secure: boolean;
}

/** @throws ProblemError `usage` for what is no address, and where there is none */
export function parseAddresses(texts: readonly string[]): Address[] {
  return texts.length === 0 ? refuse('', 'there is none') : texts.map(parseAddress);
}

/** @throws ProblemError `usage` for what is no address of a NATS server */
export function parseAddress(text: string): Address {
  const whole = /^[a-z]+:\/\//i.test(text) ? text : `nats://${text}`;
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  if (url === undefined || url.hostname === '') return refuse(text, 'it is not of the form nats://HOST:PORT');
  if (url.protocol !== 'nats:' && url.protocol !== 'tls:') {
    return refuse(text, `${url.protocol}// isn't among what is spoken here (nats:// and tls://)`);
  }
  if (url.username !== '' || url.password !== '') {
    return refuse(
      '…@' + url.host,
      'a user or a password in an address would be seen by everybody; workers have keys instead',
    );
  }
  if (url.pathname.replace('/', '') !== '' || url.search !== '' || url.hash !== '') {
    return refuse(text, 'something follows the port');
  }
  return { place: `${url.hostname}:${url.port === '' ? PORT : url.port}`, secure: url.protocol === 'tls:' };
}

function refuse(text: string, why: string): never {
  return fail({
    code: 'usage',
    summary: 'Not the address of a broker',
    detail: `‹${text}›: ${why}.`,
    hint: `For example:\n  --dispatch nats://broker.example.com:${PORT}`,
  });
}
