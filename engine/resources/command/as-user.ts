// Part of a script that runs programs as another user than the one that the task runs as.
import { lines, type Script, sh } from '../../base/script.ts';

/**
 * Defines `as WORDS`, which runs a program as this user, by the tools that the transport takes for it. PATH and exported
 * variables stay, HOME becomes the user's. The user has to exist; only root may become another. BusyBox has a setpriv that can't.
 */
export function asUser(user: string | undefined): Script {
  if (user === undefined) return sh`as() { "$@"; }`;
  return lines(
    sh`vrun_h=$(getent passwd ${user} 2>/dev/null || grep ${`^${user}:`} /etc/passwd); vrun_h=\${vrun_h%:*}`,
    sh`export HOME="\${vrun_h##*:}" USER=${user} LOGNAME=${user}`,
    sh`vrun_u=$(id -u ${user}) vrun_g=$(id -g ${user})
as() {
if [ "$(id -u)" = "$vrun_u" ]; then "$@"
elif ! command -v runuser >/dev/null; then su -s /bin/sh ${user} -c 'exec "$@"' -- vrun "$@"
elif setpriv --help 2>&1 | grep -q reuid; then setpriv --reuid "$vrun_u" --regid "$vrun_g" --init-groups "$@"
else runuser -u ${user} -- "$@"; fi
}`,
  );
}

/** Ends a probe with `@user` where there is no such user, with `@denied` where the task can't become that user. */
export function checkUser(user: string | undefined): Script | undefined {
  if (user === undefined) return undefined;
  return lines(
    sh`id -u ${user} >/dev/null 2>&1 || { echo @user; exit 0; }`,
    sh`case $(id -u) in 0 | "$(id -u ${user})") ;; *) echo @denied; exit 0;; esac`,
  );
}

/** What `@denied` means. */
export function cannotBecome(user: string | undefined) {
  return {
    summary: `the task cannot become ${user}`,
    detail: 'Only root may run a program as another user.',
    hint: 'Set `become: true` on the task.',
  };
}

/** A name that useradd(8) of Debian makes. */
export const USER_NAME = /^[a-z_][a-z0-9_.-]*\$?$/;
