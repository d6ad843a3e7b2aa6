import { expect, test } from 'vitest';
import { checkCommission, commission, DISPATCH_NAMESPACE } from '../../../engine/dispatch/seal/commission.ts';
import { ProblemError } from '../../../engine/language/problem/problem.ts';
import { AllowedSigners } from '../../../engine/signature/allowed-signers.ts';
import { newPrivateKey, signWithKey } from '../../../engine/signature/private-key.ts';
import { publicKeyBlob, publicKeyLine } from '../../../engine/signature/public-key.ts';
import { makeSshSignature } from '../../../engine/signature/sshsig.ts';

const { key } = newPrivateKey('operator');
const blob = publicKeyBlob(key);
const operator = {
  identity: 'anna@desk',
  sign: (namespace: string, message: Uint8Array) =>
    makeSshSignature(blob, namespace, message, (data) => signWithKey(key, data)),
};
const listed = (who = 'anna@desk', namespace = DISPATCH_NAMESPACE, more = '') =>
  new AllowedSigners(Buffer.from(`${who} ${more}namespaces="${namespace}" ${publicKeyLine(blob)}\n`));
const WRAPPED = Buffer.from('the wrapped key');

test('whoever is listed has runs begun', async () => {
  const given = await commission(operator, { run: 'r1', region: 'eu' }, WRAPPED);
  expect(() => checkCommission(given, WRAPPED, listed())).not.toThrow();
});

test.each([
  ['another run', { run: 'r2' }],
  ['another region', { region: 'us' }],
  ['another name', { operator: 'berta@desk' }],
  ['another time', { at: '2026-01-01T00:00:00.000Z' }],
  ['no signature', { sshsig: '' }],
])('%s is refused', async (_what, change) => {
  const given = await commission(operator, { run: 'r1', region: 'eu' }, WRAPPED);
  expect(() => checkCommission({ ...given, ...change }, WRAPPED, listed())).toThrow(ProblemError);
});

test('so is another key of the run, and an operator who isn’t listed, is for something else, or is over', async () => {
  const given = await commission(operator, { run: 'r1', region: 'eu' }, WRAPPED);
  const refused = (operators: AllowedSigners, wrapped = WRAPPED) =>
    expect(() => checkCommission(given, wrapped, operators)).toThrow(/Nobody whom this worker knows/);
  refused(listed(), Buffer.from('another'));
  refused(new AllowedSigners(Buffer.from('')));
  refused(listed('berta@desk'));
  refused(listed('anna@desk', 'vrun-audit-entry-v1'));
  refused(listed('anna@desk', DISPATCH_NAMESPACE, 'valid-before="20250101",'));
});
