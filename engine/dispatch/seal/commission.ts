// Who may have workers act: the key of each region's part of a run comes with the signature of the operator who began the run.
import { sha256 } from '../../base/digest.ts';
import { fail } from '../../language/problem/problem.ts';
import { absoluteTime } from '../../signature/absolute-time.ts';
import type { AllowedSigners } from '../../signature/allowed-signers.ts';
import { canonical } from '../../signature/canonical.ts';
import { SignatureVerifier } from '../../signature/sshsig.ts';

/** The namespace of the signatures: a worker's list of operators says it. */
export const DISPATCH_NAMESPACE = 'vrun-dispatch-v1';

/** Signs; `identity` is the principal under which workers list the key. */
export interface Operator {
  readonly identity: string;
  readonly sign: (namespace: string, message: Uint8Array) => Promise<string>;
}

/** What is signed: that this is the key, as it is wrapped, for the region's part of the run. */
export interface Commission {
  readonly run: string;
  readonly region: string;
  readonly operator: string;
  /** When, UTC (ISO 8601). */
  readonly at: string;
  /** An armored SSHSIG over the canonical JSON of the rest, with the sha256 of the wrapped key as `key`. */
  readonly sshsig: string;
}

export async function commission(
  { identity, sign }: Operator,
  { run, region }: Pick<Commission, 'run' | 'region'>,
  wrapped: Uint8Array,
): Promise<Commission> {
  const said = { run, region, operator: identity, at: new Date().toISOString() };
  return { ...said, sshsig: await sign(DISPATCH_NAMESPACE, messageOf(said, wrapped)) };
}

/**
 * Sees that somebody who may has begun the run. The time is the signer's own word; it decides which of the lines in
 * allowed_signers count, as `valid-before` may end one.
 * @throws ProblemError `not-enrolled` that says what is wrong
 */
export function checkCommission(given: Commission, wrapped: Uint8Array, operators: AllowedSigners): void {
  const { sshsig, ...said } = given;
  let why: string | undefined;
  try {
    const blob = new SignatureVerifier().verify(sshsig, DISPATCH_NAMESPACE, messageOf(said, wrapped));
    const use = { blob, namespace: DISPATCH_NAMESPACE, time: absoluteTime(said.at) };
    const objection = operators.whyNot(use, said.operator);
    why = objection && `the worker's list of operators ${objection}`;
  } catch (error) {
    why = error instanceof Error ? error.message : String(error);
  }
  if (why === undefined) return;
  fail({
    code: 'not-enrolled',
    summary: `Nobody whom this worker knows has begun ${said.run}`,
    detail: `It is signed as ‹${said.operator}›: ${why}.`,
    hint: 'What lets an operator begin runs here is printed on the operator’s machine by ‹vrun worker operator›: it belongs into the file ‹operators› beside the worker’s keys.',
  });
}

function messageOf({ run, region, operator, at }: Omit<Commission, 'sshsig'>, wrapped: Uint8Array): Buffer {
  return Buffer.from(`${canonical({ run, region, operator, at, key: sha256(wrapped) })}\n`);
}
