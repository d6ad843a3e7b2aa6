import { describe, expect, test } from 'vitest';
import type { Event, Status } from '../../../engine/event/event.ts';
import { summarize } from '../../../engine/view/summary/accumulate.ts';
import { differences, predictionOf } from '../../../engine/view/summary/prediction.ts';
import type { RunSummary } from '../../../engine/view/summary/summary.ts';

function run(
  check: boolean,
  statuses: Readonly<Record<string, Status>>,
  status: 'ok' | 'failed' | 'interrupted' = 'ok',
): RunSummary {
  const common = { run: check ? 'dry' : 'real', check };
  const events: Event[] = Object.entries(statuses).map(([name, outcome]) => ({
    ...common,
    type: 'task.finished',
    host: 'web1',
    play: 'P',
    task: { name, module: 'file', file: 'site.yml', line: 1 },
    status: outcome,
    changes: [],
    ms: 1,
  }));
  events.push({ ...common, type: 'run.finished', status, hosts: {}, ms: 1 });
  return summarize(events.map((event) => [0, event]));
}

describe('changed in the dry run ⊆ changed in the run ⊆ changed or unknown in the dry run', () => {
  test.each<[Status, Status, boolean]>([
    ['changed', 'changed', true],
    ['changed', 'ok', false],
    ['changed', 'skipped', false],
    ['changed', 'failed', true],
    ['unknown', 'changed', true],
    ['unknown', 'ok', true],
    ['unknown', 'skipped', true],
    ['ok', 'ok', true],
    ['ok', 'changed', false],
    ['skipped', 'changed', false],
    ['skipped', 'ok', true],
  ])('foreseen %s, then %s: %s', (predicted, actual, holds) => {
    const found = differences(predictionOf(run(true, { T: predicted })), run(false, { T: actual }));
    expect(found).toEqual(holds ? [] : [{ host: 'web1', task: 'T, site.yml:1', predicted, actual }]);
  });

  test('a task that the dry run did not have must not change anything', () => {
    const prediction = predictionOf(run(true, { A: 'ok' }));
    expect(differences(prediction, run(false, { A: 'ok', B: 'changed' }))).toMatchObject([
      { task: 'B, site.yml:1', predicted: null },
    ]);
  });

  test('what the run did not reach breaks nothing', () => {
    const prediction = predictionOf(run(true, { A: 'changed', B: 'changed' }));
    expect(differences(prediction, run(false, { A: 'failed' }, 'failed'))).toEqual([]);
  });

  test('a dry run that did not come to its end foresees nothing', () => {
    expect(predictionOf(run(true, { A: 'ok' }, 'interrupted')).hosts.size).toBe(0);
    expect(predictionOf(run(true, { A: 'failed' }, 'failed')).hosts.size).toBe(0);
    expect(predictionOf(run(true, { A: 'ok' })).hosts.size).toBe(1);
  });
});
