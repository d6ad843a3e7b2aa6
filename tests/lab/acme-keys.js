// The certificate of the lab's ACME servers themselves and the authority that signed it, made once for this machine. What
// the servers issue is signed by another authority, which each makes anew when it starts.
import { existsSync } from 'node:fs';
import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './command.js';
import { withLock } from './lock.js';
import { CACHE, CONTROLLER_ADDRESS, DOMAIN, STATE } from './plan.js';

const KEYS = join(CACHE, 'acme');
const DAYS = 3650;

/** The authority that signed the servers' own certificate, on this machine and in this working copy. */
export const ACME_CA = join(KEYS, 'ca.pem');
export const ACME_CA_FILE = join(STATE, 'acme-ca.pem');
export const ACME_CERTIFICATE = join(KEYS, 'server.pem');
export const ACME_KEY = join(KEYS, 'server.key');

/** Makes the certificates unless this machine has them, and copies the authority's into this working copy. */
export async function prepareAcmeKeys() {
  await withLock('acme-keys', async () => {
    if (!existsSync(KEYS)) await make();
    await mkdir(STATE, { recursive: true });
    await copyFile(ACME_CA, `${ACME_CA_FILE}.draft`);
    await rename(`${ACME_CA_FILE}.draft`, ACME_CA_FILE);
  });
}

async function make() {
  const draft = `${KEYS}.draft`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  const file = (/** @type {string} */ name) => join(draft, name);
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', String(DAYS)];
  const openssl = (/** @type {string[]} */ ...args) => run('openssl', args);
  const authority = ['-x509', '-subj', '/CN=lab ACME endpoint CA', '-addext', 'keyUsage=critical,keyCertSign'];
  await openssl('req', ...authority, ...newKey, '-keyout', file('ca.key'), '-out', file('ca.pem'));
  const request = ['-subj', `/CN=acme.${DOMAIN}`, '-keyout', file('server.key'), '-out', file('server.csr')];
  await openssl('req', ...newKey.slice(0, -2), ...request);
  const names = `subjectAltName=DNS:acme.${DOMAIN},DNS:localhost,IP:${CONTROLLER_ADDRESS}\nextendedKeyUsage=serverAuth\n`;
  await writeFile(file('names'), names);
  const signer = ['-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-CAcreateserial', '-extfile', file('names')];
  const signed = ['-req', '-in', file('server.csr'), '-out', file('server.pem'), '-days', String(DAYS)];
  await openssl('x509', ...signed, ...signer);
  await rename(draft, KEYS);
}
