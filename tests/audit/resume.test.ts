import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEntry } from '../../engine/audit/chain/chain.ts';
import type { Signer } from '../../engine/audit/chain/signer.ts';
import { findDeadRun } from '../../engine/audit/dead-run.ts';
import { exportRecord } from '../../engine/audit/export.ts';
import { checkJournal } from '../../engine/audit/journal/check.ts';
import { listRuns } from '../../engine/audit/list.ts';
import { newRunId, RunRecord } from '../../engine/audit/record.ts';
import { readJournal } from '../../engine/audit/show.ts';
import { verifyRecord } from '../../engine/audit/verify/verify.ts';
import { childProgram, ended } from './child-process.ts';
import { newRecord, opening, recordRun, taskEvents, temporaryDirectory, totals } from './fixture.ts';

const VERIFIER = path.resolve('docs/verify-record.sh');

/** A run of some tasks that never sealed, and whose process the record takes for dead. */
async function deadRun(tasks: number): Promise<{ root: string; signer: Signer; run: string }> {
  const { root: living, signer } = await newRecord();
  const run = newRunId();
  const record = await RunRecord.open(living, signer, opening(run));
  for (let task = 0; task < tasks; task++) {
    const [applying, finished] = taskEvents(run, 'web1', `task-${task}`);
    await record.emit(applying, { durable: true });
    await record.emit(finished);
  }
  await record.emit({ type: 'host.through', run, check: false, host: 'web1', play: 'Prepare' }, { durable: true });
  const root = path.join(temporaryDirectory(), '.vrun');
  cpSync(living, root, { recursive: true });
  rmSync(path.join(root, 'open', `${run}.json`));
  await record.seal('ok', {});
  return { root, signer, run };
}

async function resume(root: string, signer: Signer, run: string): Promise<RunRecord> {
  const { resumed } = await findDeadRun(root, run);
  return RunRecord.resume(root, signer, { run, operator: 'second@test', version: '0.2.0', before: resumed.length });
}

const journal = (root: string, run: string, part = '') => path.join(root, 'runs', run, `journal${part}.jsonl`);
const verify = (root: string, signer: Signer) => verifyRecord(root, { allowedSigners: signer.allowedSigners });

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const value of values) found.push(value);
  return found;
}

describe('a journal cut anywhere', () => {
  it('is gone on with from its last checkpoint, and the whole is signed', async () => {
    const dead = await deadRun(6);
    const bytes = readFileSync(journal(dead.root, dead.run));
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length), fc.string({ maxLength: 8 }), async (end, rest) => {
        const root = path.join(temporaryDirectory(), '.vrun');
        cpSync(dead.root, root, { recursive: true });
        const { run, signer } = dead;
        const left = Buffer.concat([bytes.subarray(0, end), Buffer.from(rest.replaceAll('\n', ''))]);
        writeFileSync(journal(root, run), left);
        const record = await resume(root, signer, run);
        const { statement } = await readEntry(root, 2);
        if (statement.predicate.kind !== 'resume') throw new Error('no resume entry');
        const signed = statement.predicate.journal?.signed ?? 0;
        const earlier = await all(record.earlier());
        expect(earlier.every(({ n }) => n <= signed)).toBe(true);
        expect(earlier).toHaveLength(
          bytes
            .toString()
            .split('\n')
            .slice(0, signed)
            .filter((line) => !line.includes('"type":"checkpoint"')).length,
        );
        const [applying] = taskEvents(run, 'web1', 'later');
        await record.emit(applying, { durable: true });
        await record.seal('ok', { web1: totals });
        expect(readFileSync(journal(root, run))).toEqual(left);
        const { ok, findings, sealed } = await verify(root, signer);
        expect(findings).toEqual([]);
        expect([ok, sealed]).toEqual([true, 1]);
        expect((await all(readJournal(root, run))).filter(({ type }) => type !== 'checkpoint')).toHaveLength(
          earlier.length + 1,
        );
      }),
      { numRuns: 25, seed: 20261201 },
    );
  }, 60_000);

  it('follows the entry that resumed the run, by a key of its own', async () => {
    const { root, signer, run } = await deadRun(1);
    const record = await resume(root, signer, run);
    await record.seal('ok', {});
    const { statement, sha256 } = await readEntry(root, 2);
    if (statement.predicate.kind !== 'resume') throw new Error('no resume entry');
    const { sessionKey } = statement.predicate;
    const origin = { run, prev: sha256, sessionKey };
    expect((await checkJournal(journal(root, run, '-2'), origin)).damage).toEqual([]);
    const first = (await readEntry(root, 1)).statement.predicate;
    expect(first.kind === 'open' && first.sessionKey !== sessionKey).toBe(true);
  });
});

