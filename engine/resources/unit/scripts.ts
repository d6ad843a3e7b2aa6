// The scripts that start, stop, restart and reload a unit, and that show its journal when it won't.
import { lines, type Script, sh } from '../../base/script.ts';
import type { RunStep } from '../../module/change.ts';
import type { UnitWant } from './want.ts';

/** `systemctl` of the unit's manager. */
export function systemctl(want: Pick<UnitWant, 'scope'>): Script {
  return want.scope === 'system' ? sh`systemctl` : sh`env XDG_RUNTIME_DIR="/run/user/$(id -u)" systemctl --user`;
}

export type Verb = 'start' | 'stop' | 'restart' | 'reload';

/**
 * A step that does it and proves it: after a start the unit must be up and, with `settle`, stay up in the same
 * invocation; after a restart the invocation must be another than before. A failure shows the journal's last lines.
 * A service of a type that doesn't tell when it is ready (systemd.service(5), `Type=`) counts as started before its
 * program has run at all: one that dies at once is noticed a quarter of a second later.
 */
export function lifecycle(want: UnitWant, unit: string, verb: Verb, oneshot: boolean): RunStep {
  const { timeout, settle } = want;
  const ctl = systemctl(want);
  // With no_block nobody waits for the outcome, so it can't be proved.
  if (want.noBlock) {
    const need = sh`[ "$(${ctl} show --property=NeedDaemonReload --value -- ${unit})" != yes ] || ${ctl} daemon-reload || exit`;
    return { run: lines(need, sh`${ctl} --no-block ${verb} -- ${unit}`) };
  }
  const stays = verb !== 'stop' && !oneshot;
  const run = lines(
    sh`u=${unit}
show() { ${ctl} show --property="$1" --value -- "$u"; }
die() {
  printf '%s\n' "$1" "It is $(show ActiveState) ($(show SubState)), result $(show Result)." >&2
  ${want.scope === 'system' ? sh`journalctl` : sh`env XDG_RUNTIME_DIR="/run/user/$(id -u)" journalctl --user`} -q --no-pager -o cat -n 15 -u "$u" 2>/dev/null | sed 's/^/  /' >&2
  exit 1
}`,
    sh`[ "$(show NeedDaemonReload)" != yes ] || ${ctl} daemon-reload || exit`,
    verb === 'start' || verb === 'restart' ? sh`${ctl} reset-failed -- "$u" 2>/dev/null` : undefined,
    sh`was=$(show InvocationID)`,
    sh`timeout ${timeout} ${ctl} ${verb} -- "$u"; s=$?`,
    sh`[ $s -ne 124 ] || die ${`To ${verb} it took longer than ${timeout} s.`}`,
    sh`[ $s -eq 0 ] || die ${`${unit} did not ${verb}.`}`,
    verb === 'restart' ? sh`[ "$(show InvocationID)" != "$was" ] || die 'systemd did not restart it.'` : undefined,
    stays ? stayUp(settle, ctl) : undefined,
  );
  return { run, timeout: timeout + settle + 60 };
}

function stayUp(settle: number, ctl: Script): Script {
  const up = sh`${ctl} is-active --quiet -- "$u"`;
  if (settle === 0)
    return sh`case $(show Type) in simple | exec | idle) sleep 0.25 ;; esac
${up} || [ "$(show SubState)" != auto-restart ] && [ "$(show ActiveState)" != failed ] || die 'It did not stay up.'`;
  return sh`is=$(show InvocationID) n=0
while [ $n -lt ${settle} ]; do
  sleep 1; n=$((n + 1))
  ${up} && [ "$(show InvocationID)" = "$is" ] || die "It did not stay up: after $n s it was gone."
done`;
}
