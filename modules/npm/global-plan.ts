// What npm has to do for a package to be there for all of a host, in a version that will do, or not at all.
import { satisfies } from 'semver';
import { lines, type Script, sh } from '../../engine/base/script.ts';
import type { Change, Plan } from '../../engine/module/change.ts';
import type { Failure } from '../../engine/module/failure.ts';
import { npmOptions, npmReady } from './call.ts';
import type { GlobalPackage, GlobalWant } from './global.ts';

/** Seconds: a package with many others that has something to build. */
const TIMEOUT = 1800;

export function planGlobal(have: GlobalPackage, want: GlobalWant): Plan {
  const { name, version } = want;
  const { newest, path } = have;
  if (newest !== undefined && 'said' in newest) return { changes: [], failure: notAsked(want, newest.said) };
  const result = { version: have.version === undefined || have.version === 'broken' ? null : have.version, path };
  if (isThere(have, want)) return { changes: [], result };
  if (have.shut !== undefined) return { changes: [], failure: notWritable(have.shut, want), result };
  const what = `npm package ${name}, global`;
  if (version.kind === 'none') {
    const steps = [{ run: script(want, 'uninstall', name), timeout: TIMEOUT }];
    return { changes: [{ op: '-', what, from: have.version, steps, effects: [{ path, kind: 'nothing' }] }], result };
  }
  const to = newest?.version ?? (version.kind === 'range' ? version.range : undefined);
  const spec = to === undefined ? name : `${name}@${to}`;
  const change: Change = {
    ...{ op: have.version === undefined ? '+' : '~', what, from: have.version, to },
    steps: [{ run: script(want, 'install', spec), timeout: TIMEOUT }],
    effects: [{ makes: `path:${path}` }, { makes: `path:${path}/` }],
  };
  return { changes: [change], result };
}

function isThere({ version: is, newest }: GlobalPackage, { version }: GlobalWant): boolean {
  switch (version.kind) {
    case 'none':
      return is === undefined;
    case 'any':
      return is !== undefined && is !== 'broken';
    case 'range':
      return is !== undefined && satisfies(is, version.range, { loose: true });
    case 'tag':
      return newest !== undefined && 'version' in newest && newest.version === is;
  }
}

/** An installation that fails leaves what was there: npm sees to it. */
function script(want: GlobalWant, command: 'install' | 'uninstall', spec: string): Script {
  return lines(npmReady(want), sh`cd / && as ${want.npm} ${command} --global ${npmOptions(want)} ${spec} </dev/null`);
}

function notWritable(directory: string, { user, name }: GlobalWant): Failure {
  return {
    summary: `${user ?? 'the user of the task'} may not write in ${directory}`,
    detail: `Global packages of npm lie there, ${name} among them.`,
    hint: "Set `become: true` on the task; or write `prefix=DIRECTORY` into the user's .npmrc in an earlier task.",
  };
}

function notAsked({ name, version }: GlobalWant, said: string): Failure {
  return {
    summary: `the registry does not say which version of ${name} is ${version.kind === 'tag' ? version.tag : 'wanted'}`,
    detail: `npm's library says: ${said}`,
    hint: 'See whether the host reaches the registry and has the name right. A version in numbers is asked for only where it is missing.',
  };
}
