// The connection to a broker: made within seconds or refused with a reason, and held for as long as the run lasts.
import { setTimeout as delay } from 'node:timers/promises';
import { type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { fromSeed } from '@nats-io/nkeys';
import { errors, type NatsConnection, type NodeConnectionOptions, nkeyAuthenticator } from '@nats-io/transport-node';
import { systemReason } from '../../base/file-error.ts';
import { NotPlain, readPlain } from '../../base/plain-file.ts';
import { fail, ProblemError } from '../../language/problem/problem.ts';
import type { Secret } from '../../language/value/secret.ts';
import { type Address, parseAddresses } from './address.ts';
import { Broker, closeWithin } from './broker.ts';
import { isPassing, isUnanswered, pause } from './persist.ts';
import { ALONE, connectProblem, refuseRequest } from './refusal.ts';
import { encodeToken } from './subjects.ts';
import { TIMES, type Times } from './times.ts';
import { connect, paced } from './transport.ts';

/** The oldest server whose JetStream does all that is needed: Debian 12's. */
const OLDEST = { major: 2, minor: 9 };

export interface BrokerOptions {
  /** Of one broker, each as `nats://host:port` or `tls://host:port`. */
  readonly servers: readonly string[];
  /** The seed of an NKey for a user (`SU…`). */
  readonly seed?: Secret;
  /** Paths of PEM files: who may have signed the server's certificate, and what is shown to a server that asks for one. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** What the server calls the connection. */
  readonly name: string;
  /** The JetStream domain, where the streams aren't of the server that is connected to: a leaf node's hub. */
  readonly domain?: string;
  readonly times?: Times;
}

/**
 * Connects, and sees that the broker is fit for runs. Once connected it connects again for as long as it takes; `broker.gone`
 * tells when that is over.
 * @throws ProblemError `usage`, `broker-away`, `broker-refused` or `broker-unfit`; the reason of `signal`
 */
export async function connectBroker(options: BrokerOptions, signal: AbortSignal): Promise<Broker> {
  const times = options.times ?? TIMES;
  const addresses = parseAddresses(options.servers);
  const where = addresses.map(({ place }) => place).join(', ');
  const identity = identify(options);
  const settings = {
    ...clientOptions(options, times, addresses),
    ...identity.settings,
    ...(await tlsOptions(options, addresses)),
  };
  const nc = await dial(settings, where, times.connect * (addresses.length + 1), signal);
  try {
    checkVersion(nc, where);
    const jsm = await openJetStream(nc, options.domain, where, times.connect, signal);
    const { domain = '' } = await jsm.getAccountInfo();
    const js = jetstream(nc, { timeout: times.publish, ...domainOf(options.domain) });
    return new Broker(nc, { name: identity.name, domain, times, js, jsm });
  } catch (error) {
    await closeWithin(times.publish, nc);
    signal.throwIfAborted();
    if (isPassing(error)) throw new ProblemError([connectProblem(error, where)]);
    return refuseRequest(error, identity.name);
  }
}

function clientOptions({ name }: BrokerOptions, times: Times, addresses: readonly Address[]): NodeConnectionOptions {
  return {
    servers: addresses.map(({ place }) => place),
    name,
    timeout: times.connect,
    // The client's own limits would close the connection for good after 19 s, and notice a hung server after six minutes.
    maxReconnectAttempts: -1,
    reconnectDelayHandler: paced(),
    pingInterval: times.ping,
    maxPingOut: 2,
    noAsyncTraces: true,
  };
}

/** Who we are to the broker. A permission can name an inbox of one's own, so that nobody reads another's answers. */
function identify({ seed, name }: BrokerOptions): { readonly name: string; readonly settings: NodeConnectionOptions } {
  if (seed === undefined) return { name, settings: { inboxPrefix: `_INBOX_${encodeToken(name)}` } };
  const bytes = new TextEncoder().encode(seed.reveal().trim());
  const key = publicKeyOf(bytes);
  if (!key?.startsWith('U')) {
    return fail({
      code: 'broker-refused',
      summary: 'Not the key of a user of the broker',
      detail: `${seed} must be the seed of an NKey for a user: it begins with SU and has 58 characters.`,
      hint: 'Make one, and put its public part among the users of the server:\n  nk -gen user -pubout',
    });
  }
  return { name: key, settings: { inboxPrefix: `_INBOX_${key}`, authenticator: nkeyAuthenticator(bytes) } };
}

function publicKeyOf(seed: Uint8Array): string | undefined {
  try {
    return fromSeed(seed).getPublicKey();
  } catch {
    return undefined; // no seed, a mistyped one (it has a checksum), or a public key
  }
}

/** TLS where an address or a file asks for it: then a server without it is refused. Else the server decides. */
async function tlsOptions(
  { ca, cert, key }: BrokerOptions,
  addresses: readonly Address[],
): Promise<NodeConnectionOptions> {
  const files = { ca, cert, key };
  if (Object.values(files).every((path) => path === undefined) && !addresses.some(({ secure }) => secure)) return {};
  const tls: { [name in keyof typeof files]?: string } = {};
  for (const name of ['ca', 'cert', 'key'] as const) {
    const path = files[name];
    if (path !== undefined) tls[name] = await readPem(path);
  }
  return { tls };
}

async function readPem(path: string): Promise<string> {
  try {
    return (await readPlain(path)).toString('utf8');
  } catch (error) {
    const reason = error instanceof NotPlain ? `${path}: ${error.message}` : systemReason(error);
    if (reason === undefined) throw error;
    return fail({
      code: 'file-unreadable',
      summary: 'A file for the connection to the broker cannot be read',
      detail: `${reason}.`,
    });
  }
}

/** The connection, within `limit` ms: a name that isn't resolved, or a server that says nothing, must not hold us. */
async function dial(
  settings: NodeConnectionOptions,
  where: string,
  limit: number,
  signal: AbortSignal,
): Promise<NatsConnection> {
  signal.throwIfAborted();
  const over = new AbortController();
  const stop = (): void => over.abort();
  signal.addEventListener('abort', stop, { once: true });
  const connecting = connect(settings);
  const late = delay(limit, undefined, { signal: over.signal }).catch(() => undefined);
  try {
    const nc = await Promise.race([connecting, late]);
    if (nc !== undefined) return nc;
    connecting.then((unwanted) => closeWithin(limit, unwanted)).catch(() => undefined);
    signal.throwIfAborted();
    throw new errors.TimeoutError();
  } catch (error) {
    signal.throwIfAborted();
    throw new ProblemError([connectProblem(error, where)]);
  } finally {
    over.abort();
    signal.removeEventListener('abort', stop);
  }
}

function checkVersion(nc: NatsConnection, where: string): void {
  const version = nc.info?.version ?? '';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor)) return;
  fail({
    code: 'broker-unfit',
    summary: 'The broker is too old',
    detail: `${where} is nats-server ${version}, and runs need ${OLDEST.major}.${OLDEST.minor} or newer.`,
    hint: `Debian 12 and newer have one. ${ALONE}`,
  });
}

