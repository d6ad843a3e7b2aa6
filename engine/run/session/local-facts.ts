// Facts that a host keeps of itself: `/etc/vrun/facts.d/NAME.json` is `facts.local.NAME`.
import { parseJson } from '../../language/value/json.ts';
import type { Value, ValueMap } from '../../language/value/value.ts';
import { type Script, sh } from '../../module/index.ts';

/** Bytes of one file and of all together, and how many are read: the answer of a shell's opening is bounded. */
const BYTES = 64 * 1024;
const TOTAL = 512 * 1024;
const FILES = 50;

/** Deeper data is refused: whatever looks through a value does so by calling itself. */
const DEPTH = 100;

/**
 * Prints `local NAME JSON` in one line for each file, or `local! NAME WHY`. What somebody else than root or the login
 * user (`vrun_login`) may write is no fact. A line break in JSON is white space.
 */
export const LOCAL_FACTS: Script = sh`(d=/etc/vrun/facts.d n=0 sum=0
own() {
  # shellcheck disable=SC2046
  set -- $(stat -Lc '%u %a' "$1" 2>/dev/null)
  case \${1:-none} in 0|"$(id -u)"|"\${vrun_login:-0}") [ $((0$2 & 022)) = 0 ];; *) return 1;; esac
}
if [ -d "$d" ] && ! own "$d"; then echo 'local! . others may write to it'; exit 0; fi
for f in "$d"/*.json; do
  [ -f "$f" ] || continue
  v=\${f##*/}; v=\${v%.json}
  case $v in ''|*[!A-Za-z0-9_]*) continue;; esac
  if ! own "$f"; then printf 'local! %s others may write to it\n' "$v"; continue; fi
  if ! b=$(wc -c 2>/dev/null <"$f"); then printf 'local! %s it cannot be read\n' "$v"; continue; fi
  if [ "$b" -gt ${BYTES} ]; then printf 'local! %s it has more than ${BYTES / 1024} KiB\n' "$v"; continue; fi
  n=$((n + 1)) sum=$((sum + b))
  if [ $n -gt ${FILES} ] || [ $sum -gt ${TOTAL} ]; then printf 'local! %s there are too many\n' "$v"; continue; fi
  printf 'local %s ' "$v"; tr '\n\r' '  ' <"$f"; echo
done) 2>/dev/null`;

export interface LocalFacts {
  readonly values: ValueMap;
  /** Files that are no facts, and why. */
  readonly refused: readonly { readonly file: string; readonly why: string }[];
}

/** Reads the lines that `LOCAL_FACTS` printed. */
export function readLocalFacts(lines: readonly string[]): LocalFacts {
  const values = new Map<string, Value>();
  const refused: LocalFacts['refused'][number][] = [];
  for (const line of lines) {
    const [, bad, name = '', rest = ''] = /^local(!?) ([A-Za-z0-9_]+|\.) ?(.*)$/s.exec(line) ?? [];
    if (name === '') continue;
    const file = name === '.' ? '/etc/vrun/facts.d' : `/etc/vrun/facts.d/${name}.json`;
    if (bad === '!') refused.push({ file, why: rest });
    else {
      const read = parsed(rest);
      if ('why' in read) refused.push({ file, why: read.why });
      else values.set(name, read.value);
    }
  }
  return { values: Object.fromEntries(values), refused };
}

function parsed(text: string): { readonly value: Value } | { readonly why: string } {
  try {
    const value = parseJson(text);
    return isDeeper(value, DEPTH) ? { why: 'it is nested too deeply' } : { value };
  } catch {
    return { why: 'it is no JSON' };
  }
}

function isDeeper(value: Value, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some((member) => isDeeper(member, depth - 1));
}
