// What the opening of a host's shell asks: facts, the host's lock, and the notes that an earlier run left.
// The shell has to answer anyway, so this costs no message.
import { lines, type Script, sh } from '../module/index.ts';
import { LOCAL_FACTS, type LocalFacts, readLocalFacts } from './local-facts.ts';

/** Who asks for the lock: written into it, and shown to whoever finds it. */
export interface LockHolder {
  readonly run: string;
  readonly operator: string;
  readonly controller: string;
}

/** Every fact that can be asked for, with the script that prints `fact NAME VALUE`. */
const FACTS: Readonly<Record<string, Script>> = {
  // os-release(5) is meant to be sourced; the subshell keeps its variables to itself.
  os: sh`(. /etc/os-release 2>/dev/null || . /usr/lib/os-release 2>/dev/null
printf 'fact os.id %s\nfact os.version %s\nfact os.codename %s\nfact os.like %s\n' "$ID" "$VERSION_ID" "$VERSION_CODENAME" "$ID_LIKE")`,
  hostname: sh`IFS= read -r v </proc/sys/kernel/hostname; printf 'fact hostname %s\n' "$v"`,
  fqdn: sh`printf 'fact fqdn %s\n' "$(hostname -f 2>/dev/null || hostname)"`,
  arch: sh`printf 'fact arch %s\n' "$(uname -m)"`,
  kernel: sh`IFS= read -r v </proc/sys/kernel/osrelease; printf 'fact kernel %s\n' "$v"`,
  init: sh`IFS= read -r v </proc/1/comm; printf 'fact init %s\n' "$v"`,
  cpus: sh`printf 'fact cpus %s\n' "$(getconf _NPROCESSORS_ONLN 2>/dev/null || nproc)"`,
  memory_mb: sh`IFS=' ' read -r _ v _ </proc/meminfo; printf 'fact memory_mb %s\n' "$((v / 1024))"`,
  addresses: sh`ip -o addr show scope global 2>/dev/null | while read -r _ _ _ v _; do printf 'fact addresses %s\n' "\${v%%/*}"; done`,
  date: sh`printf 'fact date %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)"`,
  user: sh`printf 'fact user %s\n' "$(id -un)"`,
  uid: sh`printf 'fact uid %s\n' "$(id -u)"`,
  local: LOCAL_FACTS,
};

/** The names of all facts. */
export const FACT_NAMES: readonly string[] = Object.keys(FACTS);

/**
 * Prints the facts named (unknown names are passed over: the static check has refused them). `login` is who logged in:
 * what they may write on the host counts as root's.
 */
export function factsScript(names: Iterable<string>, login?: string): Script {
  const wanted = new Set(names);
  const user = wanted.has('local') && login !== undefined ? sh`vrun_login=$(id -u -- ${login} 2>/dev/null)` : undefined;
  return lines(user, ...[...wanted].map((name) => FACTS[name]));
}

/** Sets `l` to the lock's directory; `mkdir` of it is the test and the set in one. */
const LOCK = sh`for l in /run/lock /var/lock /tmp; do [ -d "$l" ] && break; done; l=$l/vrun`;

/** Prints the start time of a process, field 22 of /proc/PID/stat: with the number it names a process for good. */
const startOf = (pid: Script) =>
  sh`{ IFS= read -r s <"/proc/${pid}/stat" && set -- \${s##*) } && shift 19 && printf %s "$1"; } 2>/dev/null`;

/** Seconds to wait for what a run had under way whose connection is gone. The opening has to answer within 15. */
const ORPHAN_PATIENCE = 8;

/**
 * Takes the lock or says who holds it: `lock taken`, `lock stale RUN` (taken over), `lock held WHO…`, or `lock refused
 * PATH` where there can't be one.
 * The holder is the long-lived shell (`$$`, also inside the frame's subshell); when it is gone, the lock is stale.
 */
