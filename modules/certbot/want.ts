// A certificate as a task wants it from an ACME authority (RFC 8555), kept by certbot as a lineage of its own name.
import { Content } from '../../engine/module/content.ts';
import type { ManagedFile } from '../../engine/resources/file/managed.ts';
import { dropIn, type UnitWant } from '../../engine/resources/unit/want.ts';

export interface CertificateWant {
  readonly present: boolean;
  /** certbot's name of the lineage, and the directory's below /etc/letsencrypt/live. */
  readonly name: string;
  /** In lower case; the first one becomes the subject. */
  readonly domains: readonly string[];
  readonly email: string;
  readonly webroot: string;
  /** URL of the authority's directory. */
  readonly server: string;
  /** On the host: authorities that the server's own certificate may be signed by. */
  readonly caBundle: string | undefined;
  readonly keyType: 'ecdsa' | 'rsa';
  readonly renewBeforeDays: number;
  /** Shell commands, or a whole program that begins with `#!`. */
  readonly hook: string | undefined;
  readonly preflight: boolean;
}

export const LETSENCRYPT = '/etc/letsencrypt';
export const PRODUCTION = 'https://acme-v02.api.letsencrypt.org/directory';
export const STAGING = 'https://acme-staging-v02.api.letsencrypt.org/directory';

/** The lineage's files, as nginx names them. */
export function lineageFiles({ name }: CertificateWant): { readonly chain: string; readonly key: string } {
  return { chain: `${LETSENCRYPT}/live/${name}/fullchain.pem`, key: `${LETSENCRYPT}/live/${name}/privkey.pem` };
}

/** Where `certbot renew` looks for what to run after a renewal. */
export function hookPath({ name }: CertificateWant): string {
  return `${LETSENCRYPT}/renewal-hooks/deploy/vrun-${name}`;
}

/** The hook as a program. certbot runs it after the renewal of any lineage, so it first asks which one that was. */
export function hookFile(want: CertificateWant): ManagedFile | undefined {
  const text = want.hook;
  if (text === undefined) return undefined;
  const guard = `[ "$RENEWED_LINEAGE" = '${LETSENCRYPT}/live/${want.name}' ] || exit 0`;
  const rows = [
    '#!/bin/sh',
    '# Written by vrun: what is changed here by hand is overwritten.',
    guard,
    text.trimEnd(),
    '',
  ];
  const content = Content.of(text.startsWith('#!') ? text : rows.join('\n'));
  return { path: hookPath(want), content, owner: 'root', group: 'root', mode: '0755' };
}

/** What renews it later, without vrun: certbot's timer, and its service, which must trust the server too. */
export function renewalUnits({ caBundle }: CertificateWant): readonly UnitWant[] {
  const unit = (name: string, more: Partial<UnitWant>): UnitWant => ({
    unit: name,
    scope: 'system',
    state: undefined,
    enabled: undefined,
    masked: undefined,
    files: [],
    restartOnChange: false,
    settle: 0,
    timeout: 90,
    reload: false,
    force: false,
    noBlock: false,
    ...more,
  });
  const timer = unit('certbot.timer', { state: 'started', enabled: true });
  if (caBundle === undefined) return [timer];
  const trust = Content.of(`[Service]\nEnvironment="REQUESTS_CA_BUNDLE=${caBundle}"\n`);
  return [timer, unit('certbot.service', { files: [dropIn('certbot.service', 'vrun-ca-bundle', trust)] })];
}
