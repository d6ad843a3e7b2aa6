// What would have to be installed, upgraded and removed, and the scripts that do it.
import { lines, type Script, sh } from '../../engine/base/script.ts';
import { type Change, type Plan, type Step, withEffects } from '../../engine/module/change.ts';
import { type AptState, isDue, isInstalled, matches, type Simulation } from './state.ts';
import { type AptWant, cleaning, hasOperation, operation, type PackageSpec } from './want.ts';

/** Plan of the module apt. */
export function planApt(have: AptState, want: AptWant): Plan {
  const changes = [...changesOf(have, want).map(withUnits), ...holding(have, want)];
  changes.push(...clearing(have, want, changes.length > 0));
  const versions = have.packages.filter(({ status }) => status === 'installed');
  const result = { packages: Object.fromEntries(versions.map(({ name, version }) => [name, version])) };
  if (changes.length === 0 || have.root) return { changes, result };
  return {
    changes: [],
    result,
    failure: {
      summary: 'only root may change packages',
      detail: `The user that the task runs as may not write dpkg's database, and ${changes.map(({ what }) => what).join(' and ')} would have to change.`,
      hint: 'Set `become: true` on the task.',
    },
  };
}

function changesOf(have: AptState, want: AptWant): readonly Change[] {
  const refresh: Change = {
    op: '!',
    what: LISTS,
    from: have.age === undefined ? 'none' : have.outdated ? 'older than its sources' : age(have.age),
    to: 'fetched',
    steps: [refreshStep(want)],
  };
  if (want.state === 'absent') return removal(have, want);
  if (!hasOperation(want)) {
    return [...(isDue(want, have) ? [refresh] : []), ...(want.autoremove ? removal(have, want) : [])];
  }
  const unmet = unmetOf(have, want);
  const planned = have.simulation ?? { installs: [], removes: [] };
  // Something newer is wanted only where the task says so.
  const newer = planned.installs.length > 0 && (want.state === 'latest' || want.upgrade !== undefined);
  const pending = unmet.length > 0 || newer || have.deb?.installed === false;
  const due = isDue(want, have);
  if (!pending) {
    // Whether there is anything newer is known only once the lists are there: the same step then installs it.
    if (due && (want.state === 'latest' || want.upgrade !== undefined)) {
      return [
        {
          ...refresh,
          steps: [...refresh.steps, aptStep(want, [...keeping(want, []), ...operation(want), ...texts(want.packages)])],
        },
      ];
    }
    return removal(have, want);
  }
  const install = installation(have, want, planned);
  return due ? [refresh, install] : [install];
}

function installation(have: AptState, want: AptWant, planned: Simulation): Change {
  const { installs, removes } = planned;
  if (want.upgrade !== undefined) {
    return {
      op: '~',
      what: packages(installs.map(({ name }) => name)),
      from: installs.map(({ from }) => from ?? 'none').join(', '),
      to: [installs.map(({ to }) => to).join(', '), ...without(removes)].join(', '),
      steps: [aptStep(want, [...keeping(want, removes), ...operation(want)])],
    };
  }
  const unmet = unmetOf(have, want);
  const known = new Set([...want.packages.flatMap(namesOf), ...(have.deb ? [have.deb.name] : [])]);
  const named = installs.filter(({ name }) => known.has(name));
  const others = installs.filter(({ name }) => !known.has(name)).map(({ name }) => name);
  const own = new Set([
    ...unmet.map(bareName),
    ...named.map(({ name }) => name).filter((name) => !unmet.some((spec) => namesOf(spec).includes(name))),
    ...(have.deb && !have.deb.installed ? [have.deb.name] : []),
  ]);
  const versions = new Map([
    ...installs.flatMap(({ name, from }) => (from === undefined ? [] : [[name, from] as const])),
    ...have.packages.flatMap(({ name, arch, version, status }) =>
      status === 'installed' ? [[name, version] as const, [`${name}:${arch}`, version] as const] : [],
    ),
  ]);
  const before = [...own].filter((name) => versions.has(name));
  const label = (name: string, version = '') => (own.size === 1 ? version : `${name} ${version}`);
  const to = [
    ...named.map((one) => label(one.name, one.to)),
    ...(others.length === 0 ? [] : [`with ${others.join(', ')}`]),
    ...without(removes),
  ];
  return {
    op: before.length === own.size ? '~' : '+',
    what: packages([...own]),
    from: before.map((name) => label(name, versions.get(name))).join(', ') || undefined,
    to: to.join(', ') || undefined,
    steps: [
      aptStep(want, [
        ...keeping(want, removes),
        ...operation(want),
        ...texts(want.state === 'latest' ? want.packages : unmet),
      ]),
    ],
    effects: [...own].map((name) => ({ makes: `package:${name.replace(/:.*/, '')}` }) as const),
  };
}