export function lockScript(holder: LockHolder): Script {
  return sh`${LOCK}
sign() {
  printf '%s\n%s\n%s\n%s\n%s\n%s\n' $$ "$(${startOf(sh`$$`)})" ${holder.run} ${holder.operator} ${holder.controller} "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$l/holder.$$" &&
    mv -f "$l/holder.$$" "$l/holder"
}
take() { mkdir "$l" 2>/dev/null && sign; }
look() {
  pid= start= run= who= from= since=
  { read -r pid; read -r start; read -r run; read -r who; read -r from; read -r since; } 2>/dev/null <"$l/holder"
}
# Who has just made the directory is about to sign.
holder() {
  n=0
  until look; do
    [ $n -lt 10 ] || return
    if sleep 0.1 2>/dev/null; then n=$((n + 1)); else sleep 1; n=10; fi
  done
}
alive() { [ -n "$pid" ] && [ "$(${startOf(sh`$pid`)})" = "$start" ]; }
# The connection of the run is gone, and its shell still at work on what it was sent last: only shells are above it.
orphaned() {
  p=$pid
  while [ "$p" -gt 1 ]; do
    { IFS= read -r s <"/proc/$p/stat"; } 2>/dev/null || return 1
    c=\${s#*(}
    case \${c%)*} in sh|dash|bash|ash|busybox|ksh|mksh|zsh|sudo|su|doas|runuser|setpriv|systemd|init) ;; *) return 1;; esac
    set -- \${s##*) }; p=$2
  done
}
# A run may come back after a reconnect, and several of its hosts may be this machine.
mine() { [ "$run" = ${holder.run} ]; }
held() {
  if mine; then sign 2>/dev/null; echo 'lock taken'
  else printf 'lock held %s, from %s, since %s, run %s%s\n' "$who" "$from" "$since" "$run" "$1"
  fi
}
# A second time where another has just made way for its own.
if take || { [ ! -d "$l" ] && take; }; then echo 'lock taken'
elif [ ! -d "$l" ]; then printf 'lock refused %s\n' "$l"
else
  holder
  n=0
  while [ $n -lt ${ORPHAN_PATIENCE} ] && ! mine && alive && orphaned; do sleep 1; n=$((n + 1)); done
  if mine; then held
  elif alive && orphaned; then held ' (its connection is gone, but what it had sent last still runs)'
  elif alive; then held
  # One at a time takes over, and looks again: else the lock of who was first would be taken for the stale one.
  elif mkdir "$l.takeover" 2>/dev/null; then
    stale=$run; holder
    if mine || alive; then held
    elif ! rm -rf "$l" 2>/dev/null; then held " (left behind, but not ours to remove: rm -r $l)"
    elif take; then printf 'lock stale %s\n' "$stale"
    else holder; held
    fi
    rmdir "$l.takeover"
  else
    n=0
    while [ $n -lt 3 ] && [ -d "$l.takeover" ]; do sleep 1; n=$((n + 1)); done
    [ $n -lt 3 ] || rmdir "$l.takeover" 2>/dev/null
    holder; held ' (it has just been taken over)'
  fi
fi`;
}

/** Releases the lock if this shell took it. */
export const UNLOCK: Script = sh`${LOCK}; { read -r pid <"$l/holder"; } 2>/dev/null; [ "$pid" = $$ ] && rm -rf "$l"`;

/** Everything that an opening asks of one shell. */
export function helloScript(asks: {
  facts: Iterable<string>;
  lock: LockHolder | undefined;
  notes: Script;
  login?: string;
}): Script {
  return lines(factsScript(asks.facts, asks.login), asks.lock && lockScript(asks.lock), asks.notes);
}

/** What the opening said. Lines that are none of ours are passed over. */
export interface Hello {
  readonly facts: ReadonlyMap<string, readonly string[]>;
  readonly local: LocalFacts;
  readonly lock: { readonly state: 'none' | 'taken' | 'stale' | 'held' | 'refused'; readonly detail: string };
  /** The lines after `note `, as the host printed them. */
  readonly notes: readonly string[];
  /** What earlier runs left of their records. */
  readonly witness: readonly string[];
}

/** Reads the answer to `helloScript`. */
export function parseHello(text: string): Hello {
  const facts = new Map<string, string[]>();
  const local: string[] = [];
  const notes: string[] = [];
  let lock: Hello['lock'] = { state: 'none', detail: '' };
  const witness: string[] = [];
  for (const line of text.split('\n')) {
    const [, kind, rest = ''] = /^(fact|lock|note|witness|local!?) (.*)$/s.exec(line) ?? [];
    const [, word = '', value = ''] = /^(\S+) ?(.*)$/s.exec(rest) ?? [];
    if (kind === 'fact') facts.set(word, [...(facts.get(word) ?? []), value]);
    else if (kind?.startsWith('local')) local.push(line);
    else if (kind === 'note') notes.push(rest);
    else if (kind === 'witness') witness.push(rest);
    else if (kind === 'lock' && (word === 'taken' || word === 'stale' || word === 'held' || word === 'refused')) {
      lock = { state: word, detail: value };
    }
  }
  return { facts, local: readLocalFacts(local), lock, notes, witness };
}
