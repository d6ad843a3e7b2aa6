// What a worker's key has to be permitted, and nothing more: its own region's work, leases and logs, and bundles by their digest.
import { consumerName, EVENTS, encodeToken, LEASE_STREAM, LEASES, OBJECTS, talkSubject, WORK } from './subjects.ts';

export interface Permissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/**
 * The subjects for a user of nats-server.conf, `permissions { publish: { allow: […] }, subscribe: { allow: […] } }`.
 * A worker hears at the names `worker`, its region, and so on, and asks at `coordinator`, its region, and so on.
 * @param key the public part of the worker's NKey, after which its inbox is called
 * @param domain where workers reach the streams through a leaf node: the hub's
 */
export function permissionsOf(region: string, key: string, domain?: string): Permissions {
  const token = encodeToken(region);
  const consumer = `${WORK}.${consumerName(region)}`;
  const leases = `$KV.${LEASES}.${token}.>`;
  const requests = [
    'INFO',
    `STREAM.INFO.${LEASE_STREAM}`,
    `CONSUMER.INFO.${consumer}`,
    `CONSUMER.MSG.NEXT.${consumer}`,
    `DIRECT.GET.${EVENTS}.vrun.ev.${token}.>`,
    `DIRECT.GET.${LEASE_STREAM}.${leases}`,
    `DIRECT.GET.${OBJECTS}.vrun.obj.>`,
  ];
  const prefix = domain === undefined ? '$JS.API' : `$JS.${domain}.API`;
  return {
    publish: [
      `vrun.ev.${token}.>`,
      `${talkSubject(['coordinator', region])}.>`,
      domain === undefined ? leases : `${prefix}.${leases}`,
      `$JS.ACK.${consumer}.>`,
      ...requests.map((request) => `${prefix}.${request}`),
    ],
    subscribe: [`_INBOX_${key}.>`, `${talkSubject(['worker', region])}.>`],
  };
}