/** What isn't as wanted; what isn't installed is as wanted where only upgrades are asked for. */
function unmetOf(have: AptState, { packages: specs, onlyUpgrade }: AptWant): readonly PackageSpec[] {
  const isThere = ({ name }: PackageSpec) =>
    have.packages.some((one) => one.name === name && one.status === 'installed');
  return specs.filter((spec) => !isInstalled(have, spec) && (!onlyUpgrade || isThere(spec)));
}

/** What a dry run didn't say must not go: an installation that would remove something else is refused. */
function keeping(want: AptWant, removes: readonly string[]): readonly string[] {
  return removes.length > 0 || want.autoremove || want.upgrade !== undefined || want.noRemove ? [] : ['--no-remove'];
}

/** Units come and go with packages, which ones nobody can tell. */
function withUnits(change: Change): Change {
  return change.what === LISTS ? change : withEffects(change, [{ settles: 'package:*', as: { changed: 'yes' } }]);
}

/** Whether apt keeps the version that is installed, apt-mark(8). */
function holding(have: AptState, want: AptWant): readonly Change[] {
  const { hold } = want;
  if (hold === undefined) return [];
  const recordOf = ({ name, arch }: PackageSpec) =>
    have.packages.find((one) => one.name === name && (arch === undefined || one.arch === arch || one.arch === 'all'));
  const comes = (spec: PackageSpec) => recordOf(spec)?.status === 'installed' || !want.onlyUpgrade;
  const other = want.packages.filter((spec) => comes(spec) && (recordOf(spec)?.held ?? false) !== hold).map(bareName);
  if (other.length === 0) return [];
  const run = sh`apt-mark -qq ${hold ? 'hold' : 'unhold'} ${other} >/dev/null`;
  const [from, to] = hold ? ['not held', 'held'] : ['held', 'not held'];
  return [{ op: '~', what: packages(other), from, to, steps: [{ run }] }];
}

/** Acts: what is fetched meanwhile goes too, and nothing says beforehand how much that is. */
function clearing({ files, outdatedFiles }: AptState, want: AptWant, changes: boolean): readonly Change[] {
  const clear = (count: number, verb: string): Change => ({
    op: '!',
    what: 'fetched package files',
    from: count === 0 ? undefined : String(count),
    to: 'gone',
    steps: [{ run: sh`apt-get -qq ${verb}` }],
  });
  if (want.clean) return files > 0 || changes ? [clear(files, 'clean')] : [];
  return want.autoclean && outdatedFiles > 0 ? [clear(outdatedFiles, 'autoclean')] : [];
}

const LISTS = "apt's lists";

function without(removes: readonly string[]): readonly string[] {
  return removes.length === 0 ? [] : [`without ${removes.join(', ')}`];
}

/** As apt's simulation names it: with an architecture only where that isn't the host's own. */
function namesOf(spec: PackageSpec): readonly string[] {
  return spec.arch === undefined ? [spec.name] : [spec.name, bareName(spec)];
}

function bareName({ name, arch }: PackageSpec): string {
  return arch === undefined ? name : `${name}:${arch}`;
}

