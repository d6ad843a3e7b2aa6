// The scripts by which a file of NAME=value lines is read and edited on the host. No value is ever a word of a command,
// in the environment of one, or printed: only names, and what is true of them.
import { lines, type Script, sh } from '../../engine/base/script.ts';
import ENV from './env.awk';
import { type EnvWant, lengthOf, testedNames } from './want.ts';

/** A file of settings is never larger, in bytes. */
const LIMIT = 262_144;

/** Prints the section `@env`; its standard input is `envInput`. Read back by `parseEnv`. */
export function envProbe(want: EnvWant): Script {
  const { path } = want;
  const patterns = testedNames(want);
  const ask = sh`LC_ALL=C awk ${ENV} mode=ask part=1 - part=2 "$f"`;
  return lines(
    sh`printf '@env\n'`,
    sh`f=${path}; [ -f "$f" ] && [ ! -h "$f" ] || f=/dev/null`,
    sh`if [ ! -r "$f" ]; then echo '! unreadable'`,
    sh`elif [ "$(wc -c <"$f")" -gt ${LIMIT} ]; then echo '! large'`,
    sh`elif [ "$(tr -d '\000' <"$f" | wc -c)" -ne "$(wc -c <"$f")" ]; then echo '! binary'`,
    Object.keys(patterns).length === 0 ? sh`else ${ask}` : sh`else ${ask} | ${tested(patterns)}`,
    sh`fi`,
  );
}

/** Takes the lines with values out of what awk prints, and says whether grep finds them as they have to be. */
function tested(required: EnvWant['required']): Script {
  return lines(
    sh`while IFS= read -r l; do`,
    sh`case $l in`,
    sh`'= '*) l=\${l#= }; k=\${l%% *}; v=\${l#* }; ${matching(required)}; echo "r $k $?\${v:+ full}" ;;`,
    sh`*) printf '%s\n' "$l" ;;`,
    sh`esac; done`,
  );
}

/** Tests `$v` against the pattern of `$k`: status 0, 1, or more where grep can't read the pattern. */
function matching(required: EnvWant['required']): Script {
  const branches = Object.entries(required).map(([name, pattern]) => sh`${name}) p=${pattern} ;;`);
  // printf is a builtin, so that no process has the value among its words.
  return sh`p='.*'; case $k in ${lines(...branches)}
esac; printf '%s\n' "$v" | grep -Eqx -e "$p"`;
}

/**
 * Prints the file as it shall be, for `replaceFile`, in whose private directory (`$n` is the new file there) it keeps
 * its input and what it makes. Its standard input is `envInput`.
 */
export function envEdit(want: EnvWant): Script {
  const { path, generate } = want;
  const recipes = Object.entries(generate).map(
    ([name, recipe]) => sh`${name}) c=${recipe.bytes} e=${recipe.encoding} z=${lengthOf(recipe)} ;;`,
  );
  const awk = (mode: string) => sh`LC_ALL=C awk ${ENV} mode=${mode} cut="$u" part=1 "$n.in" part=2 "$f"`;
  const make = lines(
    sh`need=$(${awk('need')}) || exit 1`,
    sh`for k in $need; do case $k in ${lines(...recipes)}`,
    sh`esac`,
    sh`v=$(head -c "$c" /dev/urandom | case $e in hex) od -An -v -tx1 | tr -d ' \n' ;; base64) base64 | tr -d '\n' ;; *) base64 | tr -d '\n=' | tr '+/' '-_' ;; esac)`,
    sh`[ "\${#v}" -eq "$z" ] || { echo "/dev/urandom did not give $c bytes" >&2; exit 1; }`,
    sh`${matching(testedNames(want))} || { echo "what was made for $k is not as required" >&2; exit 1; }`,
    sh`printf 'v %s=%s\n' "$k" "$v" >>"$n.in" || exit 1; done`,
  );
  return lines(
    sh`{ cat >"$n.in" || exit 1; f=${path}; [ -f "$f" ] || f=/dev/null`,
    sh`u=; [ ! -s "$f" ] || [ -z "$(tail -c 1 "$f" | tr -d '\n')" ] || u=1`,
    recipes.length === 0 ? undefined : make,
    sh`${awk('edit')}; }`,
  );
}
