import { copyFileSync, cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { appendEntry } from '../../engine/audit/chain/chain.ts';
import { openSigner, type Signer } from '../../engine/audit/chain/signer.ts';
import { witnessLine } from '../../engine/audit/chain/witness.ts';
import { RunRecord } from '../../engine/audit/record.ts';
import { type Verification, verifyRecord } from '../../engine/audit/verify/verify.ts';
import { newRecord, opening, recordRun, taskEvents, temporaryDirectory } from './fixture.ts';

// Keys are made and shells started: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 60_000 });

async function goodRecord(): Promise<{
  root: string;
  signer: Signer;
  runs: string[];
  verify: () => Promise<Verification>;
}> {
  const { root, signer } = await newRecord();
  const runs = [await recordRun(root, signer, 4), await recordRun(root, signer, 2)];
  return { root, signer, runs, verify: () => verifyRecord(root, { allowedSigners: signer.allowedSigners }) };
}

/** Every file of the chain and of the runs. */
function sealedFiles(root: string): string[] {
  return ['log', 'runs'].flatMap((top) =>
    readdirSync(path.join(root, top), { recursive: true, withFileTypes: true }).flatMap((entry) =>
      entry.isFile() ? [path.relative(root, path.join(entry.parentPath, entry.name))] : [],
    ),
  );
}

describe('one changed byte', () => {
  it('anywhere in any entry, journal line or sealed file is found, and its place named first', async () => {
    const { root, verify } = await goodRecord();
    const files = sealedFiles(root);
    expect(files).toHaveLength(10);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.integer({ min: 1, max: 255 }),
        async (name, where, mask) => {
          const file = path.join(root, name);
          const bytes = readFileSync(file);
          const at = Math.floor(where * bytes.length);
          const changed = Buffer.from(bytes);
          changed.writeUInt8(changed.readUInt8(at) ^ mask, at);
          writeFileSync(file, changed);
          const { ok, findings } = await verify();
          writeFileSync(file, bytes);
          const line = name.endsWith('journal.jsonl')
            ? { line: bytes.subarray(0, at).toString('latin1').split('\n').length }
            : {};
          expect(ok, `byte ${at}`).toBe(false);
          expect(findings[0], `byte ${at}`).toMatchObject({ file: name, ...line });
        },
      ),
      { numRuns: 300 },
    );
    expect((await verify()).ok).toBe(true);
  }, 60_000);

  it('before the last checkpoint of a run that never sealed is found, and its line named first', async () => {
    const { root, signer } = await newRecord();
    const record = await RunRecord.open(root, signer, opening());
    for (const task of ['a', 'b', 'c']) {
      for (const event of taskEvents(record.run, 'web1', task)) await record.emit(event, { durable: true });
    }
    const file = path.join(record.directory, 'journal.jsonl');
    const bytes = readFileSync(file);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 2), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const changed = Buffer.from(bytes);
        changed.writeUInt8(changed.readUInt8(at) ^ mask, at);
        writeFileSync(file, changed);
        const { findings } = await verifyRecord(root, { allowedSigners: signer.allowedSigners });
        expect(findings[0]?.line, `byte ${at}`).toBe(bytes.subarray(0, at).toString('latin1').split('\n').length);
      }),
      { numRuns: 200 },
    );
    writeFileSync(file, bytes);
    const { ok, unsealed } = await verifyRecord(root, { allowedSigners: signer.allowedSigners });
    expect([ok, unsealed[0]?.state, unsealed[0]?.journal?.signed]).toEqual([true, 'running', 12]);
    await record.seal('ok', {});
  }, 60_000);
});

