// What would have to change for a clone to be at a commit: the decisions of the module git.

import { lastLines } from '../../engine/base/last-lines.ts';
import { lines, type Script, sh } from '../../engine/base/script.ts';
import type { Change, Plan } from '../../engine/module/change.ts';
import type { Failure } from '../../engine/module/failure.ts';
import { unreadable } from '../../engine/resources/file/attributes.ts';
import { noDirectory } from '../../engine/resources/file/managed.ts';
import { baseName, parentOf } from '../../engine/resources/file/path.ts';
import { isShut } from '../../engine/resources/file/refusal.ts';
import { CHECKOUT, changedByHand, type GitState, type GitWant, gitFunction, isCommitName } from './state.ts';

/** Seconds for a clone or a fetch. */
const TIMEOUT = 1800;

/** One change at most: the clone is made whole or not at all, or brought to the commit. */
export function planGit(have: GitState, want: GitWant): Plan {
  const { repo, dest, version } = want;
  const { head } = have;
  const stopped = obstacle(have, want);
  if (stopped) return { changes: [], failure: stopped };
  if (have.kind === 'clone' && !want.update) {
    const result = { after: head ?? null, remote_url: have.remote ?? repo };
    return { changes: [], result, past: { before: head ?? null } };
  }
  const failure = unresolved(have, want);
  if (failure) return { changes: [], failure };
  const [target] = have.found ?? [];
  // Without git on the host nobody could ask what the name means: only in a dry run that will install it.
  const commit = target?.commit;
  const to = commit === undefined || isCommitName(version) ? short(version) : `${version} (${short(commit)})`;
  const given = { result: { after: commit ?? null, remote_url: repo }, past: { before: head ?? null } };
  const what = `git ${dest}`;
  const effects = [{ makes: `path:${dest}/` }, { path: dest, kind: 'directory' }] as const;
  const shut = have.shut === undefined ? undefined : isShut(have.shut, dest);
  if (shut && have.kind !== 'clone') return { changes: [], failure: shut };
  if (have.kind !== 'clone') {
    const run = cloneScript(want, target?.ref ?? version, commit ?? version, have.kind === 'empty');
    return { changes: [{ op: '+', what, to, steps: [{ run, timeout: TIMEOUT }], effects }], ...given };
  }
  const moved = have.remote !== repo;
  if (head === commit && want.verify && !have.verified)
    return { changes: [], failure: unsigned(dest, head ?? ''), ...given };
  const { cut, submodules = [] } = have;
  const changed = have.modified.length > 0 && !cut;
  if (changed && !want.force) return { changes: [], failure: modified(dest, have.modified), ...given };
  const lacking = cut || changed ? [] : submodules;
  if (head === commit && !moved && !cut && !changed && lacking.length === 0) return { changes: [], ...given };
  if (shut) return { changes: [], failure: shut, ...given };
  const from = [
    ...(head === commit ? [] : [short(head ?? 'nothing')]),
    ...(moved ? [`from ${have.remote ?? 'nowhere'}`] : []),
    ...(cut ? ['a checkout that was cut off'] : []),
    ...(changed ? [`changed by hand: ${have.modified.map((row) => row.slice(3)).join(', ')}`] : []),
    ...(lacking.length > 0 ? [`without ${lacking.join(', ')}`] : []),
  ];
  const toWords = [
    ...(head === commit && !cut && !changed ? [] : [to]),
    ...(moved ? [`from ${repo}`] : []),
    ...(lacking.length > 0 ? ['with its submodules'] : []),
  ];
  const change: Change = {
    ...{ op: '~', what, from: from.join(', '), to: toWords.join(', ') },
    steps: [{ run: updateScript(want, target?.ref ?? version, commit ?? version), timeout: TIMEOUT }],
    effects,
  };
  return { changes: [change], ...given };
}

/** A clone beside the path, which takes its place once it is whole. What an earlier one left that was cut off is removed. */
function cloneScript(want: GitWant, ref: string, commit: string, empty: boolean): Script {
  const { repo, dest } = want;
  const aside = `${parentOf(dest)}/.vrun-git-${baseName(dest)}`;
  return lines(
    gitFunction(want),
    sh`w=${aside}; rm -rf -- "$w".??????; w=$(mktemp -d "$w.XXXXXX") || exit 1; trap 'rm -rf "$w"' EXIT; r=$w/clone`,
    sh`cd / && g -c init.defaultBranch=main init -q -- "$r" && g -C "$r" remote add origin ${repo} || exit`,
    fetch(want, ref, commit),
    sh`f=; g -C "$r" checkout -q --detach ${commit} -- || exit`,
    submodules(want),
    sh`subs || exit`,
    empty ? sh`rmdir -- ${dest} || exit` : undefined,
    sh`mv -T -- "$r" ${dest}`,
  );
}

function updateScript(want: GitWant, ref: string, commit: string): Script {
  const { repo, dest } = want;
  return lines(
    gitFunction(want),
    sh`r=${dest}; cd / && { g -C "$r" remote set-url origin ${repo} 2>/dev/null || g -C "$r" remote add origin ${repo}; } || exit`,
    fetch(want, ref, commit),
    submodules(want),
    checkout(want, commit),
  );
}