/**
 * Asks for JetStream: a bucket or a stream can be "opened" without it. A server that has just started, or a leaf node that has, may
 * need a moment.
 */
async function openJetStream(
  nc: NatsConnection,
  domain: string | undefined,
  where: string,
  patience: number,
  signal: AbortSignal,
): Promise<JetStreamManager> {
  const mayCome = domain !== undefined || nc.info?.jetstream === true;
  const until = performance.now() + (mayCome ? patience : 0);
  for (;;) {
    try {
      return await jetstreamManager(nc, { timeout: 5_000, ...domainOf(domain) });
    } catch (error) {
      if (!isUnanswered(error)) throw error;
      if (performance.now() >= until) return refuseWithout(domain, where);
    }
    await pause(100, signal);
  }
}

function refuseWithout(domain: string | undefined, where: string): never {
  const what = domain === undefined ? 'has no JetStream' : `reaches no JetStream of the domain ‹${domain}›`;
  return fail({
    code: 'broker-unfit',
    summary: 'The broker keeps no streams',
    detail: `${where} ${what} for this user.`,
    hint: `In the server's configuration:\n  jetstream { store_dir: "/var/lib/nats" }\n${ALONE}`,
  });
}

function domainOf(domain: string | undefined): { readonly domain?: string } {
  return domain === undefined ? {} : { domain };
}
