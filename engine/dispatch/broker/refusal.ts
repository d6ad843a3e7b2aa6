// What the client says of a connection or a request that failed, in our words.

import { JetStreamApiError } from '@nats-io/jetstream';
import { errors, PermissionViolationError, RequestError } from '@nats-io/transport-node';
import { fail, type Problem, ProblemError } from '../../language/problem/problem.ts';

/** Every problem that keeps a dispatched run from beginning ends so: nothing falls back in silence. */
export const ALONE = 'The same command without --dispatch runs from this machine alone.';

const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'nobody knows this name',
  EAI_AGAIN: 'the name could not be looked up',
  EHOSTUNREACH: 'no way leads there',
  ENETUNREACH: 'no way leads there',
  ECONNRESET: 'the connection was cut',
  ETIMEDOUT: 'no answer came',
};

/** Why no connection came about; `where` names the servers that were tried. */
export function connectProblem(error: unknown, where: string): Problem {
  if (error instanceof ProblemError && error.problems[0] !== undefined) return error.problems[0];
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (error instanceof errors.AuthorizationError || error instanceof errors.UserAuthenticationExpiredError) {
    return {
      code: 'broker-refused',
      summary: 'The broker refuses these credentials',
      detail: `${where}: ${message}.`,
      hint: `The key must be among the users of the server's configuration. ${ALONE}`,
    };
  }
  if (isAboutTls(code, message)) {
    return {
      code: 'broker-refused',
      summary: 'No secure connection to the broker',
      detail: `${where}: ${message}${code === '' ? '' : ` (${code})`}.`,
      hint: `See that the server speaks TLS with a certificate for this name, of the given authority, and that it is given the certificate it asks for. ${ALONE}`,
    };
  }
  const why = error instanceof errors.TimeoutError ? 'no answer came in time' : (REASONS[code] ?? message);
  return {
    code: 'broker-away',
    summary: 'The broker cannot be reached',
    detail: `${where}: ${why}.`,
    hint: `Start nats-server there, or correct the address. ${ALONE}`,
  };
}

/** A request that won't do better when it is repeated. @throws ProblemError; what is none of the client's errors as it is */
export function refuseRequest(error: unknown, name: string): never {
  const cause = error instanceof RequestError ? error.cause : error;
  if (cause instanceof PermissionViolationError) {
    fail({
      code: 'broker-refused',
      summary: 'The broker does not permit it',
      detail: `${name} may not ${cause.operation === 'publish' ? 'publish to' : 'subscribe to'} ${cause.subject}.`,
      hint: "See the permissions of its key in the server's configuration.",
    });
  }
  if (cause instanceof JetStreamApiError) {
    fail({
      code: 'broker-unfit',
      summary: 'The broker refused a request',
      detail: `It said: ${cause.message} (${cause.code}).`,
    });
  }
  throw error;
}

function isAboutTls(code: string, message: string): boolean {
  const certificate = /CERT|SSL|TLS|SELF_SIGNED|LEAF_SIGNATURE/;
  return certificate.test(code) || /\b(tls|ssl|certificate|secure TLS connection)\b/i.test(message);
}
