import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { entryNames, readEntry } from '../../engine/audit/chain/chain.ts';
import { listRuns } from '../../engine/audit/list.ts';
import { RunRecord } from '../../engine/audit/record.ts';
import { readJournal } from '../../engine/audit/show.ts';
import { verifyRecord } from '../../engine/audit/verify/verify.ts';
import { childProgram, ended } from './child-process.ts';
import { newRecord, opening, recordRun } from './fixture.ts';

const program = path.join(import.meta.dirname, 'child-run.ts');

describe('a run killed by SIGKILL at any moment', () => {
  it('verifies up to its last checkpoint, has lost nothing that was durable, and is recovered by the next', async () => {
    const { root, signer } = await newRecord();
    const verify = (): ReturnType<typeof verifyRecord> => verifyRecord(root, { allowedSigners: signer.allowedSigners });
    const start = await childProgram(program);
    await recordRun(root, signer);
    const killed: string[] = [];
    for (let round = 0; round < 9; round++) {
      const child = start(root);
      let output = '';
      const running = new Promise<void>((resolve) =>
        child.stdout?.on('data', (chunk) => {
          output += String(chunk);
          resolve();
        }),
      );
      // The first rounds also meet the moments before the journal exists.
      if (round < 3) await Promise.race([running, sleep(60 + 50 * round)]);
      else await running.then(() => sleep(Math.random() * 40));
      child.kill('SIGKILL');
      await ended(child);

      const { ok, findings, unsealed } = await verify();
      expect(findings).toEqual([]);
      expect(ok).toBe(true);
      const durable = output
        .split('\n')
        .slice(0, -1)
        .map((line) => line.split(' '));
      const [run = ''] = durable[0] ?? [];
      if (run === '') continue;
      killed.push(run);
      const journal = unsealed.find((unsealed) => unsealed.run === run);
      expect(journal?.state).toBe('interrupted');
      const applied = new Set<string>();
      for await (const line of readJournal(root, run)) {
        if (line.n <= (journal?.journal?.signed ?? 0) && line.type === 'task.applying')
          applied.add(`${line.host} ${line.task.name}`);
      }
      for (const [, host, task] of durable) expect(applied).toContain(`${host} ${task}`);
    }
    expect(killed.length).toBeGreaterThan(4);

    const record = await RunRecord.open(root, signer, opening());
    await record.seal('ok', {});
    expect(readdirSync(path.join(root, 'open'))).toEqual([]);
    const { ok, findings, unsealed } = await verify();
    expect(findings).toEqual([]);
    expect(ok).toBe(true);
    for (const run of killed) expect(unsealed).toContainEqual(expect.objectContaining({ run, state: 'recovered' }));
    const outcomes = new Map((await listRuns(root)).map(({ run, outcome }) => [run, outcome]));
    for (const run of killed) expect(outcomes.get(run)).toBe('recovered');
  }, 120_000);

  it('has its recovery signed, with what was in flight, so that nothing can be taken away later', async () => {
    const { root, signer } = await newRecord();
    const start = await childProgram(program);
    const child = start(root);
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    child.kill('SIGKILL');
    await ended(child);
    const [dead] = await listRuns(root);
    const file = path.join(root, 'runs', dead?.run ?? '', 'journal.jsonl');
    // What a power cut may leave: the beginning of a line, and no more.
    writeFileSync(file, '{"at":"20', { flag: 'a' });

    const record = await RunRecord.open(root, signer, opening());
    expect(record.recovered).toMatchObject([{ run: dead?.run, journal: { torn: 9, damage: [] } }]);
    await record.seal('ok', {});
    const names = await entryNames(root);
    expect(names).toHaveLength(4);
    const { statement } = await readEntry(root, 2);
    expect(statement.predicate).toMatchObject({
      kind: 'recover',
      run: dead?.run,
      by: record.run,
      journal: { torn: 9 },
    });
    expect(statement.subject.map(({ name }) => name)).toEqual(['log/00000001.json', `runs/${dead?.run}/journal.jsonl`]);
    const text = readFileSync(file, 'latin1');
    writeFileSync(file, text.slice(0, -1));
    expect((await verifyRecord(root, { allowedSigners: signer.allowedSigners })).findings[0]?.file).toContain(
      'journal',
    );
    writeFileSync(file, text);
    expect((await verifyRecord(root, { allowedSigners: signer.allowedSigners })).ok).toBe(true);
  }, 30_000);

  it('is left alone while it lives', async () => {
    const { root, signer } = await newRecord();
    const start = await childProgram(program);
    const child = start(root);
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    await recordRun(root, signer);
    const { ok, unsealed } = await verifyRecord(root, { allowedSigners: signer.allowedSigners });
    expect([ok, unsealed.map(({ state }) => state)]).toEqual([true, ['running']]);
    child.kill('SIGKILL');
    await ended(child);
  }, 30_000);
});

describe('several processes that write to one chain', () => {
  it('leave no gap and lose no entry', async () => {
    const { root, signer } = await newRecord();
    const start = await childProgram(program);
    const children = Array.from({ length: 3 }, async () => {
      const statuses: (number | null)[] = [];
      for (let run = 0; run < 2; run++) statuses.push(await ended(start(root, '1')));
      return statuses;
    });
    const own = (async () => {
      for (let run = 0; run < 10; run++) await recordRun(root, signer, 1);
    })();
    const statuses = (await Promise.all(children)).flat();
    await own;
    expect(statuses).toEqual(Array.from({ length: 6 }, () => 0));
    const verification = await verifyRecord(root, { allowedSigners: signer.allowedSigners });
    expect(verification).toMatchObject({ ok: true, entries: 32, sealed: 16, unsealed: [] });
  }, 60_000);
});
