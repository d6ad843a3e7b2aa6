import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, expectTypeOf, it, vi } from 'vitest';
import { readEntry } from '../../engine/audit/chain/chain.ts';
import type { JournalLine, Stamp } from '../../engine/audit/journal/journal.ts';
import { listRuns } from '../../engine/audit/list.ts';
import { newRunId, RunRecord } from '../../engine/audit/record.ts';
import { findRun, readJournal } from '../../engine/audit/show.ts';
import { verifyRecord } from '../../engine/audit/verify/verify.ts';
import type { Event } from '../../engine/event/event.ts';
import { newRecord, opening, recordRun, taskEvents, totals } from './fixture.ts';

// Keys are made and shells started: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 60_000 });

async function linesOf(journal: AsyncIterable<JournalLine>): Promise<JournalLine[]> {
  const lines: JournalLine[] = [];
  for await (const line of journal) lines.push(line);
  return lines;
}

describe('a record of two runs', () => {
  it('verifies, and lists and shows them', async () => {
    const { root, signer } = await newRecord();
    const first = await recordRun(root, signer, 3);
    const second = await recordRun(root, signer, 0, true);
    const verification = await verifyRecord(root, { allowedSigners: signer.allowedSigners });
    expect(verification).toMatchObject({ ok: true, findings: [], entries: 4, sealed: 2, unsealed: [], absent: 0 });
    expect(verification.signers).toEqual([`ops@test ${signer.fingerprint}`]);

    const runs = await listRuns(root);
    expect(runs.map(({ run, outcome, open }) => [run, outcome, open.mode])).toEqual([
      [first, 'ok', 'run'],
      [second, 'ok', 'check'],
    ]);
    expect((await findRun(root, 'last'))?.run).toBe(second);
    expect((await findRun(root, first.slice(0, -1)))?.run).toBe(first);
    expect(await findRun(root, '2')).toBeUndefined();
    const lines = await linesOf(readJournal(root, first));
    expect(lines.map(({ n, type }) => `${n} ${type}`)).toEqual([
      '1 task.applying',
      '2 checkpoint',
      '3 task.finished',
      '4 task.applying',
      '5 checkpoint',
      '6 task.finished',
      '7 task.applying',
      '8 checkpoint',
      '9 task.finished',
      '10 checkpoint',
    ]);
  });

  it('holds what the open entry and the seal promise', async () => {
    const { root, signer } = await newRecord();
    const run = await recordRun(root, signer);
    const [open, seal] = [await readEntry(root, 1), await readEntry(root, 2)];
    expect(open.statement).toMatchObject({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [
        { name: 'runbook:site.yml' },
        { name: 'inventory' },
        ...(opening().files ?? []).map(({ name }) => ({ name })),
      ],
      predicate: {
        kind: 'open',
        seq: 1,
        prev: '0'.repeat(64),
        run,
        mode: 'run',
        operator: 'ops@test',
        ...opening().given,
        signer: 'ops@test',
      },
    });
    expect(seal.statement.predicate).toMatchObject({
      kind: 'seal',
      seq: 2,
      prev: open.sha256,
      chain: open.statement.predicate.chain,
      status: 'ok',
      statistics: { web1: totals },
      journal: { lines: 10 },
    });
    expect(seal.statement.subject.map(({ name }) => name)).toEqual([
      `runs/${run}/fetched/a b.txt`,
      `runs/${run}/journal.jsonl`,
      `runs/${run}/report.md`,
    ]);
  });

  it('leaves no marker, no temporary file and nothing that others can read', async () => {
    const { root, signer } = await newRecord();
    await recordRun(root, signer);
    expect(readdirSync(path.join(root, 'open'))).toEqual([]);
    expect(readdirSync(path.join(root, 'log'))).toEqual(['00000001.json', '00000002.json']);
    for (const name of ['log', 'runs', 'open']) expect(statSync(path.join(root, name)).mode & 0o077).toBe(0);
    expect(statSync(path.join(root, 'key')).mode & 0o777).toBe(0o600);
  });
});

describe('RunRecord', () => {
  it('has the open entry on disk before anything else, and says where a witness finds it', async () => {
    const { root, signer } = await newRecord();
    const record = await RunRecord.open(root, signer, opening());
    expect(record.opened).toMatchObject({ seq: 1, sha256: (await readEntry(root, 1)).sha256 });
    expect(existsSync(path.join(root, 'open', `${record.run}.json`))).toBe(true);
    expect(readFileSync(path.join(record.directory, 'journal.jsonl'), 'utf8')).toBe('');
    await record.seal('interrupted', {});
  });

  it('has an event on disk, signed, once a durable emit resolves', async () => {
    const { root, signer } = await newRecord();
    const record = await RunRecord.open(root, signer, opening());
    const [applying] = taskEvents(record.run, 'web1', 'x');
    await record.emit(applying, { durable: true });
    const lines = await linesOf(readJournal(root, record.run));
    expect(lines.map(({ type }) => type)).toEqual(['task.applying', 'checkpoint']);
    await record.seal('ok', {});
  });

  it('as earlier versions wrote it, without what the command line said and without files that were read, verifies too', async () => {
    const { root, signer } = await newRecord();
    const { files: _, given: __, ...early } = opening();
    const record = await RunRecord.open(root, signer, early);
    await record.seal('ok', { web1: totals });
    const text = readFileSync(record.opened.file, 'utf8');
    for (const word of ['options', 'extraVars', 'sudoUser', 'file:']) expect(text).not.toContain(`"${word}`);
    expect((await verifyRecord(root, { allowedSigners: signer.allowedSigners })).ok).toBe(true);
  });

  it('refuses an id that could lead elsewhere, and one that is taken', async () => {
    const { root, signer } = await newRecord();
    await expect(RunRecord.open(root, signer, opening('../x'))).rejects.toThrow('id of a run');
    const run = await recordRun(root, signer);
    await expect(RunRecord.open(root, signer, opening(run))).rejects.toThrow('EEXIST');
    expect((await verifyRecord(root, { allowedSigners: signer.allowedSigners })).ok).toBe(true);
  });

  it('refuses to seal a file under a name that sha256sum would not read', async () => {
    const { root, signer } = await newRecord();
    const record = await RunRecord.open(root, signer, opening());
    await writeFile(path.join(record.directory, 'a\nb'), '');
    await expect(record.seal('ok', {})).rejects.toThrow("can't be sealed");
  });

  it('removes what killed writers left, and not what others are writing', async () => {
    const { root, signer } = await newRecord();
    await recordRun(root, signer);
    const [old, fresh] = [path.join(root, 'log', '.new-old'), path.join(root, 'log', '.new-fresh')];
    for (const file of [old, fresh]) await writeFile(file, '');
    await utimes(old, 1, 1);
    await recordRun(root, signer);
    expect([existsSync(old), existsSync(fresh)]).toEqual([false, true]);
    expect((await verifyRecord(root, { allowedSigners: signer.allowedSigners })).ok).toBe(true);
  });

  it('makes ids that sort by time', () => {
    expect(newRunId(new Date('2026-11-22T20:43:15.5Z'))).toMatch(/^20261122T204315Z-[0-9a-f]{6}$/);
  });

  it('adds fields to events that no event has itself', () => {
    type FieldsOf<E> = E extends unknown ? keyof E : never;
    expectTypeOf<FieldsOf<Event> & keyof Stamp>().toBeNever();
  });
});
