// What the broker has to allow whom: the `authorization` block of nats-server's configuration. A worker may do what its region's work needs.
import { takingPart, type Worker } from './worker.ts';

/** The stream that bundles are in. */
const BUNDLES = 'VRUN_OBJ';

/** Subjects that a worker of a region may publish to; calls of JetStream's API are publishing, too. */
export function mayPublish(region: string): readonly string[] {
  return [
    // looking at JetStream and its own streams
    '$JS.API.INFO',
    '$JS.API.STREAM.INFO.VRUN_WORK',
    '$JS.API.STREAM.INFO.VRUN_EV',
    '$JS.API.STREAM.INFO.KV_VRUN_LEASE',
    // its region's work
    `$JS.API.CONSUMER.INFO.VRUN_WORK.w_${region}`,
    `$JS.API.CONSUMER.MSG.NEXT.VRUN_WORK.w_${region}`,
    `$JS.ACK.VRUN_WORK.w_${region}.>`,
    // its region's events
    `vrun.ev.${region}.>`,
    `$JS.API.DIRECT.GET.VRUN_EV.vrun.ev.${region}.>`,
    // its region's leases
    `$KV.VRUN_LEASE.${region}.>`,
    `$JS.API.DIRECT.GET.KV_VRUN_LEASE.$KV.VRUN_LEASE.${region}.>`,
    // bundles, which are sealed
    `$JS.API.DIRECT.GET.${BUNDLES}.vrun.obj.>`,
    // asking the coordinator
    `vrun.talk.co.${region}.>`,
  ];
}

/** Subjects that a worker may listen to. */
export function maySubscribe({ nats, region }: Pick<Worker, 'nats' | 'region'>): readonly string[] {
  return [`${inboxPrefix(nats)}.>`, `vrun.talk.ctl.${region}.>`];
}

/** Where answers to a worker go: one that nobody else listens to. */
export function inboxPrefix(nats: string): string {
  return `_INBOX_${nats}`;
}

/** The block, for every worker that isn't revoked and for the coordinator, an NKey that may do everything. */
export function authorization(workers: readonly Worker[], coordinator: string): string {
  const users = takingPart(workers).map(
    (worker) => `    # ${worker.name}, region ${worker.region}
    {
      nkey: ${worker.nats}
      permissions {
        publish { allow: [${list(mayPublish(worker.region))}
        ] }
        subscribe { allow: [${list(maySubscribe(worker))}
        ] }
      }
    }
`,
  );
  return `authorization {
  users: [
    # the coordinator of runs: everything
    { nkey: ${coordinator} }
${users.join('')}  ]
}
`;
}

function list(subjects: readonly string[]): string {
  return subjects.map((subject) => `\n          "${subject}"`).join('');
}
