// Reads what probeCertificate printed. Strict: what can't be understood is an error, never a guess.
import type { Output } from '../../engine/module/change.ts';
import { Missing, type Resource } from '../../engine/module/resource.ts';
import { readSections } from '../../engine/module/sections.ts';
import { parseFiles } from '../../engine/resources/file/report.ts';
import type { Entry, FileReport } from '../../engine/resources/file/state.ts';
import { parseUnits, type UnitState } from '../../engine/resources/unit/state.ts';
import { certificateQueries } from './probe.ts';
import { type CertificateWant, hookPath, renewalUnits } from './want.ts';

export interface CertificateState {
  readonly root: boolean;
  /** Whether certbot has the lineage: its four links and its settings for renewal. */
  readonly managed: boolean;
  /** Which of `live`, `archive` and `renewal` have something of that name, certbot's or not. */
  readonly found: readonly string[];
  /** Undefined without one. */
  readonly certificate: Certificate | 'unreadable' | undefined;
  readonly renewal: RenewalSettings;
  readonly hook: Entry | undefined;
  /** What is no directory, and would have to be one for challenges. */
  readonly inTheWay?: string | undefined;
  /** Of `renewalUnits`, in order. */
  readonly units: readonly UnitState[];
}

export interface Certificate {
  /** Seconds since 1970, and the host's clock. */
  readonly from: number;
  readonly until: number;
  readonly now: number;
  readonly issuer: string;
  readonly selfSigned: boolean;
  /** In lower case; what is no name of a host stands with its kind, `IP Address:192.0.2.1`. */
  readonly names: readonly string[];
  readonly keyType: string;
  /** Whether one of the certificates after the first signed it. */
  readonly chained: boolean;
  /** Whether the private key is its own. */
  readonly paired: boolean;
}

export interface RenewalSettings {
  readonly server: string | undefined;
  readonly authenticator: string | undefined;
  readonly webroots: readonly string[];
}

/** @throws Error when the output can't be understood */
export function parseCertificate(out: Output, want: CertificateWant): CertificateState | Missing<CertificateState> {
  const sections = readSections(out.stdout);
  const section = (name: string) => sections.get(name) ?? [];
  const tools = section('tools');
  if (!sections.has('renewal')) throw new Error('the probe of the certificate stopped before its end');
  const report = parseFiles(out, certificateQueries(want));
  const links = section('lineage').filter((row) => row.startsWith('link ')).length;
  const found = section('lineage').flatMap((row) => (row.startsWith('there ') ? [row.slice('there '.length)] : []));
  const state = {
    root: tools.includes('root'),
    managed: links === 4 && found.includes('renewal'),
    found,
    certificate: certificate(section('certificate')),
    renewal: renewalSettings(section('renewal'), want.domains),
    hook: report.entry(hookPath(want)),
    inTheWay: want.present ? blockerOf(report, want.webroot) : undefined,
    units: [],
  };
  if (!want.present) return state;
  const installed = tools.includes('certbot');
  const units = unitStates(out, want, report, installed);
  const bundle = want.caBundle;
  const needs: readonly Resource[] = [
    ...(installed ? units.needs : (['package:certbot'] as const)),
    ...(tools.includes('openssl') ? [] : (['package:openssl'] as const)),
    ...(bundle === undefined || report.exists(bundle) ? [] : [`path:${bundle}` as const]),
  ];
  const complete = { ...state, units: units.states };
  if (needs.length === 0) return complete;
  const timeless = needs.every((need) => need.startsWith('unit:'));
  return new Missing({ needs, fresh: complete, failure: timeless ? NO_TIMER : undefined });
}

function blockerOf(report: FileReport, webroot: string): string | undefined {
  const isOther = report.entry(webroot) && report.followed(webroot)?.kind !== 'directory';
  return isOther ? webroot : report.blocker(webroot);
}

const NO_TIMER = {
  summary: 'certbot has no timer on this host',
  detail: 'Without certbot.timer nobody would renew the certificate.',
  hint: "Install certbot from Debian's package: `apt: { name: certbot }`.",
};

/** Debian's package enables and starts the timer when it is installed. */
function unitStates(
  out: Output,
  want: CertificateWant,
  report: FileReport,
  installed: boolean,
): { readonly states: readonly UnitState[]; readonly needs: readonly Resource[] } {
  const wants = renewalUnits(want);
  const read = parseUnits(
    out,
    wants.map((unit) => ({ ...unit, files: [] })),
  );
  const states = read.flatMap((one, index) => {
    const known = one instanceof Missing ? one.fresh : one;
    const entries = (wants[index]?.files ?? []).map(({ path }) => report.entry(path));
    const made = installed ? {} : { load: 'loaded', active: 'active', sub: 'waiting', file: 'enabled' };
    return known ? [{ ...known, ...made, entries }] : [];
  });
  return { states, needs: read.flatMap((one) => (one instanceof Missing ? one.needs : [])) };
}

function certificate(rows: readonly string[]): CertificateState['certificate'] {
  if (rows.length === 0) return undefined;
  if (rows.includes('unreadable')) return 'unreadable';
  const value = (prefix: string) => rows.find((row) => row.startsWith(prefix))?.slice(prefix.length);
  const [issuer, subject] = [value('issuer='), value('subject=')];
  const now = Number(value('now '));
  if (issuer === undefined || subject === undefined || !Number.isInteger(now)) {
    throw new Error('openssl left out the issuer or the subject of the certificate');
  }
  const names = (value('names ') ?? '').split(', ').filter((name) => name !== '');
  const algorithm = value('algorithm ') ?? '';
  return {
    from: seconds(value('notBefore=')),
    until: seconds(value('notAfter=')),
    now,
    issuer,
    selfSigned: issuer === subject,
    names: names.map((name) => name.replace(/^DNS:/, '').toLowerCase()),
    keyType: { 'id-ecPublicKey': 'ecdsa', rsaEncryption: 'rsa' }[algorithm] ?? algorithm,
    chained: rows.includes('chained'),
    paired: rows.includes('paired'),
  };
}

/** `Feb  2 23:57:38 2027 GMT`, as openssl-x509(1) writes dates. */
function seconds(date: string | undefined): number {
  const known = date !== undefined && /^[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d \d{4} GMT$/.test(date);
  const time = known ? Date.parse(date) : Number.NaN;
  if (Number.isNaN(time)) throw new Error(`openssl printed a date that is none: ${date}`);
  return time / 1000;
}

/**
 * `server URL`, `authenticator NAME`, `webroot_path A, B,` and `map DOMAIN PATH`: certbot's renewal/NAME.conf. Names that were
 * dropped may stay in its map; one that isn't in it is proved through the last of the paths.
 */
function renewalSettings(rows: readonly string[], domains: readonly string[]): RenewalSettings {
  const values = rows.map((row) => {
    const at = row.indexOf(' ');
    return [row.slice(0, at), row.slice(at + 1)] as const;
  });
  const value = (name: string) => values.find(([key]) => key === name)?.[1];
  const mapped = new Map(
    values.flatMap(([key, rest]) => {
      const at = rest.indexOf(' ');
      return key === 'map' ? [[rest.slice(0, at).toLowerCase(), rest.slice(at + 1)] as const] : [];
    }),
  );
  const paths = (value('webroot_path') ?? '').split(',').flatMap((path) => path.trim() || []);
  const used = domains.flatMap((domain) => mapped.get(domain) ?? paths.at(-1) ?? []);
  return {
    server: value('server'),
    authenticator: value('authenticator'),
    webroots: [...new Set(used)],
  };
}
