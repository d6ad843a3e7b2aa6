// A clone of a git repository as the host has it, and what the repository itself has under the wanted name.
import { lines, quote, type Script, sh } from '../../engine/base/script.ts';
import type { Output } from '../../engine/module/change.ts';
import { Missing, type Resource } from '../../engine/module/resource.ts';
import { readSections } from '../../engine/module/sections.ts';
import { fileNeeds } from '../../engine/resources/file/managed.ts';
import { parentOf } from '../../engine/resources/file/path.ts';
import { probeFiles } from '../../engine/resources/file/probe.ts';
import { parseFiles } from '../../engine/resources/file/report.ts';
import type { Entry, FileQuery } from '../../engine/resources/file/state.ts';
import { shutFor } from '../../engine/resources/tree/plan.ts';

export interface GitWant {
  readonly repo: string;
  /** Absolute path of the work tree. */
  readonly dest: string;
  /** A whole commit id, the name of a branch or a tag, a full reference, or HEAD. */
  readonly version: string;
  readonly depth: number | undefined;
  /** On the host. */
  readonly keyFile: string | undefined;
  readonly verify: boolean;
  /** Whether submodules belong to it, and theirs. */
  readonly recursive: boolean;
  /** Whether what was changed by hand is given up. */
  readonly force: boolean;
  /** Whether a clone that is there is brought to the commit. */
  readonly update: boolean;
}

export interface Reference {
  readonly ref: string;
  readonly commit: string;
}

export interface GitState {
  readonly entry: Entry | undefined;
  readonly blocker: string | undefined;
  /** The directory in which nothing can be written, where the clone is or would be. */
  readonly shut?: string | undefined;
  /** What is at the path: nothing or an empty directory, a clone, something else. */
  readonly kind: 'none' | 'empty' | 'clone' | 'other';
  /** What git said when it could not read the clone. */
  readonly broken: string | undefined;
  /** Commit that is checked out; undefined when there is none yet. */
  readonly head: string | undefined;
  readonly remote: string | undefined;
  /** The first files that were changed by hand. */
  readonly modified: readonly string[];
  /** Submodules that are not there, or at another commit than the one that is checked out wants. */
  readonly submodules?: readonly string[];
  /** Whether a task's checkout was cut off: what differs since then is its own doing. */
  readonly cut: boolean;
  /** Whether the commit that is checked out is signed by a known key; only asked where it is wanted. */
  readonly verified: boolean;
  /** The references that the wanted name can mean, with their commits; undefined when the repository could not be asked. */
  readonly found: readonly Reference[] | undefined;
  /** What git said when the repository could not be asked. */
  readonly said: string | undefined;
}

/** A commit by its whole name, SHA-1 or SHA-256. */
export function isCommitName(version: string): boolean {
  return /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(version);
}

/** In the clone's own directory of git: there while a task checks a commit out. */
export const CHECKOUT = 'vrun-checkout';

/**
 * Defines `g`, git in the work tree `$r` or outside of any: it never asks, runs no program that a repository names
 * (hooks, a monitor, `ext::`), checks host keys, and never takes a repository above the path for the clone.
 */
export function gitFunction({ keyFile, dest }: GitWant): Script {
  const key = keyFile === undefined ? '' : ` -i ${quote(keyFile)} -o IdentitiesOnly=yes`;
  const ssh = `ssh -o BatchMode=yes -o StrictHostKeyChecking=yes -o ConnectTimeout=15${key}`;
  return lines(
    sh`export GIT_CEILING_DIRECTORIES=${parentOf(dest)} GIT_TERMINAL_PROMPT=0 GIT_ASKPASS=/bin/false GIT_OPTIONAL_LOCKS=0 GIT_ALLOW_PROTOCOL=file:git:http:https:ssh GIT_SSH_COMMAND=${ssh}`,
    // git asks for the path without links.
    sh`q=$(cd -P -- ${dest} 2>/dev/null && pwd -P || printf %s ${dest})`,
    sh`g() { git -c "safe.directory=$q" -c core.hooksPath=/dev/null -c core.fsmonitor=false -c core.quotePath=true -c http.lowSpeedLimit=1 -c http.lowSpeedTime=30 "$@"; }`,
  );
}

/** What was changed by hand, as `git status` lists it; submodules where they are the task's. */
export function changedByHand({ recursive }: GitWant): Script {
  return sh`g -C "$r" status --porcelain --untracked-files=no ${recursive ? [] : ['--ignore-submodules=all']}`;
}

/**
 * Prints a line for each submodule that is not as the commit wants it: `-`, `+` or `U`, a name, its path
 * (git-submodule(1)). Those that `update = none` leaves out are as they should be.
 */
const SUBMODULES = sh`[ ! -f "$r/.gitmodules" ] || g -C "$r" submodule status --recursive | grep '^[-+U]' | while IFS= read -r l; do
p=\${l#* }; p=\${p% (*)}
if [ "\${l%"\${l#?}"}" = - ] && t=$(g -C "$r/$(dirname -- "$p")" rev-parse --show-toplevel 2>/dev/null); then
  n=$(g -C "$t" config -f .gitmodules --name-only --get-regexp '^submodule\..*\.path$' | while IFS= read -r k; do [ "$q/$p" != "$t/$(g -C "$t" config -f .gitmodules --get "$k")" ] || printf '%s\n' "\${k%.path}"; done)
  [ "$(g -C "$t" config -f .gitmodules --get "$n.update")" != none ] || continue
fi; printf '%s\n' "$l"; done`;

