// A site of nginx: its file, its link in sites-enabled, Debian's default site, and `nginx -t` over all of it.
import { lines, sh } from '../../engine/base/script.ts';
import type { Change, Output, Plan, RunStep, Step } from '../../engine/module/change.ts';
import { Content } from '../../engine/module/content.ts';
import type { Foreseen } from '../../engine/module/define.ts';
import type { PathEffect } from '../../engine/module/effect.ts';
import { Missing, stateIfThere } from '../../engine/module/resource.ts';
import { allOf, unreadable } from '../../engine/resources/file/attributes.ts';
import { inTheWay, type ManagedFile, planFile } from '../../engine/resources/file/managed.ts';
import { pendingEntry, untold } from '../../engine/resources/file/pending.ts';
import { probeFiles } from '../../engine/resources/file/probe.ts';
import { parseFiles } from '../../engine/resources/file/report.ts';
import { type Entry, type FileQuery, rootsEntry } from '../../engine/resources/file/state.ts';
import { http2Of, type SiteFacts, type SiteOptions, siteText } from './site.ts';

export interface NginxWant {
  readonly options: SiteOptions;
  /** The user's own site, instead of the hardened one. */
  readonly own: Content | undefined;
  readonly present: boolean;
  readonly enabled: boolean;
  /** Whether Debian's default site stays. */
  readonly keepDefault: boolean;
}

export interface NginxState {
  readonly file: Entry | undefined;
  readonly link: Entry | undefined;
  readonly defaultSite: Entry | undefined;
  readonly certified: boolean;
  readonly ipv6: boolean;
  readonly http2: SiteFacts['http2'];
}

const AVAILABLE = '/etc/nginx/sites-available';
const ENABLED = '/etc/nginx/sites-enabled';
const DEFAULT = `${ENABLED}/default`;
const IPV6 = '/proc/net/if_inet6';

export function probeNginx(wants: readonly NginxWant[]) {
  // What it says of itself decides how a site has HTTP/2.
  const version = wants.some(({ own, options }) => own === undefined && options.tls) ? sh`; nginx -v 2>&1` : sh``;
  return lines(
    sh`echo @nginx; if command -v nginx >/dev/null && [ -d ${ENABLED} ]; then echo yes${version}; fi`,
    probeFiles(wants.flatMap(queries)),
  );
}

export function parseNginx(out: Output, wants: readonly NginxWant[]): readonly (NginxState | Missing<NginxState>)[] {
  const report = parseFiles(out, wants.flatMap(queries));
  const installed = out.stdout.startsWith('@nginx\nyes\n');
  return wants.map((want) => {
    const { tls, site } = want.options;
    const state = {
      file: report.entry(`${AVAILABLE}/${site}`),
      link: report.entry(`${ENABLED}/${site}`),
      defaultSite: report.entry(DEFAULT),
      certified: tls !== undefined && report.exists(tls.certificate) && report.exists(tls.key),
      ipv6: report.exists(IPV6),
      http2: http2Of(out.stdout.slice(0, out.stdout.indexOf('\n@files'))),
    };
    const paths = tls && !want.own ? [tls.certificate, tls.key].filter((path) => !report.exists(path)) : [];
    if (installed && want.present && paths.length > 0) {
      return new Missing({
        needs: paths.map((path) => `path:${path}` as const),
        fresh: { ...state, certified: true },
        without: { state: state },
      });
    }
    if (installed || !want.present) return state;
    return new Missing<NginxState>({
      needs: ['package:nginx'],
      fresh: { ...state, defaultSite: state.defaultSite ?? NEW_DEFAULT },
    });
  });
}

/** The state as it will be once the pending changes of a dry run are made. */
export function pendingNginx(
  have: NginxState | Missing<NginxState>,
  { options: { site } }: NginxWant,
  foreseen: Foreseen,
): NginxState | Missing<NginxState> {
  const path = `${AVAILABLE}/${site}`;
  const known = stateIfThere(have);
  if (known === undefined) return have;
  const file = pendingEntry(known.file, path, { owner: 'root', group: 'root', mode: '0644' }, foreseen);
  const link = pendingEntry(known.link, `${ENABLED}/${site}`, {}, foreseen);
  const defaultSite = pendingEntry(known.defaultSite, DEFAULT, {}, foreseen);
  if (file === 'unknown' || link === 'unknown' || defaultSite === 'unknown') return untold(path);
  const then = { file, link, defaultSite };
  if (!(have instanceof Missing)) return { ...have, ...then };
  const { needs, failure, without, source } = have;
  return new Missing({
    needs,
    fresh: { ...known, ...then },
    failure,
    without: without && { state: { ...without.state, ...then } },
    source,
  });
}

