// A build to test with: real files and a real key.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { BuildRecord } from '../../engine/proof/build-record.ts';
import { signBuild } from '../../engine/proof/sign-build.ts';
import { newPrivateKey, signWithKey } from '../../engine/signature/private-key.ts';
import { publicKeyBlob, publicKeyLine } from '../../engine/signature/public-key.ts';
import type { SigningKey } from '../../engine/signature/signing-key.ts';

export const COMMIT = '0123456789abcdef0123456789abcdef01234567';

/** A directory that goes when the test is over. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'vrun-proof-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export interface TestKey extends SigningKey {
  /** Its line in allowed_signers. */
  readonly line: string;
  /** As ssh-keygen reads it. */
  readonly file: string;
}

export function newKey(identity = 'builder'): TestKey {
  const { key, file } = newPrivateKey(identity);
  const blob = publicKeyBlob(key);
  return {
    publicKey: { type: 'ssh-ed25519', blob, comment: '' },
    sign: (data) => signWithKey(key, data),
    line: `${identity} namespaces="vrun-build-manifest-v1" ${publicKeyLine(blob)}\n`,
    file,
  };
}

/** Writes files (a mode in brackets after the name: `run[755]`) and links (`name -> target`). */
export function writeTree(root: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const [, path = '', target] = /^(.*?)(?: -> (.*))?$/s.exec(name) ?? [];
    const [, plain = path, mode] = /^(.*)\[([0-7]+)\]$/s.exec(path) ?? [];
    mkdirSync(dirname(join(root, plain)), { recursive: true });
    if (target !== undefined) symlinkSync(target, join(root, plain));
    else {
      writeFileSync(join(root, plain), text);
      chmodSync(join(root, plain), Number.parseInt(mode ?? '644', 8));
    }
  }
}

export const FILES = {
  'package-lock.json': '{"lockfileVersion":3}\n',
  'server.js': 'serve();\n',
  'bin/start[755]': '#!/bin/sh\nexec node server.js\n',
  'app/[slug]/page one.js': 'page();\n',
  'größe/ü.txt': 'ü\n',
  'node_modules/.bin/tool -> ../tool/cli.js': '',
  'node_modules/tool/cli.js[755]': '#!/usr/bin/env node\n',
  empty: '',
};

type Said = Partial<Omit<BuildRecord, 'depsSha256'>> & {
  readonly ignore?: readonly string[];
  readonly lockfile?: string | undefined;
};

/** Signs a directory as `vrun proof sign` does. */
export async function sign(root: string, key: TestKey, said: Said = {}): Promise<void> {
  await signBuild(
    root,
    {
      commit: COMMIT,
      builtAt: '2026-11-23T00:00:00.000Z',
      gatesConfigured: ['lint', 'test'],
      gatesRan: [
        { name: 'lint', ran: true, passed: true },
        { name: 'test', ran: true, passed: true },
      ],
      ignore: [],
      lockfile: join(root, 'package-lock.json'),
      ...said,
    },
    key,
  );
}

/** What a task finds on the controller: the manifest, its signature, and whom to trust. */
export function localsOf(root: string, allowedSigners: string): Readonly<Record<string, string | Uint8Array>> {
  return {
    'manifest.json': readFileSync(join(root, 'manifest.json')),
    'manifest.json.sig': readFileSync(join(root, 'manifest.json.sig')),
    allowed_signers: allowedSigners,
  };
}
