// What npm has to do for node_modules to be what the lock file says. An installation that fails leaves the old one in its place.
import { lines, type Script, sh } from '../../engine/base/script.ts';
import type { Change, Plan } from '../../engine/module/change.ts';
import type { Failure } from '../../engine/module/failure.ts';
import { npmOptions, npmReady } from './call.ts';
import type { NpmScripts, NpmState, NpmTree, NpmWant } from './tree.ts';

/** Seconds: a first installation of many packages over a slow line. */
const TIMEOUT = 1800;

export function planNpm(have: NpmState, want: NpmWant): Plan {
  const { command, path } = want;
  if (typeof command === 'object') {
    if ('scripts' in have && !have.scripts.includes(command.run)) {
      return { changes: [], failure: noScript(path, command.run, have.scripts) };
    }
    const step = { run: script(want, sh`as ${want.npm} run --silent ${command.run}`), timeout: TIMEOUT };
    return { changes: [{ op: '!', what: `npm run ${command.run} in ${path}`, steps: [step] }] };
  }
  if ('scripts' in have) throw new Error('a tree of packages has to be read');
  const result = { packages: have.packages };
  if (have.lock === 'old') return { changes: [], failure: oldLock(path) };
  if (command === 'ci' && have.lock === 'none') return { changes: [], failure: noLock(path) };
  if (command === 'ci' && !have.agree) return { changes: [], failure: disagree(path) };
  if (have.lock === 'there' && have.agree && have.installed && have.differing === 0) return { changes: [], result };
  if (have.shut) return { changes: [], failure: notWritable(want), result };
  const change: Change = {
    op: have.installed ? '~' : '+',
    what: `packages in ${path}/node_modules`,
    ...(have.installed
      ? { from: difference(have), to: have.agree ? 'as in the lock file' : 'as in package.json' }
      : {}),
    steps: [{ run: command === 'ci' ? cleanInstall(want) : install(want), timeout: TIMEOUT }],
    effects: [{ makes: `path:${path}/node_modules` }],
  };
  return { changes: [change], result };
}

function difference({ differing, examples, agree }: NpmTree): string {
  if (differing === 0) return agree ? 'no record of npm' : 'package.json asks for others';
  const more = differing > examples.length ? ', …' : '';
  return `${differing} missing, too many or of another version: ${examples.join(', ')}${more}`;
}

/** In place of npm's own removal at the start: what was there is put back when the installation fails. */
function cleanInstall(want: NpmWant): Script {
  return script(
    want,
    sh`rm -rf .node_modules.vrun && if [ -e node_modules ]; then mv node_modules .node_modules.vrun; fi || exit 1
vrun_back() { if [ -e .node_modules.vrun ]; then rm -rf node_modules; mv .node_modules.vrun node_modules; fi; }
trap 'vrun_back; exit 1' HUP INT TERM
as ${want.npm} ci ${options(want)} </dev/null || { vrun_back; exit 1; }
rm -rf .node_modules.vrun`,
  );
}

function install(want: NpmWant): Script {
  return script(want, sh`as ${want.npm} install ${options(want)} </dev/null`);
}

function options(want: NpmWant): readonly string[] {
  return [...npmOptions(want), ...(want.production ? ['--omit=dev'] : [])];
}

function script(want: NpmWant, work: Script): Script {
  return lines(sh`cd -- ${want.path} || exit 1`, npmReady(want), work);
}

function notWritable({ path, user }: NpmWant): Failure {
  return {
    summary: `${user ?? 'the user of the task'} may not write in ${path}`,
    detail: 'npm makes node_modules there.',
    hint: 'Give the directory to that user in an earlier task, or name another one with `user`.',
  };
}

function noLock(path: string): Failure {
  return {
    summary: `${path} has no package-lock.json and no npm-shrinkwrap.json`,
    detail: 'npm ci installs exactly what a lock file says, and nothing without one.',
    hint: 'Put the lock file beside package.json; or, where versions may be chosen on the host, set `command: install`.',
  };
}

function noScript(path: string, name: string, scripts: NpmScripts['scripts']): Failure {
  const own = scripts.filter((one) => one !== 'env');
  return {
    summary: `package.json in ${path} has no script ${name}`,
    detail: own.length === 0 ? 'It has none at all.' : `It has ${own.slice(0, 20).join(', ')}.`,
    hint: 'Name one of its scripts with `command: run NAME`.',
  };
}

function oldLock(path: string): Failure {
  return {
    summary: `the lock file in ${path} is of a version that cannot be compared`,
    detail: 'Lock files of npm 6 and older do not say where packages belong.',
    hint: 'Make it anew with a current npm: npm install --package-lock-only',
  };
}

function disagree(path: string): Failure {
  return {
    summary: `package.json and the lock file in ${path} do not agree`,
    detail: 'package.json asks for other packages than the lock file was made for; npm ci would refuse.',
    hint: 'Run npm install where the application is developed, and release both files.',
  };
}
