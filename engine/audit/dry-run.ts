// Finding the dry run that foresaw a run: the newest one of the same runbooks and inventory, if nothing came between.
import { readEntry, readTip } from './chain/chain.ts';
import type { StatementSubject } from './chain/statement.ts';

/** Subjects that are single files: what they come to stands in the other ones, as far as it has a say here. */
const READ = /^(?:file|tree|output):/;

/** Entries that are looked through: further back, a dry run foresees little. */
const LOOK_BACK = 50;

/** The id of the dry run whose open entry has these subjects; undefined when a run of them, other than `run`, came after it. */
export async function lastDryRun(
  root: string,
  subjects: readonly StatementSubject[],
  run: string,
): Promise<string | undefined> {
  const tip = await readTip(root);
  for (let seq = tip.seq; seq > Math.max(0, tip.seq - LOOK_BACK); seq -= 1) {
    const { subject, predicate } = (await readEntry(root, seq)).statement;
    if (predicate.kind !== 'open' || predicate.run === run || !same(subject, subjects)) continue;
    return predicate.mode === 'check' ? predicate.run : undefined;
  }
  return undefined;
}

function same(some: readonly StatementSubject[], others: readonly StatementSubject[]): boolean {
  const text = (subjects: readonly StatementSubject[]) =>
    subjects
      .filter(({ name }) => !READ.test(name))
      .map(({ name, digest }) => `${name} ${digest.sha256}`)
      .sort();
  return text(some).join('\n') === text(others).join('\n');
}