describe('what is found', () => {
  const log = (seq: number): string => `log/0000000${seq}.json`;
  type Case = readonly [string, (root: string, runs: string[]) => void, (runs: string[]) => string, string];
  const cases: readonly Case[] = [
    ['an entry that is missing', (root) => rmSync(path.join(root, log(2))), () => log(2), 'missing'],
    ['the first entry missing', (root) => rmSync(path.join(root, log(1))), () => log(1), 'missing'],
    [
      'an entry twice',
      (root) => copyFileSync(path.join(root, log(4)), path.join(root, log(5))),
      () => log(5),
      'entry 4',
    ],
    [
      'two entries that changed places',
      (root) => {
        renameSync(path.join(root, log(2)), path.join(root, 'x'));
        renameSync(path.join(root, log(3)), path.join(root, log(2)));
        renameSync(path.join(root, 'x'), path.join(root, log(3)));
      },
      () => log(2),
      'entry 3',
    ],
    [
      'a stranger in log/',
      (root) => writeFileSync(path.join(root, 'log', 'x.json'), '{}'),
      () => 'log/x.json',
      'belong',
    ],
    ['an empty entry', (root) => writeFileSync(path.join(root, log(4)), ''), () => log(4), 'no signature'],
    [
      'a journal that is missing',
      (root, [run]) => rmSync(path.join(root, `runs/${run}/journal.jsonl`)),
      ([run]) => `runs/${run}/journal.jsonl`,
      'missing',
    ],
    [
      'a run whose files are missing',
      (root, [run]) => rmSync(path.join(root, `runs/${run}`), { recursive: true }),
      ([run]) => `runs/${run}/journal.jsonl`,
      'missing',
    ],
    [
      'a report that is missing',
      (root, [run]) => rmSync(path.join(root, `runs/${run}/report.md`)),
      ([run]) => `runs/${run}/report.md`,
      'missing',
    ],
    [
      'a file that was added',
      (root, [run]) => writeFileSync(path.join(root, `runs/${run}/report.html`), 'x'),
      ([run]) => `runs/${run}/report.html`,
      'added after the seal',
    ],
    [
      'a run that nobody recorded',
      (root, [run]) => cpSync(path.join(root, `runs/${run}`), path.join(root, 'runs/forged'), { recursive: true }),
      () => 'runs/forged',
      'no entry',
    ],
    [
      "another run's journal",
      (root, [first, second]) =>
        copyFileSync(path.join(root, `runs/${first}/journal.jsonl`), path.join(root, `runs/${second}/journal.jsonl`)),
      ([, second]) => `runs/${second}/journal.jsonl`,
      'open entry',
    ],
    [
      'a journal without its last lines',
      (root, [run]) => {
        const file = path.join(root, `runs/${run}/journal.jsonl`);
        writeFileSync(file, readFileSync(file, 'utf8').split('\n').slice(0, -3).join('\n') + '\n');
      },
      ([run]) => `runs/${run}/journal.jsonl`,
      'last line',
    ],
    [
      'a journal with a line more',
      (root, [run]) => writeFileSync(path.join(root, `runs/${run}/journal.jsonl`), '{}', { flag: 'a' }),
      ([run]) => `runs/${run}/journal.jsonl`,
      'goes on',
    ],
  ];
  it.each(cases)('%s', async (_, tamper, file, reason) => {
    const { root, runs, verify } = await goodRecord();
    tamper(root, runs);
    const { ok, findings } = await verify();
    expect(ok).toBe(false);
    expect(findings[0]?.file).toBe(file(runs));
    expect(findings[0]?.reason).toContain(reason);
  });

  it('an entry by a key that is not allowed, or under another name', async () => {
    const { root, signer, verify } = await goodRecord();
    const stranger = await openSigner({ directory: temporaryDirectory(), operator: 'ops@test' });
    await recordRun(root, stranger);
    expect((await verify()).findings[0]?.reason).toContain('may not sign as ops@test');
    const verification = await verifyRecord(root, { allowedSigners: stranger.allowedSigners });
    expect(verification.findings.map(({ file }) => file)).toEqual([log(1), log(2), log(3), log(4)]);
    const { root: other } = await goodRecord();
    await recordRun(other, { ...signer, identity: 'boss@test' });
    expect((await verifyRecord(other, { allowedSigners: signer.allowedSigners })).ok).toBe(false);
  });

  it('a seal without its run, and a run sealed twice', async () => {
    const { root, signer, runs, verify } = await goodRecord();
    const [run = ''] = runs;
    await appendEntry(root, signer, async () => ({
      subject: [],
      predicate: {
        kind: 'seal',
        run,
        at: new Date().toISOString(),
        status: 'ok',
        statistics: {},
        journal: { lines: 0, head: '0'.repeat(64) },
      },
    }));
    expect((await verify()).findings).toEqual([{ file: log(5), reason: `the run ${run} is not open` }]);
  });
});

describe('witnesses', () => {
  it('show that the end was cut off, and that history was written anew', async () => {
    const { root, signer } = await newRecord();
    await recordRun(root, signer);
    const record = await RunRecord.open(root, signer, opening());
    const seen = { ...record.opened, sha256: record.opened.sha256 };
    await record.seal('ok', {});
    const verify = (witnesses: (typeof seen)[]): Promise<Verification> =>
      verifyRecord(root, { allowedSigners: signer.allowedSigners, witnesses });
    expect(await verify([seen])).toMatchObject({ ok: true, witnesses: 1 });
    expect((await verify([{ ...seen, chain: 'f'.repeat(32), seq: 99 }])).ok).toBe(true);
    expect((await verify([{ ...seen, sha256: 'f'.repeat(64) }])).findings).toEqual([
      { file: log3(), reason: 'a witness saw another entry in this place' },
    ]);
    for (const name of ['00000003.json', '00000004.json']) rmSync(path.join(root, 'log', name));
    rmSync(record.directory, { recursive: true });
    expect((await verify([])).ok).toBe(true);
    expect((await verify([seen])).findings).toEqual([
      { file: log3(), reason: 'the end is cut off: a witness saw entry 3' },
    ]);
    expect(witnessLine(seen)).toBe(`vrun-witness-v1 ${seen.chain} 3 ${seen.sha256}`);
  });

  function log3(): string {
    return 'log/00000003.json';
  }
});