/** Plan of the module nginx: one change, so that all of it goes back when nginx refuses it. */
export function planNginx(have: NginxState, want: NginxWant): Plan {
  const { site } = want.options;
  const path = `${AVAILABLE}/${site}`;
  const result = { site: path, tls: have.certified };
  const stranger = [have.file, have.link].find((entry) => entry?.kind === 'directory' || entry?.kind === 'other');
  if (stranger)
    return { changes: [], result, failure: inTheWay(stranger === have.file ? path : `${ENABLED}/${site}`, stranger) };
  if (have.link?.kind === 'hidden' || have.file?.kind === 'hidden')
    return { changes: [], result, failure: unreadable(path) };
  const file = want.present ? planFile({ entry: have.file }, managed(want, have)) : { changes: [] };
  if (file.failure) return { changes: [], result, failure: file.failure };
  const parts = [
    ...(want.present ? [] : removeFile(have.file, path)),
    ...linking(have, want),
    ...(want.present && want.enabled && !want.keepDefault && have.defaultSite && site !== 'default'
      ? [{ words: 'default site off', step: unlinking(DEFAULT, have.defaultSite), effect: gone(DEFAULT) }]
      : []),
  ];
  const [written] = file.changes;
  if (!written && parts.length === 0) return { changes: [], result };
  const fresh = want.present ? have.file === undefined : false;
  const words = [written?.to, have.certified && written ? 'HTTPS' : undefined, ...parts.map((part) => part.words)];
  const change: Change = {
    op: want.present ? (fresh ? '+' : '~') : '-',
    what: `nginx site ${site}`,
    from: written?.from,
    to: words.filter((word) => word).join(', ') || undefined,
    diff: written?.diff,
    steps: [
      ...(written?.steps ?? []),
      ...parts.map(({ step }) => step),
      CHECK,
      ...(have.file && !want.present ? [{ run: sh`rm -f -- ${kept(path)}` }] : []),
    ],
    effects: [...(written?.effects ?? []), ...parts.map(({ effect }) => effect)],
  };
  return { changes: [change], result };
}

function managed(want: NginxWant, have: NginxState): ManagedFile {
  const content = want.own ?? Content.of(siteText(want.options, have));
  const path = `${AVAILABLE}/${want.options.site}`;
  return { path, content, owner: 'root', group: 'root', mode: content.secret ? '0600' : '0644', restore: true };
}

interface Part {
  readonly words: string;
  readonly step: Step;
  readonly effect: PathEffect;
}

function linking(have: NginxState, want: NginxWant): readonly Part[] {
  const { site } = want.options;
  const link = `${ENABLED}/${site}`;
  const target = `${AVAILABLE}/${site}`;
  const wanted = want.present && want.enabled;
  if (!wanted) return have.link ? [{ words: 'disabled', step: unlinking(link, have.link), effect: gone(link) }] : [];
  // Debian's own links are absolute, people's often relative.
  if (have.link?.kind === 'link' && [target, `../sites-available/${site}`].includes(have.link.target ?? '')) return [];
  const make = sh`ln -s -- ${target} ${link}`;
  const effect: PathEffect = { path: link, kind: 'link', target };
  if (!have.link) return [{ words: 'enabled', step: { run: make, revert: sh`rm -f -- ${link}` }, effect }];
  const step = unlinking(link, have.link);
  return [{ words: 'enabled', step: { ...step, run: allOf([step.run, make]) }, effect }];
}

/** A file that somebody put there is kept beside nginx's directories; a link can be made again. */
function unlinking(path: string, entry: Entry): RunStep {
  if (entry.kind === 'link') {
    return { run: sh`rm -f -- ${path}`, revert: sh`ln -sfn -- ${entry.target ?? ''} ${path}` };
  }
  const kept = `/etc/nginx/${path.slice(path.lastIndexOf('/') + 1)}.disabled`;
  return { run: sh`mv -f -- ${path} ${kept}`, revert: sh`mv -f -- ${kept} ${path}` };
}

function removeFile(file: Entry | undefined, path: string): readonly Part[] {
  if (!file) return [];
  const step = { run: sh`mv -f -- ${path} ${kept(path)}`, revert: sh`mv -f -- ${kept(path)} ${path}` };
  return [{ words: 'removed', step, effect: gone(path) }];
}

function gone(path: string): PathEffect {
  return { path, kind: 'nothing' };
}

/** Where a file waits until nginx has agreed that it goes. */
function kept(path: string): string {
  return `${path}.vrun-old`;
}

/** `nginx -t`, and where it names a line, that line with its neighbours. */
const CHECK: RunStep = {
  run: sh`command -v nginx >/dev/null || exit 0
if said=$(nginx -t 2>&1); then exit 0; fi
printf '%s\n' "$said" >&2
at=$(printf '%s\n' "$said" | sed -n 's/.* in \(\/.*\):\([0-9][0-9]*\)$/\2 \1/p' | head -n 1)
[ -z "$at" ] || awk -v n="\${at%% *}" 'NR >= n - 2 && NR <= n + 2 { printf "%s %4d | %s\n", NR == n ? ">" : " ", NR, $0 }' "\${at#* }" >&2
exit 1`,
};

const NEW_DEFAULT = rootsEntry({ kind: 'link', mode: 0o777, target: `${AVAILABLE}/default` });

function queries(want: NginxWant): readonly FileQuery[] {
  const { site, tls } = want.options;
  const text =
    want.own ?? Content.of(siteText(want.options, { certified: tls !== undefined, ipv6: true, http2: 'listen' }));
  const others = [IPV6, ...(tls ? [tls.certificate, tls.key] : [])];
  return [
    { path: `${AVAILABLE}/${site}`, digest: true, showUnless: text.secret ? undefined : text.sha256, others },
    { path: `${ENABLED}/${site}` },
    { path: DEFAULT },
  ];
}
