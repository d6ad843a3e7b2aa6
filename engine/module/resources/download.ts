// A file that the host fetches by HTTP and takes only with the wanted digest.

import type { ParameterProblem } from '../../language/catalog.ts';
import type { Change, Plan } from '../change.ts';
import { type Script, sh } from '../script.ts';
import { secretInAddress } from './address-secret.ts';
import { allOf, attributeChange, describeAttributes, type Ownership, unreadable } from './attributes.ts';
import { refusal } from './file-refusal.ts';
import type { Entry } from './file-state.ts';
import { type FileState, inTheWay, noDirectory } from './managed-file.ts';
import { NEW_FILE, octal, resolveMode } from './mode.ts';
import { replaceFile } from './replace-file.ts';

export interface Download extends Ownership {
  readonly url: string;
  readonly path: string;
  readonly algorithm: 'sha256' | 'sha512';
  /** Lower-case hex. */
  readonly digest: string;
}

export interface DownloadState extends FileState {
  /** Of what is at the path, by the wanted algorithm; undefined for what can't be read. */
  readonly digest: string | undefined;
}

const REDIRECTS = 5;

/** Problems of an address: only HTTP, and nothing in it that must not be seen in a list of processes. */
export function checkUrl(parameter: string, value: unknown): readonly ParameterProblem[] {
  if (typeof value !== 'string') return [];
  const secret = secretInAddress(parameter, value, 'Fetch the file on this machine and use copy.');
  if (secret.length > 0) return secret;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || /[\s\u0000-\u001f\u007f]/.test(value)) {
    return [
      {
        parameter,
        summary: 'Not an address that can be fetched',
        hint: 'Write https://HOST/PATH; a space in it is %20.',
      },
    ];
  }
  return [];
}

/** One change at most: the file is fetched, or given its attributes. */
export function planDownload(state: DownloadState, want: Download): Plan {
  const plan = planChange(state, want);
  const [change] = plan.changes;
  const failure = change && refusal(state, want, change.to?.includes(want.url) === true);
  return failure ? { changes: [], failure } : plan;
}

function planChange({ entry: have, blocker, digest }: DownloadState, want: Download): Plan {
  const { path } = want;
  const what = `file ${path}`;
  if (have === undefined) {
    if (blocker !== undefined) return { changes: [], failure: noDirectory(blocker, path) };
    const to = [describeAttributes(want, NEW_FILE, false), `from ${want.url}`];
    return one({
      ...{ op: '+', what, to: to.filter((part) => part !== undefined).join(', ') },
      ...{ steps: [{ run: fetchScript(want, undefined), writes: path }], provides: [`path:${path}`] },
    });
  }
  if (have.kind === 'hidden') return { changes: [], failure: unreadable(path) };
  if (have.kind === 'directory' || have.kind === 'other') return { changes: [], failure: inTheWay(path, have) };
  if (have.kind === 'link') {
    const from = `link to ${have.target ?? '?'}`;
    return one({
      op: '~',
      what,
      from,
      to: `from ${want.url}`,
      steps: [{ run: fetchScript(want, undefined), writes: path }],
    });
  }
  if (digest === undefined) return { changes: [], failure: unreadable(path) };
  if (digest === want.digest) {
    const change = attributeChange(path, have, want);
    if (!change) return { changes: [] };
    return one({ op: '~', what, from: change.from, to: change.to, steps: [{ run: allOf(change.scripts) }] });
  }
  const short = (hex: string) => `${want.algorithm} ${hex.slice(0, 12)}…`;
  const to = `${short(want.digest)}, from ${want.url}`;
  return one({ op: '~', what, from: short(digest), to, steps: [{ run: fetchScript(want, have), writes: path }] });
}

/** Into a private directory beside the file; it takes its place only with the wanted digest. */
function fetchScript(want: Download, have: Entry | undefined): Script {
  const { url, path, owner, group, algorithm, digest } = want;
  const mode = want.mode === undefined ? undefined : octal(resolveMode(want.mode, have?.mode ?? NEW_FILE, false));
  // From https no redirect leads back to http. BusyBox's wget checks no certificate.
  const redirects = url.startsWith('https:') ? '=https' : '=http,https';
  const curl = sh`curl -q -sS -f -L -g --connect-timeout 30 --max-redirs ${REDIRECTS} --proto ${redirects} --proto-redir ${redirects} -- ${url}`;
  const wget = sh`wget -nv -O - --connect-timeout=30 --tries=1 --max-redirect=${REDIRECTS} -- ${url}`;
  const plain = url.startsWith('https:')
    ? sh`{ echo 'this wget checks no certificates: install curl' >&2; false; }`
    : sh`wget -q -O - -T 30 ${url}`;
  const content = sh`if command -v curl >/dev/null; then ${curl}
elif wget --version 2>/dev/null | grep -q GNU; then ${wget}
else ${plain}; fi`;
  const sum = sh`${`${algorithm}sum`}`;
  const validate = (file: Script) => sh`h=$(${sum} <${file}) && [ "\${h%% *}" = ${digest} ] || {
  echo "what came is not the wanted file: it has $(wc -c <${file}) bytes, its ${algorithm} is \${h%% *}, and it begins with:" >&2
  head -c 120 ${file} | tr -c '[:print:]' ' ' >&2; echo >&2; false; }`;
  return replaceFile(content, { path, owner, group, mode, validate });
}

function one(change: Change): Plan {
  return { changes: [change] };
}
