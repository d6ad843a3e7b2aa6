// What the last dry run of the same runbooks and inventory predicted: found in the record, for the report.
import { lastDryRun } from '../../audit/dry-run.ts';
import { openSubjects, type RunOpening } from '../../audit/record.ts';
import { readJournal } from '../../audit/show.ts';
import { accumulate } from '../../view/summary/accumulate.ts';
import { type PredictionCheck, predictionOf } from '../../view/summary/prediction.ts';
import { newSummary } from '../../view/summary/summary.ts';

/** Undefined when there was no such dry run, or its journal can't be read: the report then says nothing of it. */
export async function foreseen(root: string, opening: RunOpening): Promise<PredictionCheck | undefined> {
  try {
    const run = await lastDryRun(root, openSubjects(opening), opening.run);
    if (run === undefined) return undefined;
    const summary = newSummary();
    for await (const line of readJournal(root, run)) {
      if (line.type !== 'checkpoint') accumulate(summary, line, Date.parse(line.at));
    }
    return predictionOf(summary);
  } catch {
    return undefined; // a damaged record is what `vrun audit verify` is for; a run goes on
  }
}
