// What the broker has to allow whom: the `authorization` block of nats-server's configuration. A worker may do what its region's work needs.
import { permissionsOf } from '../broker/permissions.ts';
import { takingPart, type Worker } from './worker.ts';

/** The block, for every worker that isn't revoked and for the coordinator, an NKey that may do everything. */
export function authorization(workers: readonly Worker[], coordinator: string): string {
  const users = takingPart(workers).map(({ name, region, nats }) => {
    const { publish, subscribe } = permissionsOf(region, nats);
    return `    # ${name}, region ${region}
    {
      nkey: ${nats}
      permissions {
        publish { allow: [${list(publish)}
        ] }
        subscribe { allow: [${list(subscribe)}
        ] }
      }
    }
`;
  });
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
