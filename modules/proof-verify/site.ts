// The proof that a site shows, and the headers it sends: two requests by one curl.

import { lines, type Script, sh } from '../../engine/base/script.ts';
import type { Output, Plan } from '../../engine/module/change.ts';
import { Content } from '../../engine/module/content.ts';
import { Missing } from '../../engine/module/resource.ts';
import type { Expected } from '../../engine/proof/build-record.ts';
import { recordFaults } from '../../engine/proof/build-record.ts';
import { type HttpAnswer, parseHttp } from '../../engine/resources/http/answer.ts';
import { type HttpRequest, requestConfig } from '../../engine/resources/http/request.ts';
import { noAnswer } from '../../engine/resources/http/verdict.ts';
import { defined, described, readBuild } from './verdict.ts';

export const SECURITY_HEADERS = [
  'Content-Security-Policy',
  'Strict-Transport-Security',
  'X-Content-Type-Options',
  'Referrer-Policy',
  'X-Frame-Options',
  'Permissions-Policy',
] as const;

/** A site, asked from the host. */
export interface SiteWant {
  readonly kind: 'site';
  /** Where the proof is, below the site. */
  readonly file: string;
  readonly proof: HttpRequest;
  readonly page: HttpRequest;
  /** Headers that the page must have. */
  readonly headers: readonly string[];
  readonly expected: Expected;
}

export interface SiteState {
  /** By the host's clock, in seconds. */
  readonly date: number;
  readonly proof: HttpAnswer;
  readonly page: HttpAnswer;
}

/** Its proof and its page lie below `url`. */
export function siteWant(
  url: string,
  { proof, page, headers }: { readonly proof: string; readonly page: string; readonly headers: readonly string[] },
  expected: Expected,
): SiteWant {
  const site = (url.endsWith(proof) ? url.slice(0, -proof.length) : url).replace(/\/$/, '');
  return {
    kind: 'site',
    file: proof,
    proof: request(`${site}${proof}`),
    page: request(`${site}${page}`),
    headers,
    expected,
  };
}

function request(url: string): HttpRequest {
  return {
    ...{ url, method: 'GET', headers: {}, body: undefined, format: 'raw', timeout: 30, redirects: 'safe' },
    ...{ validateCerts: true, caPath: undefined, resolve: [], expiry: false },
  };
}

/** As the script of one request, but for the clock; what curl is to do is in its configuration. */
export function siteScript(): Script {
  return lines(
    sh`command -v curl >/dev/null || { echo @none >&2; exit 0; }`,
    sh`echo "@now $(date +%s)" >&2`,
    sh`curl -q -K - || exit 0`,
  );
}

export function siteConfig({ proof, page }: SiteWant): Content {
  const meta =
    'write-out = "%{stderr}@meta %{http_code} %{size_header} %{size_download} %{time_total} %{url_effective}\\n"';
  const each = [proof, page].map((one) => `${requestConfig(one).bytes()}include\nsilent\nshow-error\n${meta}\n`);
  return Content.of(each.join('next\n'));
}

/** @throws Error when the output can't be understood */
export function parseSite(out: Output): SiteState | Missing<SiteState> {
  const rows = out.stderr.split('\n');
  if (rows.includes('@none')) {
    const { needs, failure } = lacking(out);
    return new Missing<SiteState>({ needs, failure });
  }
  const answers: HttpAnswer[] = [];
  let said: string[] = [];
  let start = 0;
  for (const row of rows) {
    const [, headers = '', body = ''] = /^@meta \d+ (\d+) (\d+) /.exec(row) ?? [];
    if (headers === '') {
      if (!row.startsWith('@')) said.push(row);
      continue;
    }
    const end = start + Number(headers) + Number(body);
    const status = /^curl: \((\d+)\)/m.exec(said.join('\n'))?.[1] ?? '0';
    const stderr = [...said, `@curl ${status}`, row].join('\n');
    const answer = parseHttp({ ...out, stdoutBytes: out.stdoutBytes.subarray(start, end), stderr });
    if (answer instanceof Missing) throw new Error('curl was there and then was not');
    answers.push(answer);
    said = [];
    start = end;
  }
  const [proof, page] = answers;
  const date = Number(rows.find((row) => row.startsWith('@now '))?.slice(5));
  if (proof === undefined || page === undefined || !Number.isInteger(date))
    throw new Error('curl did not say how it went');
  return { date, proof, page };
}

/** As `http` says it. */
function lacking(out: Output): Missing<HttpAnswer> {
  const answer = parseHttp(out);
  if (answer instanceof Missing) return answer;
  throw new Error('the probe contradicts itself');
}

/** In place of those of `http`, whose parameters don't exist here. By curl's exit status. */
const HINTS: Readonly<Record<number, string>> = {
  6: "The name is not known to the host: let it lead to the site's address, in DNS or /etc/hosts.",
  28: 'The site took longer than 30 seconds. Is its service running?',
  60: 'The certificate is not trusted: get a valid one; for an authority of your own set `environment: { CURL_CA_BUNDLE: FILE }`.',
};

/** What `register` sees, and the failure when the site doesn't show what is expected. */
export function judgeSite({ date, proof, page }: SiteState, want: SiteWant): Pick<Plan, 'failure' | 'result'> {
  const silent = [
    { answer: proof, url: want.proof.url },
    { answer: page, url: want.page.url },
  ].find(({ answer }) => answer.curl !== 0);
  if (silent) {
    const { hint, ...failure } = noAnswer(silent.answer, 'GET', silent.url);
    return { failure: { ...failure, hint: HINTS[silent.answer.curl] ?? hint } };
  }
  const { file } = want;
  const build = proof.status === 200 ? readBuild({ file, text: proof.body }) : undefined;
  const absent = want.headers.filter((name) => (page.headers[name.toLowerCase()] ?? '') === '');
  const faults = [
    ...(build ? build.faults : [`${file} answers ${proof.status}, not 200`]),
    ...(build?.record ? recordFaults(build.record, want.expected, date) : []),
    ...(page.status >= 500 ? [`${want.page.url} answers ${page.status}`] : []),
    ...absent.map((name) => `header ${name} is missing`),
  ];
  const result = defined({
    ...described(build?.record),
    url: proof.url,
    status: page.status,
    headers: page.headers,
    faults,
  });
  if (faults.length === 0) return { result };
  const detail = faults.map((line) => `  ${line}`).join('\n');
  const hint =
    'The proof comes with the build (vrun proof sign writes it): deploy the one that is expected. Headers are the web server’s to send: nginx has them in its template.';
  return { result, failure: { summary: `${want.page.url} does not show the proof that is expected`, detail, hint } };
}