/**
 * The clone is as some commit has it when this begins. A checkout that is cut off in the middle leaves its mark, and is
 * first finished by the next one, so that nothing of it stays; one that git refuses leaves none.
 */
function checkout(want: GitWant, commit: string): Script {
  return lines(
    sh`d=$(g -C "$r" rev-parse --absolute-git-dir) && m=$d/${CHECKOUT} || exit`,
    sh`f=${want.force ? '-f' : ''}; if [ -e "$m" ]; then f=-f; o=$(cat "$m") && rm -f -- "$d/index.lock" || exit`,
    sh`  case $o in *[!0-9a-f]* | '') ;; *) g -C "$r" checkout -q -f --detach "$o" -- 2>/dev/null;; esac; fi`,
    sh`echo ${commit} >"$m" && g -C "$r" checkout -q $f --detach ${commit} -- && subs; s=$?`,
    sh`[ -n "$(${changedByHand(want)})" ] || rm -f -- "$m"; exit $s`,
  );
}

/**
 * Defines `subs`, which brings submodules, and theirs, to the commits that `$r` wants, from where it says; `$f` gives up what was changed there. A
 * repository of another machine can name no directory of this one for them.
 */
function submodules({ repo, recursive }: GitWant): Script {
  if (!recursive) return sh`subs() { :; }`;
  const protocols = /^(\/|file:)/.test(repo) ? 'file:git:http:https:ssh' : 'git:http:https:ssh';
  return sh`subs() ( [ ! -f "$r/.gitmodules" ] || { export GIT_ALLOW_PROTOCOL=${protocols}; g -C "$r" submodule -q sync --recursive >&2 && g -C "$r" submodule -q update --init --recursive $f >&2; } )`;
}

/** Brings the commit into `$r`. Servers may refuse to give a commit by its name: then all branches are asked for. */
function fetch({ depth, verify }: GitWant, ref: string, commit: string): Script {
  const has = sh`g -C "$r" cat-file -e ${`${commit}^{commit}`} 2>/dev/null`;
  const all = sh`g -C "$r" fetch -q --tags --force origin '+refs/heads/*:refs/remotes/origin/*'`;
  const get =
    depth === undefined
      ? sh`{ ${all} && { ${has} || g -C "$r" fetch -q origin ${ref} || :; }; }`
      : sh`{ g -C "$r" fetch -q --no-tags --depth ${depth} origin ${ref} || ${all}; }`;
  return lines(
    sh`${get} || exit`,
    sh`${has} || { echo ${`the repository has no commit ${commit}`} >&2; exit 1; }`,
    verify
      ? sh`g -C "$r" verify-commit ${commit} || { echo ${`the commit ${commit} is not signed by a known key`} >&2; exit 1; }`
      : undefined,
  );
}

function short(version: string): string {
  return isCommitName(version) ? version.slice(0, 12) : version;
}

function obstacle({ entry, blocker, kind, broken }: GitState, { dest }: GitWant): Failure | undefined {
  if (entry?.kind === 'hidden') return unreadable(dest);
  if (blocker !== undefined) return noDirectory(blocker, dest);
  if (broken !== undefined) {
    return {
      summary: `git cannot read the clone in ${dest}`,
      detail: lastLines(broken),
      hint: 'Is it complete, and may the user of the task read it? Remove it, if it may go: it is cloned anew.',
    };
  }
  if (kind !== 'other') return undefined;
  return {
    summary: `${dest} is there and is no clone`,
    detail: 'It is a file, a link, or a directory with something in it but no .git.',
    hint: 'Choose another dest, or remove it with `file: { state: absent }` first, if it may go.',
  };
}

function unresolved({ said, found }: GitState, { repo, version }: GitWant): Failure | undefined {
  if (said !== undefined) {
    return {
      summary: `the repository ${repo} cannot be read from the host`,
      detail: lastLines(said),
      hint: /Host key verification failed/.test(said)
        ? "Put the server's host key into /etc/ssh/ssh_known_hosts on the host in an earlier task; unknown ones are refused."
        : `The host itself asks, as the task's user. To try it there: git ls-remote ${repo}`,
    };
  }
  if (found?.length === 0) {
    return {
      summary: `the repository has no branch or tag ${version}`,
      detail: `It is ${repo}.`,
      hint: 'A commit is named by all of its digits.',
    };
  }
  if (found !== undefined && found.length > 1) {
    return {
      summary: `${version} is a branch and a tag of ${repo}`,
      detail: `It can mean ${found.map(({ ref, commit }) => `${ref} (${short(commit)})`).join(' or ')}.`,
      hint: `Write refs/heads/${version} or refs/tags/${version}.`,
    };
  }
  return undefined;
}

function modified(dest: string, rows: readonly string[]): Failure {
  return {
    summary: `files in ${dest} were changed by hand`,
    detail: `They are not what the repository has, and are not overwritten:\n${rows.map((row) => `  ${row}`).join('\n')}`,
    hint: `Take the changes into the repository, or drop them with \`git checkout\` there.`,
  };
}

function unsigned(dest: string, commit: string): Failure {
  return {
    summary: `the commit in ${dest} is not signed by a known key`,
    detail: `git verify-commit does not accept ${commit}.`,
    hint: "The signer's public key has to be in the keyring of the user that the task runs as.",
  };
}
