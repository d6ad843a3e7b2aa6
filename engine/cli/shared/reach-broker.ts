// The way to the broker, as the command line says it.
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Broker } from '../../dispatch/broker/broker.ts';
import { readSeed } from '../../dispatch/enrolment/own-keys.ts';
import type { Secret } from '../../language/value/secret.ts';
import type { Environment } from './environment.ts';
import { coordinatorSeedFile } from './worker-directory.ts';

export interface BrokerAddress {
  /** One or more, with commas: `nats://host:port` or `tls://host:port`. */
  readonly dispatch: string;
  /** PEM file with who may have signed the broker's certificate. */
  readonly dispatchCa?: string | undefined;
}

/** Connects, or says within seconds why it can't. The client is loaded by then, and not before. @throws ProblemError */
export async function reachBroker(
  { dispatch, dispatchCa }: BrokerAddress,
  who: { readonly name: string; readonly seed: Secret | undefined },
  environment: Environment,
  signal: AbortSignal,
): Promise<Broker> {
  const { connectBroker } = await import('../../dispatch/broker/connect.ts');
  const { name, seed } = who;
  const servers = dispatch.split(',').map((server) => server.trim());
  const ca = dispatchCa === undefined ? {} : { ca: resolve(environment.cwd, dispatchCa) };
  return connectBroker({ servers, name, ...ca, ...(seed ? { seed } : {}) }, signal);
}

/** The coordinator's seed, where this machine has one. */
export async function coordinatorSeed(environment: Environment): Promise<Secret | undefined> {
  const file = coordinatorSeedFile(environment);
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  return isThere ? (await readSeed(file)).seed : undefined;
}