/** A read-only probe; it asks the repository only for what is not a commit's own name. */
export function probeGit(want: GitWant): Script {
  const { repo, dest, version, verify, recursive, update } = want;
  return lines(
    probeFiles([query(want)]),
    sh`printf '@git\n'; command -v git`,
    gitFunction(want),
    sh`r=${dest}; printf '@kind\n'; if [ -e "$r/.git" ]; then echo clone; elif [ ! -e "$r" ] && [ ! -h "$r" ]; then echo none; elif [ -d "$r" ] && [ -z "$(ls -A -- "$r")" ]; then echo empty; else echo other; fi`,
    sh`if [ ! -e "$r/.git" ]; then :; elif d=$(g -C "$r" rev-parse --absolute-git-dir 2>/dev/null); then`,
    sh`printf '@cut\n'; [ ! -e "$d/"${CHECKOUT} ] || echo yes`,
    sh`printf '@head\n'; g -C "$r" rev-parse -q --verify 'HEAD^{commit}'`,
    sh`printf '@remote\n'; g -C "$r" config --get remote.origin.url | base64`,
    sh`printf '@modified\n'; ${changedByHand(want)} | head -n 20 | base64`,
    recursive ? sh`printf '@submodules\n'; { ${SUBMODULES}; } | head -n 20 | base64` : undefined,
    verify ? sh`printf '@verified\n'; g -C "$r" verify-commit HEAD && echo yes` : undefined,
    sh`else printf '@broken\n'; g -C "$r" rev-parse 2>&1 | base64; fi`,
    isCommitName(version)
      ? undefined
      : lines(
          sh`printf '@found\n'; ${update ? sh`` : sh`[ -e "$r/.git" ] || `}if said=$(cd / && g ls-remote -q -- ${repo} ${referencesOf(version)} 2>&1); then printf '%s\n' "$said" | grep -E '^[0-9a-f]{40,64}[[:blank:]]'; else`,
          sh`printf '@said\n'; printf '%s\n' "$said" | tail -n 12 | base64; fi`,
        ),
    sh`printf '@done\n'`,
  );
}

/** What is there; Missing without git, the directory above, or the key. */
export function parseGit(out: Output, want: GitWant): GitState | Missing<GitState> {
  const report = parseFiles(out, [query(want)]);
  const sections = readSections(out.stdout);
  const rows = (name: string) => sections.get(name) ?? [];
  const text = (name: string) => Buffer.from(rows(name).join(''), 'base64').toString('utf8');
  if (!sections.has('done')) throw new Error('the probe of the clone stopped before its end');
  const git = rows('git').length > 0;
  const [kind = ''] = rows('kind');
  if (kind !== 'none' && kind !== 'empty' && kind !== 'clone' && kind !== 'other')
    throw new Error(`the probe of the clone printed ${kind}`);
  const state: GitState = {
    entry: report.entry(want.dest),
    blocker: report.blocker(want.dest),
    shut: shutFor(want.dest, report),
    kind,
    broken: git && sections.has('broken') ? text('broken') : undefined,
    head: rows('head').find(isCommitName),
    remote: text('remote').trim() || undefined,
    modified: rowsOf(text('modified')),
    submodules: rowsOf(text('submodules')).map((row) => row.replace(/^.\S+ /, '').replace(/ \(.*\)$/, '')),
    cut: rows('cut').includes('yes'),
    verified: rows('verified').includes('yes'),
    found: isCommitName(want.version)
      ? [{ ref: want.version, commit: want.version }]
      : sections.has('said')
        ? undefined
        : references(rows('found')),
    said: git && sections.has('said') ? text('said') : undefined,
  };
  const { keyFile } = want;
  const needs: readonly Resource[] = [
    ...(git ? [] : ['package:git' as const]),
    ...fileNeeds(report, { path: want.dest }),
    ...(keyFile === undefined || report.exists(keyFile) ? [] : [`path:${keyFile}` as const]),
  ];
  return needs.length === 0 ? state : new Missing({ needs, fresh: state });
}

function rowsOf(text: string): readonly string[] {
  return text.split('\n').filter((row) => row !== '');
}

function query({ dest, keyFile }: GitWant): FileQuery {
  return { path: dest, others: [dest, ...(keyFile === undefined ? [] : [keyFile])] };
}

/** What a name may stand for: a branch or a tag, unless it says which. An annotated tag's commit has `^{}` behind it. */
function referencesOf(version: string): readonly string[] {
  if (version === 'HEAD') return ['HEAD'];
  if (version.startsWith('refs/')) return [version, `${version}^{}`];
  return [`refs/heads/${version}`, `refs/tags/${version}`, `refs/tags/${version}^{}`];
}

/** Rows of ls-remote; of an annotated tag the commit that it leads to. */
function references(rows: readonly string[]): readonly Reference[] {
  const found = new Map<string, string>();
  for (const row of rows) {
    const [, commit = '', ref = '', peeled = ''] = /^([0-9a-f]{40,64})\t(\S+?)(\^\{\})?$/.exec(row) ?? [];
    if (commit !== '' && (peeled !== '' || !found.has(ref))) found.set(ref, commit);
  }
  return [...found].map(([ref, commit]) => ({ ref, commit }));
}
