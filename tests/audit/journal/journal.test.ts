import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { checkJournal } from '../../../engine/audit/journal/check.ts';
import { Journal, newSessionKey } from '../../../engine/audit/journal/journal.ts';
import { cpuTime } from '../../cpu-time.ts';
import { childProgram, ended } from '../child-process.ts';
import { taskEvents, temporaryDirectory } from '../fixture.ts';

const prev = '0'.repeat(64);

async function newJournal(): Promise<{ file: string; journal: Journal; check: () => ReturnType<typeof checkJournal> }> {
  const file = path.join(temporaryDirectory(), 'journal.jsonl');
  const session = newSessionKey();
  const journal = await Journal.create(file, { run: 'r', prev, session });
  return { file, journal, check: () => checkJournal(file, { run: 'r', prev, sessionKey: session.publicKey }) };
}

const [applying, finished] = taskEvents('r', 'web1', 'x');

describe('Journal', () => {
  it('serves many waiting hosts with one sync to disk', async () => {
    const { file, journal, check } = await newJournal();
    const handle = await open(file);
    const datasync = vi.spyOn(Object.getPrototypeOf(handle), 'datasync');
    await handle.close();
    await Promise.all(
      Array.from({ length: 50 }, (_, host) => {
        journal.append({ ...applying, host: `web${host}` });
        return journal.durable();
      }),
    );
    expect(datasync).toHaveBeenCalledTimes(1);
    expect(await check()).toMatchObject({ lines: 51, signed: 51, damage: [] });
    await journal.durable();
    expect(datasync).toHaveBeenCalledTimes(1);
    datasync.mockRestore();
    await journal.close();
    expect((await check()).lines).toBe(51);
  });

  it('does not resolve before the sync that is under way is over', async () => {
    const { file, journal } = await newJournal();
    const handle = await open(file);
    const order: string[] = [];
    const real = handle.datasync;
    const datasync = vi.spyOn(Object.getPrototypeOf(handle), 'datasync').mockImplementation(async function (
      this: unknown,
    ) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      order.push('synced');
      return real.call(this as typeof handle); // the journal's own handle
    });
    await handle.close();
    journal.append(applying);
    const first = journal.durable().then(() => order.push('first'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    const second = journal.durable().then(() => order.push('second'));
    await Promise.all([first, second]);
    expect(order[0]).toBe('synced');
    datasync.mockRestore();
    await journal.close();
  });

  it('copes with thousands of events a second, and signs now and then although nobody waits', async () => {
    const { journal, check } = await newJournal();
    const start = cpuTime();
    for (let count = 0; count < 30_000; count++) {
      journal.append(finished);
      if (count % 100 === 0) await journal.written();
    }
    const { lines } = await journal.close();
    expect(cpuTime() - start).toBeLessThan(10_000);
    const checked = await check();
    expect(checked).toMatchObject({ lines, signed: lines, damage: [], torn: 0 });
    expect(lines).toBeGreaterThan(30_050);
  }, 30_000);

  it('names what is in flight', async () => {
    const { journal, check } = await newJournal();
    journal.append({ ...applying, host: 'a' });
    journal.append({ ...applying, host: 'b', item: 'one' });
    journal.append({ ...finished, host: 'a' });
    await journal.durable();
    expect((await check()).inFlight).toEqual([{ host: 'b', task: 'x', at: 'site.yml:3', item: 'one' }]);
    await journal.close();
  });

  it('accepts nothing that JSON can not say, and stays whole', async () => {
    const { journal, check } = await newJournal();
    expect(() => journal.append({ ...finished, ms: Number.NaN })).toThrow(TypeError);
    journal.append(finished);
    await journal.close();
    expect(await check()).toMatchObject({ lines: 2, damage: [] });
    expect(() => journal.append(finished)).toThrow('closed');
  });

  it('refuses a file that is there', async () => {
    const { file, journal } = await newJournal();
    await expect(Journal.create(file, { run: 'r', prev, session: newSessionKey() })).rejects.toThrow('EEXIST');
    await journal.close();
  });

  it('on a full disk fails every caller, then and later, and what it wrote verifies', async () => {
    const directory = temporaryDirectory();
    const start = await childProgram(path.join(import.meta.dirname, '../child-journal.ts'));
    const child = start(directory);
    let output = '';
    child.stdout?.on('data', (chunk) => {
      output += String(chunk);
    });
    expect(await ended(child)).toBe(0);
    const { sessionKey, errors } = JSON.parse(output);
    expect(errors).toEqual(['EFBIG', 'EFBIG', 'EFBIG', 'EFBIG']);
    const file = path.join(directory, 'journal.jsonl');
    const checked = await checkJournal(file, { run: 'r', prev, sessionKey });
    expect(checked.damage).toEqual([]);
    expect(checked.signed).toBeGreaterThan(10);
  });

  it('is a file that sha256sum can follow', async () => {
    const { file, journal } = await newJournal();
    journal.append(applying);
    journal.append(finished);
    await journal.close();
    const second = JSON.parse(readFileSync(file, 'utf8').split('\n')[1] ?? '');
    const digest = execFileSync('sh', ['-c', `sed -n 1p '${file}' | sha256sum`], { encoding: 'utf8' });
    expect(digest.slice(0, 64)).toBe(second.prev);
  });
});
