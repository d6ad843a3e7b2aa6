// How npm is called: which one, as whom, and with which options.
import { lines, type Script, sh } from '../../engine/base/script.ts';
import { asUser } from '../../engine/resources/command/as-user.ts';
import { parentOf } from '../../engine/resources/file/path.ts';

export interface NpmCall {
  /** Its name, or its path; what lies beside it, node before all, then goes before what PATH has. */
  readonly npm: string;
  readonly user: string | undefined;
  readonly registry: string | undefined;
  readonly ignoreScripts: boolean;
}

export const NO_NPM = {
  summary: 'the host has no npm',
  detail: 'The task needs Node.js with npm, and no task before it installs them.',
  hint: 'Install them in an earlier task, and say there: provides: [command:npm]',
};

/** Ends a probe with `@npm` where there is no npm, or no node for it. */
export function checkNpm(call: NpmCall): Script {
  return lines(
    besides(call),
    sh`command -v ${call.npm} >/dev/null && command -v node >/dev/null || { echo @npm; exit 0; }`,
  );
}

/** Defines `as`, for npm. A user without a home that can be written gets a cache for this once. */
export function npmReady(call: NpmCall): Script {
  return lines(
    besides(call),
    asUser(call.user),
    sh`export npm_config_update_notifier=false
vrun_c=
if ! as test -w "\${HOME:-/nonexistent}"; then
vrun_c=$(as mktemp -d) && export npm_config_cache="$vrun_c" npm_config_logs_max=0 || exit 1
trap 'rm -rf -- "$vrun_c"' EXIT
fi`,
  );
}

export function npmOptions({ registry, ignoreScripts }: NpmCall): readonly string[] {
  return [
    ...['--no-audit', '--no-fund', '--loglevel=error'],
    ...(registry === undefined ? [] : [`--registry=${registry}`]),
    ...(ignoreScripts ? ['--ignore-scripts'] : []),
  ];
}

function besides({ npm }: NpmCall): Script | undefined {
  return npm.startsWith('/') ? sh`PATH=${parentOf(npm)}:$PATH; export PATH` : undefined;
}