describe('what can’t be resumed', () => {
  const refusal = async (work: Promise<unknown>): Promise<string> => {
    try {
      await work;
      return 'nothing was refused';
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };

  it('a run that isn’t there, one that is sealed, and one that lives', async () => {
    const { root, signer } = await newRecord();
    const sealed = await recordRun(root, signer);
    const living = newRunId();
    const record = await RunRecord.open(root, signer, opening(living));
    expect(await refusal(findDeadRun(root, 'nobody'))).toContain('no run ‹nobody›');
    expect(await refusal(findDeadRun(root, sealed))).toContain('has ended');
    expect(await refusal(findDeadRun(root, living))).toContain('is going on');
    await record.seal('ok', {});
  });

  it('one that was resumed by a process that lives; and of two at once the second', async () => {
    const { root, signer, run } = await deadRun(1);
    const by = { run, operator: 'x@y', version: '0', before: 0 };
    const [one, other] = await Promise.allSettled([
      RunRecord.resume(root, signer, by),
      RunRecord.resume(root, signer, by),
    ]);
    expect([one.status, other.status].sort()).toEqual(['fulfilled', 'rejected']);
    rmSync(path.join(root, 'open', `${run}.json`));
    expect(await refusal(findDeadRun(root, run))).toContain('is going on');
    for (const result of [one, other]) if (result.status === 'fulfilled') await result.value.seal('ok', {});
  });

  it('one whose signed lines were changed', async () => {
    const { root, run } = await deadRun(2);
    const text = readFileSync(journal(root, run), 'utf8');
    writeFileSync(journal(root, run), text.replace('task-0', 'task-9'));
    expect(await refusal(findDeadRun(root, run))).toContain('was changed');
  });
});

describe('resumed, killed, recovered and resumed again', () => {
  it('verifies at each step, also with stock tools, and nothing of it can be taken away later', async () => {
    const { root, signer, run } = await deadRun(2);
    const start = await childProgram(path.join(import.meta.dirname, 'child-resume.ts'));
    const outcome = async () => (await listRuns(root)).find((one) => one.run === run)?.outcome;
    for (const round of [1, 2]) {
      const child = start(root, run);
      await new Promise((resolve) => child.stdout?.once('data', resolve));
      expect(await outcome()).toBe('running');
      child.kill('SIGKILL');
      await ended(child);
      expect(await outcome()).toBe('died');
      expect((await verify(root, signer)).findings).toEqual([]);
      if (round === 1) await recordRun(root, signer); // which recovers it
    }
    const record = await resume(root, signer, run);
    const earlier = await all(record.earlier());
    const names = earlier.flatMap((event) => (event.type === 'task.applying' ? [event.task.name] : []));
    expect(names.slice(0, 3)).toEqual(['task-0', 'task-1', 'again-0-0']);
    expect(names).toContain('again-1-0');
    await record.emit(taskEvents(run, 'web1', 'last')[0], { durable: true });
    await record.seal('ok', { web1: totals });
    const { ok, unsealed, sealed } = await verify(root, signer);
    expect([ok, unsealed, sealed]).toEqual([true, [], 2]);
    const [listed] = await listRuns(root);
    expect(listed).toMatchObject({ outcome: 'ok', resumed: [{ operator: 'second@test' }, {}, {}] });
    execFileSync('sh', [VERIFIER, root, signer.allowedSigners], { stdio: 'pipe' });

    const copy = path.join(temporaryDirectory(), 'copy');
    await exportRecord(root, copy, { allowedSigners: signer.allowedSigners, verifier: VERIFIER, runs: [run] });
    const partial = { allowedSigners: signer.allowedSigners, partial: true };
    expect(await verifyRecord(copy, partial)).toMatchObject({ ok: true, absent: 1 });
    for (const part of ['', '-2', '-3', '-4']) {
      const file = journal(root, run, part);
      const text = readFileSync(file);
      for (const changed of [text.subarray(0, -2), Buffer.concat([text, Buffer.from('{}\n')])]) {
        writeFileSync(file, changed);
        expect((await verify(root, signer)).findings[0]?.file, part).toContain(`journal${part}.jsonl`);
        expect(() => execFileSync('sh', [VERIFIER, root, signer.allowedSigners], { stdio: 'pipe' })).toThrow();
      }
      writeFileSync(file, text);
    }
    expect((await verify(root, signer)).ok).toBe(true);
  }, 60_000);
});