/** Removes what is to be absent, or with `autoremove` what nothing needs any more. */
function removal(have: AptState, want: AptWant): readonly Change[] {
  const leftovers = want.purge ? ['not-installed'] : ['not-installed', 'config-files'];
  const isThere = ({ name, arch, version }: PackageSpec) =>
    have.packages.some(
      (one) =>
        one.name === name &&
        !leftovers.includes(one.status) &&
        (arch === undefined ? one.status !== 'foreign' : one.arch === arch || one.arch === 'all') &&
        (version === undefined || matches(one.version, version)),
    );
  const present = want.state === 'absent' ? want.packages.filter(isThere).map(bareName) : [];
  const removes = present.length > 0 || want.autoremove ? (have.simulation?.removes ?? []) : [];
  const others = removes.filter((name) => !present.includes(name));
  if (present.length === 0 && others.length === 0) return [];
  const records = have.packages.filter(({ name }) => present.includes(name));
  return [
    {
      op: '-',
      what: packages(present.length > 0 ? present : others),
      from:
        records.map(({ name, version }) => (records.length === 1 ? version : `${name} ${version}`)).join(', ') ||
        undefined,
      to: present.length > 0 && others.length > 0 ? `gone, and with it ${others.join(', ')}` : 'gone',
      steps: [aptStep(want, present.length > 0 ? [...operation(want), ...present] : cleaning(want))],
    },
  ];
}

function texts(specs: readonly PackageSpec[]): readonly string[] {
  return specs.map(({ text }) => text);
}

function packages(names: readonly string[]): string {
  return `${names.length === 1 ? 'package' : 'packages'} ${names.join(', ')}`;
}

function age(seconds: number): string {
  const [unit, size] = seconds >= 172_800 ? ['days', 86_400] : seconds >= 7200 ? ['hours', 3600] : ['minutes', 60];
  return `${Math.floor(seconds / Number(size))} ${unit} old`;
}

/** Nobody is asked, no service is restarted by the way, and settings changed on the host stay (--force-confold). */
const QUIET = sh`export DEBIAN_FRONTEND=noninteractive DEBIAN_PRIORITY=critical APT_LISTCHANGES_FRONTEND=none
export NEEDRESTART_MODE=l NEEDRESTART_SUSPEND=1 UCF_FORCE_CONFFOLD=1
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT`;

/** Output goes to a file, so that apt is not torn down half-way when the connection breaks. */
function aptStep(want: AptWant, words: readonly string[]): Step {
  const options = [
    ...['-q', '-y', '-o', `DPkg::Lock::Timeout=${want.lockTimeout}`, '-o', 'Dpkg::Use-Pty=0'],
    ...want.dpkgOptions.flatMap((option) => ['-o', `Dpkg::Options::=--${option}`]),
  ];
  const run = lines(
    QUIET,
    policy(want.policy),
    sh`apt() { apt-get ${options} ${words} >"$log" 2>&1 </dev/null; }`,
    sh`apt; s=$?`,
    // An installation that was cut off before has to be finished first.
    sh`if [ $s -ne 0 ] && grep -q 'dpkg --configure -a' "$log"; then`,
    sh`  dpkg ${want.dpkgOptions.map((option) => `--${option}`)} --configure -a >"$log" 2>&1 </dev/null && { apt; s=$?; }`,
    sh`fi`,
    sh`[ $s -eq 0 ] || tail -n 20 "$log" >&2
exit $s`,
  );
  return { run, timeout: want.lockTimeout + 3600 };
}

/** The lists have a lock of their own, for which apt-get doesn't wait. The stamp is the one that Ubuntu's apt keeps. */
function refreshStep(want: AptWant): Step {
  const run = lines(
    QUIET,
    sh`n=0
until apt-get -q -o APT::Update::Error-Mode=any update >"$log" 2>&1 </dev/null; do
  if [ $n -ge ${want.lockTimeout} ] || ! grep -q '/lock' "$log"; then tail -n 20 "$log" >&2; exit 100; fi
  n=$((n + 1)); sleep 1
done
mkdir -p /var/lib/apt/periodic && touch /var/lib/apt/periodic/update-success-stamp`,
  );
  return { run, timeout: want.lockTimeout + 900 };
}

/** What invoke-rc.d asks before it touches a service; an older one is put back, also by a later run. */
function policy(status: number | undefined): Script | undefined {
  if (status === undefined) return undefined;
  return sh`p=/usr/sbin/policy-rc.d
if [ -e "$p" ] && ! grep -q '^# vrun$' "$p"; then mv -f "$p" "$p.vrun" || exit 1; fi
trap 'rm -f "$log" "$p"; if [ -e "$p.vrun" ]; then mv -f "$p.vrun" "$p"; fi' EXIT
printf '#!/bin/sh\n# vrun\nexit %s\n' ${status} >"$p" && chmod 0755 "$p" || exit 1`;
}
