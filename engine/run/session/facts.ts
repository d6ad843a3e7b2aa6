// From what a host's opening printed to the `facts` that runbooks see.
import type { ValueMap } from '../../language/value/value.ts';
import { FACT_NAMES, type Hello } from './opening.ts';

/** Distributions' families, for hosts whose os-release says what they are like. */
const FAMILIES = ['debian', 'rhel', 'suse', 'arch', 'alpine'] as const;
const RHEL_LIKE = new Set(['rhel', 'fedora', 'centos', 'rocky', 'almalinux', 'ol']);

/**
 * The facts that some text of a run names: only these are asked of the hosts. A bare `facts` may mean any; a name in a
 * comment or a string costs no more than an unneeded answer.
 */
export function factsUsed(texts: Iterable<string>): ReadonlySet<string> {
  const used = new Set<string>();
  for (const text of texts) {
    for (const [, name] of text.matchAll(/\bfacts\b(?:\.(\w+))?/g)) {
      for (const fact of name !== undefined && FACT_NAMES.includes(name) ? [name] : FACT_NAMES) used.add(fact);
    }
  }
  return used;
}

/** The value of `facts`, of those that were `asked`: names as language.md has them, numbers where one is meant. */
export function factsValue(
  { facts: printed, local }: Pick<Hello, 'facts' | 'local'>,
  asked: ReadonlySet<string>,
): ValueMap {
  const text = (name: string) => printed.get(name)?.[0];
  const number = (name: string) => (text(name) === undefined ? undefined : Number(text(name)));
  const facts: Record<string, ValueMap[string] | undefined> = {
    hostname: text('hostname'),
    fqdn: text('fqdn'),
    arch: text('arch'),
    kernel: text('kernel'),
    init: text('init'),
    user: text('user'),
    uid: number('uid'),
    cpus: number('cpus'),
    memory_mb: number('memory_mb'),
    addresses: asked.has('addresses') ? (printed.get('addresses') ?? []) : undefined,
    date: text('date'),
    local: asked.has('local') ? local.values : undefined,
  };
  const id = text('os.id');
  if (id !== undefined) {
    facts.os = {
      id,
      version: text('os.version') ?? '',
      codename: text('os.codename') ?? '',
      family: family(id, (text('os.like') ?? '').split(' ')),
    };
  }
  return Object.fromEntries(
    Object.entries(facts).filter((entry): entry is [string, ValueMap[string]] => entry[1] !== undefined),
  );
}

function family(id: string, like: readonly string[]): string {
  const names = [id, ...like];
  if (names.some((name) => RHEL_LIKE.has(name))) return 'rhel';
  return FAMILIES.find((name) => names.includes(name)) ?? id;
}
