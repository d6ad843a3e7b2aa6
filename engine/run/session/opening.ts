// What the opening of a host's shell asks: facts, the host's lock, and the notes that an earlier run left.
// The shell has to answer anyway, so this costs no message.
import { lines, type Script, sh } from '../../module/index.ts';
import { type LockHolder, lockScript } from './host-lock.ts';
import { LOCAL_FACTS, type LocalFacts, readLocalFacts } from './local-facts.ts';
import { READ_NOTES, STATE } from './notes.ts';

/** Seconds that a host's resolver has for its full name. */
export const FQDN_SECONDS = 3;

/** Every fact that can be asked for, with the script that prints `fact NAME VALUE`. */
const FACTS: Readonly<Record<string, Script>> = {
  // os-release(5) is meant to be sourced; the subshell keeps its variables to itself.
  os: sh`(. /etc/os-release 2>/dev/null || . /usr/lib/os-release 2>/dev/null
printf 'fact os.id %s\nfact os.version %s\nfact os.codename %s\nfact os.like %s\n' "$ID" "$VERSION_ID" "$VERSION_CODENAME" "$ID_LIKE")`,
  hostname: sh`IFS= read -r v </proc/sys/kernel/hostname; printf 'fact hostname %s\n' "$v"`,
  // hostname(1) asks a name server, which may not answer.
  fqdn: sh`v=$(if command -v timeout >/dev/null; then timeout ${FQDN_SECONDS} hostname -f; else hostname -f; fi 2>/dev/null)
case $? in 124|143) echo 'fact! fqdn';; esac
printf 'fact fqdn %s\n' "\${v:-$(hostname)}"`,
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

/**
 * Everything that an opening asks of one shell. What nobody may go on without is answered first, and said to be all of
 * it; facts come behind, and may be slow.
 */
export function helloScript(asks: {
  readonly facts: Iterable<string>;
  readonly lock: LockHolder | undefined;
  readonly login: string;
}): Script {
  const { facts, lock, login } = asks;
  return lines(STATE, lock && lockScript(lock, login), READ_NOTES, sh`echo answered`, factsScript(facts, login));
}

/** As the words of `lockScript`; `none` where it wasn't asked for or not answered. */
export type LockState = 'none' | 'taken' | 'stale' | 'held' | 'orphaned' | 'refused' | 'fenced' | 'awaited';

const LOCK_WORDS: readonly string[] = [
  'taken',
  'stale',
  'held',
  'orphaned',
  'refused',
  'fenced',
  'awaited',
] satisfies LockState[];

function isLockState(word: string): word is LockState {
  return LOCK_WORDS.includes(word);
}

/** What the opening said. Lines that are none of ours are passed over. */
export interface Hello {
  readonly facts: ReadonlyMap<string, readonly string[]>;
  readonly local: LocalFacts;
  readonly lock: { readonly state: LockState; readonly detail: string };
  /** True when lock and notes were answered to the end. */
  readonly answered: boolean;
  /** Facts that are only the next best, since whom the host asked gave no answer. */
  readonly unsure: readonly string[];
  /** The lines after `note `, as the host printed them. */
  readonly notes: readonly string[];
  /** The runs that have noted a write, one for each. */
  readonly left: readonly string[];
  /** What earlier runs left of their records. */
  readonly witness: readonly string[];
}

/** Reads the answer to `helloScript`. */
export function parseHello(text: string): Hello {
  const facts = new Map<string, string[]>();
  const local: string[] = [];
  const notes: string[] = [];
  let lock: Hello['lock'] = { state: 'none', detail: '' };
  const left: string[] = [];
  const witness: string[] = [];
  const unsure: string[] = [];
  let answered = false;
  for (const line of text.split('\n')) {
    const [, kind, rest = ''] = /^(fact!?|lock|note|left|witness|local!?) (.*)$/s.exec(line) ?? [];
    const [, word = '', value = ''] = /^(\S+) ?(.*)$/s.exec(rest) ?? [];
    if (line === 'answered') answered = true;
    else if (kind === 'fact!') unsure.push(word);
    else if (kind === 'fact') facts.set(word, [...(facts.get(word) ?? []), value]);
    else if (kind?.startsWith('local')) local.push(line);
    else if (kind === 'note') notes.push(rest);
    else if (kind === 'left') left.push(rest);
    else if (kind === 'witness') witness.push(rest);
    else if (kind === 'lock' && isLockState(word)) {
      lock = { state: word, detail: value };
    }
  }
  return { facts, local: readLocalFacts(local), lock, answered, unsure, notes, left, witness };
}
