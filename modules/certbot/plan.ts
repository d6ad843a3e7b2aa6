// What would have to change for a certificate to be as wanted.
import { sh } from '../../engine/base/script.ts';
import type { Change, Plan, Step } from '../../engine/module/change.ts';
import type { Failure } from '../../engine/module/failure.ts';
import { noDirectory, planFile } from '../../engine/resources/file/managed.ts';
import { planUnit } from '../../engine/resources/unit/plan.ts';
import { deleteLineage, issueLineage, longEnough, preflight, renewThrough, runHook } from './scripts.ts';
import type { Certificate, CertificateState } from './state.ts';
import { type CertificateWant, hookFile, hookPath, LETSENCRYPT, lineageFiles, renewalUnits } from './want.ts';

const DAY = 86_400;

/** Plan of the module certbot. */
export function planCertificate(have: CertificateState, want: CertificateWant): Plan {
  const { chain, key } = lineageFiles(want);
  const left = typeof have.certificate === 'object' ? { days_left: daysLeft(have.certificate) } : {};
  const result = { certificate: chain, key, ...left };
  if (!have.root) return { changes: [], result, failure: NOT_ROOT };
  if (!want.present) return { ...removal(have, want), result };
  const hook = hookFile(want);
  const plans = [
    ...(hook ? [planFile({ entry: have.hook }, hook)] : []),
    ...renewalUnits(want).flatMap((unit, index) => {
      const state = have.units[index];
      return state ? [planUnit(state, unit)] : [];
    }),
  ];
  const failure = plans.find((plan) => plan.failure)?.failure;
  if (failure) return { changes: [], result, failure };
  const issued = issue(have, want);
  const asks = issued.length > 0 ? issued : renewal(have, want);
  if (asks.length > 0 && have.inTheWay !== undefined) {
    return { changes: [], result, failure: noDirectory(have.inTheWay, `${want.webroot}/.well-known/acme-challenge`) };
  }
  const [hooks, others] = [hook ? plans.slice(0, 1) : [], hook ? plans.slice(1) : plans];
  return {
    changes: [
      ...hooks.flatMap(({ changes }) => changes.map(inHooks)),
      ...(hook || !have.hook ? [] : [forgotten(want)]),
      ...asks,
      ...others.flatMap(({ changes }) => changes),
    ],
    result,
  };
}

const NOT_ROOT: Failure = {
  summary: 'only root may look at certificates',
  detail: `certbot keeps them in ${LETSENCRYPT}, which other users can't read.`,
  hint: 'Set `become: true` on the task.',
};

/** certbot makes the directory at its first run only. */
function inHooks(change: Change): Change {
  return { ...change, steps: [{ run: sh`mkdir -p -- ${`${LETSENCRYPT}/renewal-hooks/deploy`}` }, ...change.steps] };
}

/** The hook of an earlier task that had one. */
function forgotten(want: CertificateWant): Change {
  const path = hookPath(want);
  const effects = [{ path, kind: 'nothing' as const }];
  return { op: '-', what: `file ${path}`, to: 'gone', steps: [{ run: sh`rm -f -- ${path}` }], effects };
}

function issue(have: CertificateState, want: CertificateWant): readonly Change[] {
  const reason = reasonToIssue(have, want);
  if (reason === undefined) return [];
  const isNew = !have.managed;
  const steps: readonly Step[] = [
    ...(want.preflight ? [preflight(want)] : []),
    issueLineage(want, isNew && have.found.length > 0),
    // At a renewal certbot runs it by itself.
    ...(isNew && want.hook ? [runHook(want)] : []),
    longEnough(want),
  ];
  const { chain, key } = lineageFiles(want);
  return [
    {
      op: have.certificate === undefined ? '+' : '~',
      what: `certificate ${want.name}`,
      from: reason === '' ? undefined : reason,
      to: `${want.domains.join(', ')}; issued by ${authority(want.server)}`,
      steps,
      effects: [{ makes: `path:${chain}` }, { makes: `path:${key}` }],
    },
  ];
}

/** Why a certificate has to be asked for, in words; undefined when the present one will do. */
function reasonToIssue(have: CertificateState, want: CertificateWant): string | undefined {
  const { certificate, managed, renewal } = have;
  if (certificate === undefined) return have.found.length === 0 ? '' : 'incomplete';
  if (certificate === 'unreadable') return 'unreadable';
  if (certificate.selfSigned) return 'self-signed';
  if (!managed) return "not certbot's";
  if (!certificate.paired) return 'a key that is not its own';
  if (!certificate.chained) return 'a chain that does not belong to it';
  if (!sameNames(certificate.names, want.domains)) return certificate.names.join(', ') || 'no names';
  if (renewal.server !== want.server) return `issued by ${authority(renewal.server ?? '')}`;
  if (certificate.until - certificate.now <= want.renewBeforeDays * DAY) return lifetime(certificate);
  if (certificate.keyType !== want.keyType) return `${certificate.keyType} key`;
  return undefined;
}

/** A certificate that is well stays, whoever got it: only how certbot will renew it is changed. */
function renewal({ renewal: { authenticator, webroots } }: CertificateState, want: CertificateWant): readonly Change[] {
  if (authenticator === 'webroot' && sameNames(webroots, [want.webroot])) return [];
  const from =
    authenticator === 'webroot' ? `through ${webroots.join(', ') || 'nothing'}` : `by ${authenticator ?? 'nobody'}`;
  return [
    {
      op: '~',
      what: `renewal of certificate ${want.name}`,
      from,
      to: `through ${want.webroot}`,
      steps: [...(want.preflight ? [preflight(want)] : []), renewThrough(want)],
    },
  ];
}

function sameNames(have: readonly string[], want: readonly string[]): boolean {
  const wanted = new Set(want);
  return new Set(have).size === wanted.size && have.every((name) => wanted.has(name));
}

function lifetime(certificate: Certificate): string {
  const left = daysLeft(certificate);
  const total = Math.round((certificate.until - certificate.from) / DAY);
  return left < 0 ? `expired ${-left} days ago` : `${left} of ${total} days left`;
}

function daysLeft({ until, now }: Certificate): number {
  return Math.floor((until - now) / DAY);
}

function authority(server: string): string {
  return URL.canParse(server) ? new URL(server).host : 'nobody';
}

function removal(have: CertificateState, want: CertificateWant): Plan {
  const lineage = `certificate ${want.name}`;
  const hook = have.hook ? [forgotten(want)] : [];
  if (have.found.length === 0) return { changes: hook };
  if (!have.found.includes('renewal')) {
    return {
      changes: [],
      failure: {
        summary: `${LETSENCRYPT}/live/${want.name} is not certbot's`,
        detail:
          'certbot has no settings for its renewal, so somebody else put it there, and it is not removed unasked.',
        hint: 'Remove it with `file: { state: absent }`, if it may go.',
      },
    };
  }
  const effects = ['live', 'archive'].map((part) => ({
    path: `${LETSENCRYPT}/${part}/${want.name}`,
    kind: 'nothing' as const,
  }));
  return { changes: [{ op: '-', what: lineage, to: 'gone', steps: [deleteLineage(want)], effects }, ...hook] };
}
