// Reads dpkg's database for any number of tasks with one dpkg-query. Only for what isn't as wanted apt is asked what it
// would do (`apt-get -s`), so that a dry run names every package that comes and goes.
import { lines, type Script, sh } from '../../engine/base/script.ts';
import { type AptWant, cleaning, operation, type PackageSpec } from './want.ts';

const FORMAT = sh`'package \${db:Status-Status} \${Package}=\${Version} \${Architecture} \${db:Status-Want}\n'`;
const PROVIDES = sh`'\${db:Status-Status}, \${Provides},\n'`;

/** A read-only script, to be read by `parseApt`. */
export function probeApt(wants: readonly AptWant[]): Script {
  const names = [...new Set(wants.flatMap(({ packages }) => packages.map(({ name }) => name)))];
  return lines(
    sh`if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then echo none; exit 0; fi`,
    sh`if [ -w /var/lib/dpkg ]; then echo root; fi`,
    sh`nl='
' prov='' all=$nl`,
    names.length === 0 ? undefined : readPackages(names),
    sh`printf %s "\${all#?}"
has() { case $all in *"\${nl}package installed $1"*) return 0;; esac; return 1; }
provided() {
  [ -n "$prov" ] || prov=$(dpkg-query -W -f ${PROVIDES} | grep '^installed')
  case $prov in *", $1,"* | *", $1 ("*) ;; *) return 1;; esac
  # A package of that name is another thing than one that stands in for it.
  LC_ALL=C apt-cache policy "$1" 2>/dev/null | grep -q '^  Candidate: [^(]' && return 1
  echo "provided $1"
}
sim() {
  n=$1; shift; o=$(LC_ALL=C apt-get -s -q -y "$@" 2>&1 </dev/null); s=$?; echo "sim $n $s"
  if [ $s -eq 0 ]; then printf '%s\n' "$o" | sed -n '/^Inst /s/^/| /p; /^Remv /s/^/| /p; /^Purg /s/^/| /p'
  else printf '%s\n' "$o" | tail -n 20 | sed 's/^/| /'; fi
}`,
    wants.some(({ refresh }) => refresh) ? AGE : undefined,
    wants.some(({ autoclean }) => autoclean)
      ? sh`echo "outdated-files $(LC_ALL=C apt-get -s -q autoclean 2>/dev/null | grep -c '^Del ')"`
      : undefined,
    wants.some(({ clean }) => clean)
      ? sh`echo "files $(find /var/cache/apt/archives -name '*.deb' 2>/dev/null | wc -l)"`
      : undefined,
    ...wants.map(probeOne),
    sh`echo end`,
  );
}

/** dpkg is of the host's own architecture; what is there for another one only isn't the package that is meant. */
function readPackages(names: readonly string[]): Script {
  return sh`o=$(dpkg-query -W -f ${FORMAT} ${[...new Set([...names, 'dpkg'])]} 2>/dev/null)
native=\${o#*" dpkg="}; native=\${native#* }; native=\${native%% *}
while IFS= read -r r; do
  case $r in ${names.includes('dpkg') ? sh`` : sh`*' dpkg='*) continue;; `}*" $native "* | *' all '*) ;; 'package installed '*) r="package foreign \${r#package installed }";; esac
  all=$all$r$nl
done <<END
$o
END`;
}

/** Seconds since the lists were fetched, and whether a source came or went since then; a new host has none. */
const AGE = sh`age=none
for f in /var/lib/apt/lists/*Release; do [ -e "$f" ] || continue
  t=$(stat -c %Y /var/lib/apt/lists /var/lib/apt/periodic/update-success-stamp 2>/dev/null | sort -n | tail -n 1)
  age=$(($(date +%s) - t)); break
done
echo "lists $age"
if [ "$age" != none ]; then
  stamp=/var/lib/apt/periodic/update-success-stamp; [ -e "$stamp" ] || stamp=/var/lib/apt/lists
  new=$(find /etc/apt/sources.list /etc/apt/sources.list.d -newer /var/lib/apt/lists -newer "$stamp" 2>/dev/null)
  [ -z "$new" ] || echo outdated
fi`;

function probeOne(want: AptWant, index: number): Script | undefined {
  const simulate = sh`sim ${index} ${operation(want)}`;
  if (want.deb !== undefined) return probeDeb(want, want.deb, index, simulate);
  const clean = want.autoremove ? sh`sim ${index} ${cleaning(want)}` : undefined;
  if (want.upgrade !== undefined) return simulate;
  if (want.packages.length === 0) return clean;
  if (want.state === 'latest') {
    const told = want.packages.map((spec) => sh`${there(spec)} || :`);
    return lines(...told, sh`${simulate} ${want.packages.map(({ text }) => text)}`);
  }
  return lines(
    sh`set --`,
    ...want.packages.map((spec) => {
      const settled = want.state === 'absent' ? gone(spec, want.purge) : there(spec);
      return sh`${settled} || set -- "$@" ${spec.text}`;
    }),
    sh`if [ $# -gt 0 ]; then ${simulate} "$@"; ${clean ? sh`else ${clean}; ` : sh``}fi`,
  );
}

/** A shell test: true only where the package is surely installed as wanted. */
function there({ name, arch, version }: PackageSpec): Script {
  if (arch !== undefined) return sh`false`;
  if (version?.endsWith('*')) return sh`has ${`${name}=${version.slice(0, -1)}`}`;
  return version === undefined ? sh`{ has ${`${name}=`} || provided ${name}; }` : sh`has ${`${name}=${version} `}`;
}

/** A shell test: true only where there is surely nothing to take away. Of a version that isn't installed nothing is. */
function gone(spec: PackageSpec, purge: boolean): Script {
  const { name, arch, version } = spec;
  if (version !== undefined && arch === undefined) return sh`! ${there(spec)}`;
  const kept = sh`*"$nl"package\ config-files\ ${`${name}=`}*`;
  const any = sh`case $all in *"$nl"package\ not-installed\ ${`${name}=`}*`;
  return sh`${any}${purge ? sh`` : sh` | ${kept}`}) true;; *\ ${`${name}=`}*) false;; esac`;
}

/** `deb INDEX NAME VERSION yes|no`: whether that version is installed, or a newer one that may stay. */
function probeDeb({ allowDowngrade }: AptWant, path: string, index: number, simulate: Script): Script {
  const relation = allowDowngrade ? 'eq' : 'ge';
  return sh`if [ -f ${path} ]; then
  d=$(dpkg-deb -W --showformat='\${Package} \${Version}' ${path} 2>&1) || d='? ?'
  h=$(dpkg-query -W -f '\${db:Status-Status} \${Version}' "\${d% *}" 2>/dev/null)
  case $h in installed\ *) dpkg --compare-versions "\${h#* }" ${relation} "\${d#* }" && y=yes || y=no;; *) y=no;; esac
  echo "deb ${index} $d $y"
  if [ $y = no ]; then ${simulate}; fi
else echo "deb ${index} missing - no"; fi`;
}
