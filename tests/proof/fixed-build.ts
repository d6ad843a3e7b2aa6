// A build that is always the same, signed by a key that is always the same: for tables and for what hosts have printed.
import { createHash, createPrivateKey } from 'node:crypto';
import { type BuildRecord, buildJson } from '../../engine/proof/build-record.ts';
import { type ManifestEntry, manifestBytes } from '../../engine/proof/manifest.ts';
import { signWithKey } from '../../engine/signature/private-key.ts';
import { publicKeyBlob, publicKeyLine } from '../../engine/signature/public-key.ts';
import { makeSshSignatureSync } from '../../engine/signature/sshsig.ts';

const NAMESPACE = 'vrun-build-manifest-v1';
/** PKCS #8 of an Ed25519 key, but for its 32 bytes (RFC 8410, section 7). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

export const COMMIT = '0123456789abcdef0123456789abcdef01234567';
export const LOCKFILE = '{"lockfileVersion":3}\n';

export const RECORD: BuildRecord = {
  commit: COMMIT,
  builtAt: '2026-11-22T00:00:00.000Z',
  depsSha256: sha256(LOCKFILE),
  gatesConfigured: ['lint', 'test'],
  gatesRan: [
    { name: 'lint', ran: true, passed: true },
    { name: 'test', ran: true, passed: true },
  ],
};

/** The build's files, by path; `*` after a name: executable; `name -> target`: a link. */
export const FILES: Readonly<Record<string, string>> = {
  'package-lock.json': LOCKFILE,
  'server.js': 'serve();\n',
  'bin/start*': '#!/bin/sh\n',
  'app/[slug]/größe 1.js': 'page();\n',
  'node_modules/.bin/tool -> ../tool/cli.js': '',
  'node_modules/tool/cli.js*': '#!/usr/bin/env node\n',
};

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The file's line in allowed_signers is `builder`. */
export function fixedKey(seed = 1): { readonly line: string; sign(message: Uint8Array, namespace?: string): string } {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, Buffer.alloc(32, seed)]), format: 'der', type: 'pkcs8' });
  const blob = publicKeyBlob(key);
  return {
    line: `builder namespaces="${NAMESPACE}" ${publicKeyLine(blob)}\n`,
    sign: (message, namespace = NAMESPACE) =>
      makeSshSignatureSync(blob, namespace, message, (data) => signWithKey(key, data)),
  };
}

/** What a task finds on the controller. */
export function fixedBuild(
  said: Partial<BuildRecord> = {},
  ignore: readonly string[] = ['uploads', 'data/*.db'],
): Readonly<Record<string, string>> {
  const record = { ...RECORD, ...said };
  const files = Object.entries({ ...FILES, 'public/proof/build.json': buildJson(record) });
  const message = manifestBytes({ entries: files.map(([name, text]) => entry(name, text)), record, ignore });
  return {
    'manifest.json': message.toString(),
    'manifest.json.sig': fixedKey().sign(message),
    allowed_signers: fixedKey().line,
  };
}

function entry(name: string, text: string): ManifestEntry {
  const [path = '', target] = name.split(' -> ');
  if (target !== undefined) return { type: 'symlink', path, target };
  return { type: 'file', path: path.replace(/\*$/, ''), sha256: sha256(text), executable: path.endsWith('*') };
}

/** A script that unpacks the build below `root`. */
export function unpack(root: string, said: Partial<BuildRecord> = {}): string {
  const files = Object.entries({ ...FILES, 'public/proof/build.json': buildJson({ ...RECORD, ...said }) });
  return files
    .map(([name, text]) => {
      const [path = '', target] = name.split(' -> ');
      const at = `${root}/${path.replace(/\*$/, '')}`;
      const make = `mkdir -p '${at.replace(/\/[^/]*$/, '')}'`;
      if (target !== undefined) return `${make}; ln -s '${target}' '${at}'`;
      const bytes = Buffer.from(text).toString('base64');
      return `${make}; echo ${bytes} | base64 -d >'${at}'; chmod ${path.endsWith('*') ? '0755' : '0644'} '${at}'`;
    })
    .join('\n');
}
