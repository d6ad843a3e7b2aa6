// Reads any number of units with one `systemctl show` for each manager; of those that may have to be enabled also the
// [Install] sections and the links that were made of them; and the wanted files.
import { lines, type Script, sh } from '../../base/script.ts';
import { probeFiles } from '../file/probe.ts';
import { alsoOf, installLines } from './install.ts';
import { systemctl } from './scripts.ts';
import { isTemplateUnit, type UnitWant, unitQueries } from './want.ts';

const PROPERTIES = [
  ...['Id', 'Names', 'LoadState', 'ActiveState', 'SubState', 'UnitFileState', 'Type', 'RemainAfterExit', 'CanReload'],
  ...['FragmentPath', 'DropInPaths', 'SourcePath', 'ActiveEnterTimestampMonotonic'],
  ...['WantedBy', 'RequiredBy', 'TriggeredBy', 'BoundBy'],
].map((name) => `--property=${name}`);

/** A read-only script, to be read by `parseUnits`. */
export function probeUnits(wants: readonly UnitWant[]): Script {
  const queries = unitQueries(wants);
  return lines(
    sh`command -v systemctl >/dev/null || { echo @none; exit 0; }`,
    sh`echo @clock; IFS=' ' read -r up rest </proc/uptime; echo "$(date +%s) $up"`,
    readUnits(wants, 'system'),
    readUnits(wants, 'user'),
    queries.length === 0 ? undefined : probeFiles(queries),
  );
}

/** The names that are asked for, in the order of the answers. */
export function unitNames(wants: readonly UnitWant[], scope: UnitWant['scope']): readonly string[] {
  const names = wants.filter((want) => want.scope === scope).map(({ unit }) => unit);
  return [...new Set(names)].filter((unit) => unit !== '' && !isTemplateUnit(unit));
}

function readUnits(all: readonly UnitWant[], scope: UnitWant['scope']): Script | undefined {
  const wants = all.filter((want) => want.scope === scope);
  if (wants.length === 0) return undefined;
  const names = unitNames(wants, scope);
  const enabled = wants.filter((want) => want.enabled !== undefined);
  // What a file that is still to be written will name. Of a secret one nothing gets into a script.
  const also = enabled.flatMap(({ unit, files }) =>
    files.flatMap(({ content }) => alsoOf(unit, installLines(content.text() ?? ''))),
  );
  return lines(
    sh`ctl() { ${systemctl({ scope })} "$@"; }; show() { ctl show --no-pager ${PROPERTIES} -- "$@"; }`,
    scope === 'system' ? undefined : sh`c=\${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user; printf '@config\n%s\n' "$c"`,
    wants.some(({ reload }) => reload)
      ? sh`echo ${`@${scope}reload`}; ctl show --property=NeedDaemonReload '*' | grep -x NeedDaemonReload=yes | head -n 1`
      : undefined,
    names.length === 0 ? undefined : sh`echo ${`@${scope}`}; set --; o=$(show ${names}) || exit; printf '%s\n' "$o"`,
    enabled.length === 0 ? undefined : readInstalls(scope, names, also),
    enabled.length === 0 ? undefined : upholding(enabled),
    enabled.length === 0 ? undefined : taken(enabled, scope),
    scope === 'system' ? initScripts(names) : undefined,
  );
}

/** Names the init scripts of those names. */
function initScripts(names: readonly string[]): Script | undefined {
  const services = names.flatMap((name) => (name.endsWith('.service') ? [name.slice(0, -'.service'.length)] : []));
  if (services.length === 0) return undefined;
  return sh`echo @scripts; for n in ${services}; do [ ! -f "/etc/init.d/$n" ] || echo "$n"; done`;
}

/**
 * The units that [Install] sections name with Also= follow as further blocks, their own Also= too. Then `PATH:LINE` of
 * the sections, and the links: `c` stays, `r` until the next boot, `g` for all users, `s` an init script's; `t` is a
 * name by which something is there already, where a section asks for other names.
 */
function readInstalls(scope: UnitWant['scope'], names: readonly string[], also: readonly string[]): Script {
  return lines(
    sh`seen=" "; l='
'; new=${also.join(' ')}
meet() { for u do case $seen in *" $u "*) ;; *) seen="$seen$u ";; esac; done; }
fragments() {
  set --
  while IFS= read -r r; do case $r in
    Id=*) meet "\${r#*=}";;
    FragmentPath=* | DropInPaths=*) for f in \${r#*=}; do if [ -f "$f" ]; then set -- "$@" "$f"; fi; done;;
  esac; done <<END
$o
END
  [ $# -gt 0 ] || return 0
  j=$(awk 'FNR == 1 { s = 0 } /^[ \t]*\[/ { s = $0 ~ /^[ \t]*\[Install\]/; next } s { print FILENAME ":" $0 }' "$@")
  case $j in *Also*) new="$new $(printf '%s\n' "$j" | sed -n 's/^[^:]*:[ \t]*Also[ \t]*=//p')";; esac
  i=$i$j$l
}
i=; meet ${names}; fragments`,
    sh`for n in 1 2 3 4 5; do
  set --
  for u in $new; do case $u in *[!A-Za-z0-9:_.@-]* | -* | *@.*) continue;; esac
    case $seen in *" $u "*) ;; *) set -- "$@" "$u"; meet "$u";; esac; done
  new=; [ $# -gt 0 ] && o=$(show "$@") || break
  printf '\n%s\n' "$o"; fragments
done`,
    sh`echo ${`@${scope}installs`}; printf %s "$i"; echo ${`@${scope}links`}
linked() {
  k=$1; shift
  for d do for f in "$d"/*.wants/* "$d"/*.requires/* "$d"/*.upholds/* "$d"/*; do
    [ -h "$f" ] || continue; r=\${f#"$d"/}; b=\${r##*/}
    case $k$r in s*) b=\${b#S[0-9][0-9]}.service;; ?*/*) ;; *) b=\${seen# }; b=\${b%% *};; esac
    case $seen in *" $b "*) printf '%s %s\n' "$k" "$r";; esac
  done; done
}`,
    scope === 'system'
      ? sh`linked c /etc/systemd/system; linked r /run/systemd/system; linked s /etc/rc5.d /etc/rcS.d`
      : sh`linked c "$c"; linked r "/run/user/$(id -u)/systemd/user" /run/systemd/user; linked g /etc/systemd/user`,
  );
}

/** `t NAME` for all that is there in the directory of the units, where a section asks for further names. */
function taken(wants: readonly UnitWant[], scope: UnitWant['scope']): Script {
  const directory = scope === 'system' ? sh`/etc/systemd/system` : sh`"$c"`;
  return sh`case ${says(wants, 'Alias')}$i in *Alias*) for f in ${directory}/*; do [ ! -e "$f" ] || printf 't %s\n' "\${f##*/}"; done;; esac`;
}

/** `u old` where a file says UpheldBy= and systemd, older than 254, passes over it. */
function upholding(wants: readonly UnitWant[]): Script {
  return sh`case ${says(wants, 'UpheldBy')}$i in *UpheldBy*) v=$(systemctl --version); v=\${v#systemd }; [ "\${v%%[!0-9]*}" -ge 254 ] || echo 'u old';; esac`;
}

/** The key, where a file that is still to be written has it. */
function says(wants: readonly UnitWant[], key: string): string {
  return wants.some(({ files }) => files.some(({ content }) => content.text()?.includes(key) === true)) ? key : '';
}
