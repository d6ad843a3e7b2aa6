// A file that the host fetches by HTTP and takes only with the wanted digest.

import { type Script, sh } from '../../engine/base/script.ts';
import type { ParameterProblem } from '../../engine/language/runbook/catalog.ts';
import type { Change, Plan, Step } from '../../engine/module/change.ts';
import { NEW_FILE, octal, resolveMode } from '../../engine/module/mode.ts';
import {
  allOf,
  attributeChange,
  describeAttributes,
  type Ownership,
  unreadable,
} from '../../engine/resources/file/attributes.ts';
import { type FileState, inTheWay, noDirectory } from '../../engine/resources/file/managed.ts';
import { refusal } from '../../engine/resources/file/refusal.ts';
import { replaceFile } from '../../engine/resources/file/replace.ts';
import type { Entry } from '../../engine/resources/file/state.ts';
import { secretInAddress } from '../../engine/resources/http/address-secret.ts';
import type { Algorithm, Asked } from './checksum-file.ts';
import { fetching, type Requester, requesterConfig } from './request.ts';

export interface Download extends Ownership, Requester {
  readonly url: string;
  readonly path: string;
  readonly algorithm: Algorithm;
  /** Lower-case hex; '' where `sums` says it. */
  readonly digest: string;
  /** Address of a file of digests. */
  readonly sums: string | undefined;
  /** Keep the old file beside the new one. */
  readonly backup: boolean;
}

export interface DownloadState extends FileState {
  /** Of what is at the path, by the wanted algorithm; undefined for what can't be read. */
  readonly digest: string | undefined;
  /** What the file of digests says, where one was asked. */
  readonly asked?: Asked | undefined;
}

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
export function planDownload(state: DownloadState, given: Download): Plan {
  const { asked } = state;
  if (asked && 'failure' in asked) return { changes: [], failure: asked.failure };
  const want = asked ? { ...given, digest: asked.digest } : given;
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
      ...{ steps: [fetchStep(want, undefined)], effects: [{ makes: `path:${path}` }] },
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
      steps: [fetchStep(want, undefined)],
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
  return one({ op: '~', what, from: short(digest), to, steps: [fetchStep(want, have)] });
}

/** Into a private directory beside the file; it takes its place only with the wanted digest. */
function fetchStep(want: Download, have: Entry | undefined): Step {
  const stdin = requesterConfig(want);
  return { run: fetchScript(want, have), writes: want.path, ...(stdin === undefined ? {} : { stdin }) };
}

function fetchScript(want: Download, have: Entry | undefined): Script {
  const { url, path, owner, group, algorithm, digest, backup } = want;
  const mode = want.mode === undefined ? undefined : octal(resolveMode(want.mode, have?.mode ?? NEW_FILE, false));
  const sum = sh`${`${algorithm}sum`}`;
  const validate = (file: Script) => sh`h=$(${sum} <${file}) && [ "\${h%% *}" = ${digest} ] || {
  echo "what came is not the wanted file: it has $(wc -c <${file}) bytes, its ${algorithm} is \${h%% *}, and it begins with:" >&2
  head -c 120 ${file} | tr -c '[:print:]' ' ' >&2; echo >&2; false; }`;
  return replaceFile(fetching(url, want), { path, owner, group, mode, validate, backup });
}

function one(change: Change): Plan {
  return { changes: [change] };
}
